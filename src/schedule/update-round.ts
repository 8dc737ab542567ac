import { correctedReminder } from '../briefing/reminder.ts'
import type { Clock } from '../clock.ts'
import { type Changes, diffEditions, type ExerciseChange } from '../content/diff.ts'
import { type Edition, readEdition, serializeEdition } from '../content/edition.ts'
import type { Log } from '../log.ts'
import type { Settling } from '../store/schedule/editions.ts'
import type { Store } from '../store/store.ts'
import { isAnnounced, MOST_CHANGES, newsPosts, toBroadcast } from './posts.ts'
import { asOfNow, type FirstSeen, firstSeenAt, readKnown } from './reminders.ts'

export interface NewsOptions {
  readonly store: Pick<Store, 'editions'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** Those that are served. */
  readonly platforms: readonly string[]
  /** How long an edit rests before it is news, in milliseconds. */
  readonly debounceMs: number
  /** IANA zone that decides what is past. */
  readonly timeZone: string
}

/** The edition whose news are told: whatever is posted by itself is of it. */
export interface PublishedEdition {
  readonly id: number
  readonly edition: Edition
  readonly known: FirstSeen
}

/** When what the content says becomes news. Throws {@link StoreError} where the store fails. */
export interface News {
  /** Looks at what the content says now, and tells what has rested long enough. */
  look(edition: Edition): Promise<PublishedEdition>
  /** When a change will have rested long enough; nothing where none is to come by itself. */
  dueAt(): Promise<Temporal.Instant | undefined>
  /**
   * Tells what is pending at once, or posts no news of it: digests show it all the same. False where nothing is,
   * where somebody else was quicker, or `id` is given and something else is pending.
   */
  decide(how: 'send' | 'drop', id?: number): Promise<boolean>
  /** What is pending, beside what was told last. */
  pending(): Promise<Pending | undefined>
}

/** What is pending, beside what was told last. */
export interface Pending {
  readonly id: number
  readonly edition: Edition
  readonly needsApproval: boolean
  /** When it will have rested. */
  readonly dueAt: Temporal.Instant
  readonly changes: Changes
  readonly before: PublishedEdition
}

export function createNews(options: NewsOptions): News {
  const { store, clock, log, platforms, debounceMs, timeZone } = options
  const { editions } = store
  const today = () => clock.now().toZonedDateTimeISO(timeZone).toPlainDate()
  let last: PublishedEdition | undefined

  /** What was told last; nothing before there was anything, or where another release has kept it. */
  async function settled(): Promise<PublishedEdition | undefined> {
    const kept = await editions.settled()
    const edition = last?.id === kept?.id ? last?.edition : readEdition(kept?.content)
    if (!kept || !edition) return undefined
    last = { id: kept.id, edition, known: readKnown(kept.known) }
    return last
  }

  async function pending(): Promise<Pending | undefined> {
    const [before, kept] = [await settled(), await editions.pending()]
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

  async function observe(edition: Edition): Promise<void> {
    const now = clock.now()
    const content = serializeEdition(edition)
    const [told, kept] = [await settled(), await editions.pending()]
    if (!told) {
      const known = JSON.stringify(firstSeenAt({}, edition.exercises, now))
      if (await editions.settled()) {
        const fields = { event: 'edition.damaged' }
        log.warn(
          fields,
          'The last edition cannot be read; the content of now takes its place, and is no news.',
        )
      }
      await editions.begin({ content, known })
    } else if (content === serializeEdition(told.edition)) {
      if (kept) await editions.dismiss()
    } else if (content !== kept?.content) await editions.propose(content)
    // The clock was set back: it would rest for longer than anybody has asked for.
    else if (Temporal.Instant.compare(kept.at, now) > 0) await editions.restart(kept.id)
  }

  /** What is pending becomes what was told, and is told where it shall be; whether it was ours to do. */
  async function settle({ id, edition, changes, before }: Pending, isTold: boolean) {
    const now = clock.now()
    const posts = isTold ? newsPosts(edition, changes, id, now, timeZone) : []
    const settling: Settling = {
      known: JSON.stringify(firstSeenAt(before.known, edition.exercises, now)),
      broadcasts: posts.map(post => toBroadcast(post, platforms)),
      corrections: correctionsOf(edition, changes.exercises, isTold),
    }
    const told = await editions.settle(id, settling)
    if (told === undefined) return false
    const fields = { event: 'news.settled', edition: id, posts: told }
    log.info(
      fields,
      isTold ? 'An edit has rested: it is told.' : 'An edit is dropped: no news of it.',
    )
    return true
  }

  /** Reminders that were posted say how it stands now, and nobody else gets them, whether that is told or not. */
  function correctionsOf(edition: Edition, changes: readonly ExerciseChange[], isTold: boolean) {
    const day = today()
    return changes
      .filter(change => change.kind !== 'added' && change.kind !== 'changed')
      .filter(({ before, after = before }) =>
        [before, after].some(each => each !== undefined && each.end >= day.toString()),
      )
      .map(change => ({
        subject: (change.after ?? change.before).id,
        ...(isTold && { message: JSON.stringify(correctedReminder(edition, change, day)) }),
      }))
  }

  /** More at once than anybody would plan may be a mistake. */
  function isDoubtful({ changes }: Pending): boolean {
    const day = today()
    return changes.exercises.filter(change => isAnnounced(change, day)).length > MOST_CHANGES
  }

  async function tell(): Promise<void> {
    const found = await pending()
    if (!found || found.needsApproval) return
    if (Temporal.Instant.compare(found.dueAt, clock.now()) > 0) return
    if (!isDoubtful(found)) {
      await settle(found, true)
      return
    }
    if (!(await editions.hold(found.id))) return
    log.warn(
      { event: 'news.held', edition: found.id },
      `More than ${MOST_CHANGES} exercises have changed at once: nothing is told until somebody says ` +
        '`npm run -s broadcast -- --changes send`, or drop.',
    )
  }

  return {
    async look(edition) {
      await observe(edition)
      await tell()
      const told = await settled()
      if (!told) throw new Error('An edition that was begun is settled.')
      // A clock that was ahead has known it in a future that has not come.
      const ahead = asOfNow(told.known, clock.now())
      const { exercises } = told.edition
      const isDamaged = exercises.some(({ id }) => !(id in told.known))
      if (isDamaged) {
        const fields = { event: 'edition.damaged', edition: told.id }
        log.warn(
          fields,
          'Since when dates are known is damaged in the database; they count as known since now.',
        )
      }
      const known = isDamaged ? firstSeenAt(ahead, exercises, clock.now()) : ahead
      if (known === told.known) return told
      await editions.relearn(told.id, JSON.stringify(known))
      return { ...told, known }
    },
    async dueAt() {
      const found = await pending()
      return found?.needsApproval ? undefined : found?.dueAt
    },
    pending,
    async decide(how, id) {
      const found = await pending()
      if (!found || (id !== undefined && found.id !== id)) return false
      return settle(found, how === 'send')
    },
  }
}
