import type { Clock } from '../clock.ts'
import { diffEditions } from '../content/diff.ts'
import { isSameBriefing } from '../content/edition.ts'
import type { Message } from '../message.ts'
import { updatePosts } from '../schedule/posts.ts'
import type { EditionSource } from './edition-source.ts'

/** A draft that an editor can look at. */
interface Draft {
  readonly command: string
  readonly title: string
}

export interface ContentNews {
  /** Returns the updates that a chat with every subscription would get of the edits since the start; none if nothing changed. */
  updates(): readonly Message[]
  /** Returns the drafts of the current edition, in the order of its sections. */
  drafts(): readonly Draft[]
}

/**
 * Compares the content with the edition that was published when this was called, or with the first one after. Another
 * briefing, or the relative dates of a new day, begin a new comparison. `timeZone` is an IANA zone.
 */
export function createContentNews(
  editions: Pick<EditionSource, 'published' | 'registry'>,
  clock: Pick<Clock, 'now'>,
  timeZone: string,
): ContentNews {
  let first = editions.published()
  let last = first
  let messages: readonly Message[] = []
  return {
    updates() {
      const current = editions.published()
      if (!current || current === last) return messages
      last = current
      if (!first || !isSameBriefing(first, current)) first = current
      const changes = diffEditions(first, current)
      const posts = updatePosts(current, changes, 0, clock.now(), timeZone)
      // Such a chat gets its events in one post, and the rest in another.
      messages = posts
        .filter(({ key }) => key === 'news 0 events' || key === 'news 0 rest')
        .map(({ message }) => message)
      return messages
    },
    drafts() {
      const { sections } = editions.registry().edition
      return sections
        .filter(({ isDraft }) => isDraft)
        .map(({ command, title }) => ({ command, title }))
    },
  }
}
