import { createContext, h, type JSX } from 'preact'
import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import type { ShownPicture } from '../protocol.ts'

/** Whether the platforms refuse all images, so that the page shows what they get instead. */
export const RefusesImages = createContext(false)

/** Returns whether words replace an image, and the function that says that the server does not have it. */
export function useRefusal(name: string | undefined): readonly [boolean, () => void] {
  const refusesAll = useContext(RefusesImages)
  const [missing, setMissing] = useState<string>()
  const isMissing = name !== undefined && missing === name
  return [refusesAll || isMissing, () => setMissing(name)]
}

export interface PictureProps {
  readonly picture: ShownPicture
  /** The words of the image on the platform; absent if it has none there. */
  readonly description?: string | undefined
  /** The server does not have the image. */
  onMissing(): void
}

/** An image in its real shape, which opens large. The button that opens it lies over it, so that its words are read. */
export function Picture({ picture, description, onMissing }: PictureProps): JSX.Element {
  const { width, height } = picture
  const [isOpen, setOpen] = useState(false)
  const [hasWords, setWords] = useState(false)
  const image = { ...picture, alt: description ?? 'Image' }
  const shape = width && height ? { '--width': `${width}px`, '--ratio': width / height } : {}
  return h(
    'figure',
    { class: 'picture' },
    h(
      'div',
      { class: 'frame', style: shape },
      h(Loaded, { ...image, onMissing }),
      h('button', {
        type: 'button',
        class: 'enlarge',
        'aria-label': 'Enlarge image',
        'aria-haspopup': 'dialog',
        onClick: () => setOpen(true),
      }),
      description === undefined
        ? null
        : h(
            'button',
            {
              type: 'button',
              class: 'alt',
              title: description,
              'aria-label': 'ALT: image description',
              'aria-expanded': hasWords,
              onClick: () => setWords(!hasWords),
            },
            'ALT',
          ),
    ),
    hasWords ? h('figcaption', {}, description) : null,
    isOpen ? h(Large, { ...image, onClose: () => setOpen(false) }) : null,
  )
}

/** An image over the page, in its full width if the window has room. Escape and a click beside its buttons close it. */
function Large({ onClose, ...image }: Image & { onClose(): void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const close = () => dialog.current?.close()
  useEffect(() => dialog.current?.showModal(), [])
  return h(
    'dialog',
    { ref: dialog, class: 'large', 'aria-label': 'Image', onClose, onClick: close },
    h('button', { type: 'button', onClick: close }, 'Close'),
    h(Loaded, image),
  )
}

interface Image extends ShownPicture {
  readonly alt: string
}

function Loaded({ name, alt, width, height, onMissing }: Image & { onMissing?(): void }) {
  const src = `/pictures/${name}`
  // An image that keeps its room is loaded once it comes into view.
  const loading = width ? 'lazy' : 'eager'
  return h('img', { src, alt, width, height, loading, onError: onMissing })
}
