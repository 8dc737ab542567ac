import { type ComponentChildren, h, type JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { TextFile } from '../protocol.ts'

/** The outlines of the icons, in a square of 24 units. */
const ICONS = {
  out: 'M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5',
  silent: 'M4 4l16 16M9 5a5 5 0 0 1 8 4c0 3 1 5 2 6M16 17H5c2-2 2-4 2-8M10 20h4',
  eye: 'M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7M12 9a3 3 0 1 0 0 6a3 3 0 1 0 0-6',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
} as const

/** A drawn icon. A screen reader gets its title, or nothing without one. */
export function Icon({
  name,
  title,
}: {
  readonly name: keyof typeof ICONS
  readonly title?: string
}): JSX.Element {
  const names =
    title === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': title }
  return h(
    'svg',
    { class: 'icon', viewBox: '0 0 24 24', ...names },
    title === undefined ? null : h('title', {}, title),
    h('path', { d: ICONS[name] }),
  )
}

/** A file that the reader can download. */
export function Download({ name, type, text }: TextFile): JSX.Element {
  const [file, setFile] = useState<{ readonly url: string; readonly bytes: number }>()
  useLayoutEffect(() => {
    const blob = new Blob([text], { type })
    const url = URL.createObjectURL(blob)
    setFile({ url, bytes: blob.size })
    // The browser keeps the text as long as its address.
    return () => URL.revokeObjectURL(url)
  }, [text, type])
  return h(
    'a',
    { class: 'file', href: file?.url, download: name },
    h(Icon, { name: 'file' }),
    h('span', {}, h('b', {}, `Download ${name}`), h('small', {}, `${file?.bytes ?? 0} bytes`)),
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

/** Text that shows when it is pressed. It then has the focus of its button. */
export function Spoiler({ children }: { readonly children?: ComponentChildren }): JSX.Element {
  const [isShown, setShown] = useState(false)
  const shown = useRef<HTMLSpanElement>(null)
  useLayoutEffect(() => shown.current?.focus(), [isShown])
  if (isShown) return h('span', { class: 'spoiler shown', ref: shown, tabIndex: -1 }, children)
  const show = () => setShown(true)
  return h(
    'button',
    { type: 'button', class: 'spoiler', onClick: show },
    h('span', { class: 'unseen' }, 'Show hidden text'),
    // Links in the hidden text take no focus, and a screen reader does not read it.
    h('span', { inert: true, 'aria-hidden': 'true' }, children),
  )
}

/** A button that copies a text. It says whether that worked until the text is another one. */
export function Copy({
  text,
  label,
}: {
  readonly text: string
  readonly label: string
}): JSX.Element {
  const [tried, setTried] = useState<{ readonly text: string; readonly isCopied: boolean }>()
  const copy = async () => setTried({ text, isCopied: await copyText(text) })
  const result = tried?.isCopied ? 'Copied' : 'Can’t copy'
  return h('button', { type: 'button', onClick: copy }, tried?.text === text ? result : label)
}

/** Resolves to whether the text was copied. Browsers refuse it without https, except on pages of this machine. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/** Calls `onEscape` at Escape, unless another part of the page has used the key or a dialog is open. */
export function useEscape(onEscape: () => void): void {
  useLayoutEffect(() => {
    const handle = (event: KeyboardEvent) => {
      const isUsed = event.defaultPrevented || document.querySelector('dialog[open]')
      if (event.key !== 'Escape' || isUsed) return
      event.preventDefault()
      onEscape()
    }
    addEventListener('keydown', handle)
    return () => removeEventListener('keydown', handle)
  }, [])
}
