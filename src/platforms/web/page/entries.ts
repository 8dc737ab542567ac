import type { DiscordBody, Entry } from '../protocol.ts'

/** Most entries that the page keeps: as many as the server keeps of a conversation. */
const MAX_ENTRIES = 500

/** Discord, flags of a message: only the user who asked sees it. */
const EPHEMERAL = 1 << 6

/** Returns whether the user alone sees a message on Discord. Pure. */
export function isPrivate({ flags = 0 }: DiscordBody): boolean {
  return (flags & EPHEMERAL) !== 0
}

/** Returns the newest entries, as many as the page keeps. Pure. */
export function bounded(entries: readonly Entry[]): readonly Entry[] {
  return entries.slice(-MAX_ENTRIES)
}

/**
 * Returns the entries of the conversations that have ended, and after them those of the current one. An unchanged entry
 * stays the same object, so that it is not drawn again. Pure.
 */
export function withCurrent(before: readonly Entry[], current: readonly Entry[]): readonly Entry[] {
  const known = new Map(before.map(entry => [entry.key, entry]))
  const reused = current.map(entry => {
    const shown = known.get(entry.key)
    return shown?.id === entry.id ? shown : entry
  })
  return bounded([...before.filter(({ key }) => key < 0), ...reused])
}

/**
 * Returns the entries with a new one at the end, or with the earlier version replaced; without one that has no messages.
 * Pure.
 */
export function withEntry(before: readonly Entry[], entry: Entry): readonly Entry[] {
  const isGone = entry.discord.length + entry.telegram.length === 0
  const isKnown = before.some(({ key }) => key === entry.key)
  if (isGone) return before.filter(({ key }) => key !== entry.key)
  if (isKnown) return before.map(each => (each.key === entry.key ? entry : each))
  return bounded([...before, entry])
}

/**
 * Returns the entries of a conversation that has ended, with numbers that no entry of the server has, and without the
 * messages that the user has dismissed. Pure.
 */
export function archived(entries: readonly Entry[], dismissed: ReadonlySet<number>): Entry[] {
  return entries.map((entry, index) => ({
    ...entry,
    key: index - entries.length,
    discord: dismissed.has(entry.key)
      ? entry.discord.filter(body => !isPrivate(body))
      : entry.discord,
  }))
}
