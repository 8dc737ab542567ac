import { correctedReminder } from '../briefing/reminder.ts'
import type { Clock } from '../clock.ts'
import { type Changes, diffEditions, type EventChange } from '../content/diff.ts'
import { type Edition, isSameBriefing, readEdition, serializeEdition } from '../content/edition.ts'
import { adoptFeeds } from '../content/feed-events.ts'
import type { Log } from '../log.ts'
import type { Publication } from '../store/schedule/editions.ts'
import type { Store } from '../store/store.ts'
import { correctedSubjects } from './corrected-subjects.ts'
import { type FirstSeen, firstSeenAt, readFirstSeen, withoutFuture } from './first-seen.ts'
import { isAnnounced, MOST_CHANGES, toBroadcast, updatePosts } from './posts.ts'
import { isRestless } from './restless-calendars.ts'
import { createRestoredCheck } from './restored-edits.ts'

export interface UpdateRoundOptions {
  readonly store: Pick<Store, 'editions' | 'slots'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** The platforms of this process. */
  readonly platforms: readonly string[]
  /** Time that an edit waits before its update is sent, in milliseconds. */
  readonly debounceMs: number
  /** IANA zone that decides which events are past. */
  readonly timeZone: string
}

/** The newest published edition. Every scheduled post is built from it. */
export interface PublishedEdition {
  readonly id: number
  readonly edition: Edition
  readonly firstSeen: FirstSeen
}

/** The round that publishes edits of the content. Its functions throw {@link StoreError} if the store fails. */
export interface UpdateRound {
  /**
   * Records the current edition, and publishes a pending edit whose wait is over. Another briefing, or one whose relative
   * dates have moved on with the day, replaces the published edition at once and without an update.
   */
  run(edition: Edition): Promise<PublishedEdition>
  /** Corrects instants in the future, which a clock that ran ahead has stored. */
  resetFuture(now: Temporal.Instant): Promise<void>
  /** Returns when the pending edit is published; undefined if there is none, or if it needs approval. */
  dueAt(): Promise<Temporal.Instant | undefined>
  /**
   * Publishes the pending edit now: `send` posts an update, `drop` does not, and digests show the changes in both
   * cases. Resolves to false if nothing is pending, another process was faster, or the pending edition is not `id`.
   */
  decide(how: 'send' | 'drop', id?: number): Promise<boolean>
  /** Returns the pending edit, and its difference to the published edition; undefined if there is none. */
  pending(): Promise<Pending | undefined>
}

/** An edit that is not published yet, and its difference to the published edition. */
export interface Pending {
  readonly id: number
  readonly edition: Edition
  readonly needsApproval: boolean
  /** The instant when the wait is over. */
  readonly dueAt: Temporal.Instant
  readonly changes: Changes
  readonly before: PublishedEdition
}

const RESTORED = 'a backup was restored, and subscribers may know of the changes'

export function createUpdateRound(options: UpdateRoundOptions): UpdateRound {
  const { store, clock, log, platforms, debounceMs, timeZone } = options
  const { editions } = store
  const zoneOf = ({ timezone }: Edition) => timezone ?? timeZone
  const holdsRestored = createRestoredCheck(store.slots, clock)
  let last: { readonly id: number; readonly edition: Edition } | undefined

  /** Reads the published edition; undefined if there is none, or if another release has stored it. */
  async function published(): Promise<PublishedEdition | undefined> {
    const kept = await editions.published()
    const edition = last?.id === kept?.id ? last?.edition : readEdition(kept?.content)
    if (!kept || !edition) return undefined
    last = { id: kept.id, edition }
    return { id: kept.id, edition, firstSeen: readFirstSeen(kept.known) }
  }

  async function pending(): Promise<Pending | undefined> {
    const [before, kept] = [await published(), await editions.pending()]
    const edition = readEdition(kept?.content)
    if (!before || !kept || !edition) return undefined
    const { id, needsApproval, at } = kept
    const dueAt = at.add({ milliseconds: debounceMs })
    return {
      id,
      edition,
      needsApproval,
      dueAt,
      changes: diffEditions(before.edition, edition),
      before,
    }
  }

  /**
   * Publishes the events of calendars that were never seen, without an update. An edit that waits is proposed anew.
   * Resolves to the edition that is published then.
   */
  async function adopt(
    { id, edition, firstSeen }: PublishedEdition,
    current: Edition,
  ): Promise<Edition> {
    const after = adoptFeeds(edition, current)
    if (after === edition) return edition
    const known = JSON.stringify(firstSeenAt(firstSeen, after.events, clock.now()))
    await editions.dismiss()
    // An edit whose update was discarded stays discarded with it.
    const isDiscarded = (await editions.announced())?.id !== id
    await editions.begin({ content: serializeEdition(after), known, isDiscarded })
    const fields = { event: 'feeds.adopted', edition: id, events: after.events.length }
    log.info(fields, 'Added the events of a calendar without an update.')
    return after
  }

  async function observe(edition: Edition): Promise<void> {
    const now = clock.now()
    const content = serializeEdition(edition)
    const [current, kept] = [await published(), await editions.pending()]
    if (!current || !isSameBriefing(current.edition, edition)) {
      // The events of a briefing keep their revisions if only its relative dates have moved on.
      const before = current?.edition.id === edition.id ? current.firstSeen : {}
      const known = JSON.stringify(firstSeenAt(before, edition.events, now, false))
      if (kept) await editions.dismiss()
      if (!current && (await editions.published())) {
        const fields = { event: 'edition.damaged' }
        log.warn(
          fields,
          'Couldn’t read the last edition. The current content replaces it without an update.',
        )
      }
      await editions.begin({ content, known })
      return
    }
    const before = await adopt(current, edition)
    const waiting = before === current.edition ? kept : undefined
    if (content === serializeEdition(before)) {
      if (waiting) await editions.dismiss()
    } else if (content !== waiting?.content) await editions.propose(content)
  }

  /** Publishes the pending edit. Resolves to false if another process has published it, or the content has changed. */
  async function publish({ id, edition, changes, before }: Pending, isSent: boolean) {
    const now = clock.now()
    const posts = isSent ? updatePosts(edition, changes, id, now, zoneOf(edition)) : []
    const publication: Publication = {
      known: JSON.stringify(firstSeenAt(before.firstSeen, edition.events, now)),
      broadcasts: posts.map(post => toBroadcast(post, platforms)),
      corrections: correctionsOf(edition, changes.events, isSent),
      isDiscarded: !isSent,
    }
    const count = await editions.publish(id, publication)
    if (count === undefined) return false
    const fields = { event: 'news.settled', edition: id, posts: count }
    log.info(fields, isSent ? 'Published an update.' : 'Discarded an update.')
    return true
  }

  /**
   * Returns the corrections of reminders of changed events. Pending deliveries of these reminders are cancelled.
   * Sent ones get a new text, unless the edit is dropped.
   */
  function correctionsOf(edition: Edition, changes: readonly EventChange[], isSent: boolean) {
    const now = clock.now().toZonedDateTimeISO(zoneOf(edition))
    return changes
      .filter(change => change.kind !== 'added')
      .flatMap(change =>
        correctedSubjects(change, now).map(subject => ({
          subject,
          ...(isSent && { message: correctedReminder(edition, change, now.toPlainDate()) }),
        })),
      )
  }

  /** Why an update may be a mistake: too many events have changed, or too often; undefined if it is none. */
  function doubtOf({ changes, before, edition }: Pending): string | undefined {
    const day = clock.now().toZonedDateTimeISO(zoneOf(edition)).toPlainDate()
    const count = changes.events.filter(change => isAnnounced(change, day)).length
    if (count > MOST_CHANGES) return `more than ${MOST_CHANGES} events changed at once`
    return isRestless(changes.events, before, clock.now())
      ? 'a calendar changes its events again and again'
      : undefined
  }

  async function publishDue(): Promise<void> {
    const found = await pending()
    const isRestored = await holdsRestored(found !== undefined)
    if (!found || found.needsApproval) return
    if (Temporal.Instant.compare(found.dueAt, clock.now()) > 0) return
    const doubt = isRestored ? RESTORED : doubtOf(found)
    if (doubt === undefined) {
      await publish(found, true)
      return
    }
    if (!(await editions.requireApproval(found.id))) return
    log.warn(
      { event: 'news.held', edition: found.id },
      `Holding an update because ${doubt}. Review it with ` +
        '`bin/sitrep broadcast --changes show`, then send or drop it.',
    )
  }

  return {
    async run(edition) {
      await observe(edition)
      await publishDue()
      const current = await published()
      if (!current) throw new Error('An edition that was begun is settled.')
      const { events } = current.edition
      // Entries of earlier releases have no revision.
      if (events.every(({ id }) => current.firstSeen[id]?.shown)) return current
      if (!events.every(({ id }) => id in current.firstSeen)) {
        log.warn(
          { event: 'edition.damaged', edition: current.id },
          'The record of known dates is damaged. They count as known from now on.',
        )
      }
      const firstSeen = firstSeenAt(current.firstSeen, events, clock.now())
      await editions.correctFirstSeen(current.id, JSON.stringify(firstSeen))
      return { ...current, firstSeen }
    },
    async resetFuture(now) {
      const [current, kept] = [await published(), await editions.pending()]
      // Otherwise the edit would wait longer than `debounceMs`.
      if (kept && Temporal.Instant.compare(kept.at, now) > 0) await editions.restart(kept.id)
      if (!current) return
      const firstSeen = withoutFuture(current.firstSeen, now)
      if (firstSeen === current.firstSeen) return
      await editions.correctFirstSeen(current.id, JSON.stringify(firstSeen))
    },
    async dueAt() {
      const found = await pending()
      return found?.needsApproval ? undefined : found?.dueAt
    },
    pending,
    async decide(how, id) {
      const found = await pending()
      if (!found || (id !== undefined && found.id !== id)) return false
      return publish(found, how === 'send')
    },
  }
}
