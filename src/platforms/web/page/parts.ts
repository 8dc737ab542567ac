import { type ComponentChildren, h, type JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TextFile } from '../protocol.ts'

/** The image of a post, from the server. */
export function Picture({ id }: { readonly id: number }): JSX.Element {
  return h('img', { class: 'picture', src: `/pictures/${id}`, alt: 'Image of the post' })
}

/** A file that the reader can download. */
export function Download({ name, type, text }: TextFile): JSX.Element {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const bytes = new Blob([text]).size
  return h(
    'a',
    { class: 'file', href: url, download: name },
    h('span', { class: 'icon', 'aria-hidden': 'true' }, '📄'),
    h('span', {}, h('b', {}, `Download ${name}`), h('small', {}, `${bytes} bytes`)),
  )
}

/** A link that opens a new tab. Other schemes than the platforms allow yield the text alone. */
export function Anchor({
  url,
  class: name,
  children,
}: {
  readonly url: string
  readonly class?: string
  readonly children?: ComponentChildren
}): JSX.Element {
  if (!/^(https?|mailto):/i.test(url)) return h('span', {}, children)
  const target = { target: '_blank', rel: 'noreferrer noopener' }
  return h('a', { href: url, ...target, ...(name && { class: name }) }, children)
}

/** A command in a text, which a click types. Without `onCommand` it is text. */
export function Command({
  line,
  onCommand,
}: {
  readonly line: string
  readonly onCommand: ((line: string) => void) | undefined
}): JSX.Element {
  if (!onCommand) return h('span', { class: 'command' }, line)
  const type = (event: Event) => {
    // The address only names the line.
    event.preventDefault()
    onCommand(line)
  }
  return h('a', { class: 'command', href: `#${line}`, onClick: type }, line)
}

/** Text that shows when it is pressed. */
export function Spoiler({ children }: { readonly children?: ComponentChildren }): JSX.Element {
  const [isShown, setShown] = useState(false)
  return isShown
    ? h('span', { class: 'spoiler shown' }, children)
    : h(
        'button',
        {
          type: 'button',
          class: 'spoiler',
          'aria-label': 'Show hidden text',
          onClick: () => setShown(true),
        },
        h('span', { 'aria-hidden': 'true' }, children),
      )
}
