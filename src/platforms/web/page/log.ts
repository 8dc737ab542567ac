import { h, type JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Entry, PlatformName } from '../protocol.ts'
import { DiscordThinking } from './discord.ts'
import { type Actions, EntryView } from './entry.ts'
import { RefusesImages } from './pictures.ts'
import { placeNote } from './places.ts'
import type { Settings } from './settings.ts'
import { type Note, TelegramToast, TelegramTyping } from './telegram.ts'

export interface LogProps {
  readonly platform: PlatformName
  readonly view: Settings
  readonly entries: readonly Entry[]
  readonly zone: string | undefined
  /** The keys of the entries whose messages for the user alone are dismissed. */
  readonly dismissed: ReadonlySet<number>
  readonly isInspecting: boolean
  /** Whether an answer is under way for longer than a moment. */
  readonly isWaiting: boolean
  /** Whether the log is the one that a screen reader announces. */
  readonly isLive: boolean
  /** The text that Telegram shows over the chat. */
  readonly note: Note | undefined
  readonly actions: Actions
  /** Whether this page waits for an answer, which it then scrolls to. */
  readonly awaiting: { readonly current: boolean }
  onNoteClosed(): void
}

/** A drawn entry. It stays the same object as long as everything it was drawn of, so an answer draws itself alone. */
interface Drawn {
  readonly node: JSX.Element
  readonly of: readonly unknown[]
}

const TITLES = { discord: 'Discord', telegram: 'Telegram' } as const

/** A conversation as one platform shows it. */
export function Log(props: LogProps): JSX.Element {
  const { platform, view, entries, zone, dismissed, isInspecting, actions } = props
  const { isWaiting, isLive, note } = props
  const { place } = view
  const log = useRef<HTMLDivElement>(null)
  const newest = useRef(0)
  const hadFocus = useRef<Element | null>(null)
  const drawn = useRef<ReadonlyMap<number, Drawn>>(new Map())

  const draw = (entry: Entry): Drawn => {
    const isDismissed = dismissed.has(entry.key)
    const of = [entry, zone, place, isDismissed, isInspecting, actions]
    const before = drawn.current.get(entry.key)
    if (before?.of.every((each, index) => each === of[index])) return before
    const shown = { entry, zone, place, isDismissed, isInspecting, actions, platform }
    return { node: h(EntryView, { key: entry.key, ...shown }), of }
  }
  drawn.current = new Map(entries.map(entry => [entry.key, draw(entry)]))

  const aboutPlace = placeNote(platform, view)

  const focused = document.activeElement
  hadFocus.current = log.current?.contains(focused) ? (focused?.closest('.entry') ?? null) : null

  useLayoutEffect(() => {
    const found = log.current
    if (!found) return
    // A pressed button may be gone with its message or a part of it. The message then has the focus, or else the log.
    if (hadFocus.current && document.activeElement === document.body) {
      const { isConnected } = hadFocus.current
      const next = isConnected ? hadFocus.current.querySelector<HTMLElement>('article') : found
      next?.focus()
    }
    const last = entries.at(-1)?.key ?? 0
    const isFollowing =
      props.awaiting.current || newest.current === 0 || isInView(found, newest.current)
    if (last > newest.current && isFollowing) showLast(found)
    newest.current = last
  }, [entries, isWaiting, dismissed])

  return h(
    'section',
    { class: platform, 'aria-labelledby': `${platform}-title` },
    h('h2', { id: `${platform}-title` }, TITLES[platform]),
    h(
      'div',
      {
        ref: log,
        class: 'log',
        role: 'log',
        'aria-label': TITLES[platform],
        'aria-live': isLive ? 'polite' : 'off',
        tabIndex: 0,
      },
      h(
        RefusesImages.Provider,
        { value: view.images === 'refused' },
        [...drawn.current.values()].map(({ node }) => node),
      ),
      isWaiting
        ? h(platform === 'discord' ? DiscordThinking : TelegramTyping, { key: 'wait' })
        : null,
    ),
    aboutPlace === undefined ? null : h('p', { class: 'place' }, aboutPlace),
    platform === 'telegram' ? h(TelegramToast, { note, onClose: props.onNoteClosed }) : null,
  )
}

/**
 * Returns whether an entry is in view. If the last one is not, the reader has scrolled away, and the page does not
 * scroll when an answer arrives from another tab.
 */
function isInView(log: HTMLElement, key: number): boolean {
  const entry = log.querySelector(`[data-key="${key}"]`)?.getBoundingClientRect()
  const { top, bottom } = log.getBoundingClientRect()
  return !entry || (entry.bottom > Math.max(top, 0) && entry.top < Math.min(bottom, innerHeight))
}

/** Scrolls to the end, but no further than to the start of the last entry: a long answer starts in view. */
function showLast(log: HTMLElement): void {
  const last = [...log.querySelectorAll<HTMLElement>('.entry')].at(-1)
  if (!last) return
  // On a low window the whole page scrolls.
  last.scrollIntoView({ block: 'start' })
}
