import type { Message } from '../../message.ts'
import type { Entry, PlatformName, View } from './protocol.ts'

/** Most entries that are kept of a conversation. */
const MAX_ENTRIES = 500

/** Most open pages of one conversation. Each holds a stream, and browsers limit streams to one address themselves. */
const MAX_PAGES = 12

/** An answer that a pane shows, so that it can be drawn anew. */
export interface Shown {
  readonly line: string
  readonly view: View
  readonly message: Message
}

/** An entry with what the server remembers about it. */
export interface Kept {
  readonly entry: Entry
  /** The answers that the panes show; none for a post. */
  readonly shows: Readonly<Partial<Record<PlatformName, Shown>>>
  /** The ID of a post. */
  readonly post?: string
  /** Whether a press has changed the entry, rather than the bot by itself. */
  readonly isPressed?: boolean
  /** The text that the user wrote for the answer, as the bot read it. */
  readonly parsed?: { readonly body: object; readonly lost: readonly string[] } | undefined
}

/** A change of a conversation: one entry, or all entries after it was reset. */
type HistoryChange = { readonly entry: Entry } | { readonly reset: true }

/** The entries of a conversation, with their versions. */
export interface History {
  entries(): readonly Kept[]
  find(key: number): Kept | undefined
  /** Adds an entry at the end. Returns its key. */
  add(entry: Omit<Entry, 'id' | 'key'>, kept?: Omit<Kept, 'entry'>): number
  /** Replaces the fields of an entry; does nothing if the entry is no longer kept. */
  change(key: number, entry: Partial<Entry>, kept?: Partial<Omit<Kept, 'entry'>>): void
  /** Changes what the server remembers about an entry, which stays the same for its readers. */
  remember(key: number, kept: Partial<Omit<Kept, 'entry'>>): void
  clear(): void
  /** Adds a listener. Returns a function that removes it; undefined if too many listen. */
  listen(listener: (change: HistoryChange) => void): (() => void) | undefined
  isOpen(): boolean
}

export function createHistory(): History {
  const kept: Kept[] = []
  const listeners = new Set<(change: HistoryChange) => void>()
  let version = 0

  function tell(change: HistoryChange): void {
    for (const listener of listeners) listener(change)
  }

  const indexOf = (key: number) => kept.findIndex(({ entry }) => entry.key === key)

  return {
    entries: () => kept,
    find: key => kept[indexOf(key)],
    add(fields, more) {
      version += 1
      const entry = { ...fields, id: version, key: version }
      kept.push({ shows: {}, ...more, entry })
      if (kept.length > MAX_ENTRIES) kept.shift()
      tell({ entry })
      return entry.key
    },
    change(key, fields, more) {
      const index = indexOf(key)
      const before = kept[index]
      if (!before) return
      version += 1
      const entry = { ...before.entry, ...fields, id: version, key }
      if (entry.discord.length + entry.telegram.length > 0) {
        kept[index] = { ...before, ...more, entry }
      } else kept.splice(index, 1)
      tell({ entry })
    },
    remember(key, more) {
      const index = indexOf(key)
      const before = kept[index]
      if (before) kept[index] = { ...before, ...more }
    },
    clear() {
      kept.length = 0
      tell({ reset: true })
    },
    listen(listener) {
      if (listeners.size >= MAX_PAGES) return undefined
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    isOpen: () => listeners.size > 0,
  }
}
