import { correctedReminder } from '../briefing/reminder.ts'
import type { Clock } from '../clock.ts'
import { type ChangedExercise, diffEditions } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import type { Log } from '../log.ts'
import type { KeptEdition, PendingEdition } from '../store/editions.ts'
import type { Store } from '../store/store.ts'
import { isAnnounced, MOST_CHANGES, newsPosts } from './posts.ts'
import { type Known, knownAt } from './reminders.ts'

export interface NewsOptions {
  readonly store: Pick<Store, 'editions' | 'broadcasts'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** Those that are served. */
  readonly platforms: readonly string[]
  /** How long an edit rests before it is news, in milliseconds. */
  readonly settleMs: number
  /** IANA zone that decides what is past. */
  readonly timeZone: string
}

/** The edition whose news are told: whatever is posted by itself is of it. */
export interface Told {
  readonly id: number
  readonly edition: Edition
  readonly known: Known
}

/** When what the content says becomes news. Throws {@link StoreError} where the store fails. */
export interface News {
  /** Looks at what the content says now, and tells what has rested long enough. */
  look(edition: Edition): Promise<Told>
  /** When a change will have rested long enough; nothing where none is to come by itself. */
  dueAt(): Promise<Temporal.Instant | undefined>
  /** Tells what is pending at once, or never; false where nothing is. */
  decide(how: 'send' | 'drop'): Promise<boolean>
}

export function createNews(options: NewsOptions): News {
  const { store, clock, log, platforms, settleMs, timeZone } = options
  const { editions } = store
  const read = createReader()

  async function observe(edition: Edition): Promise<void> {
    const content = JSON.stringify(edition)
    const [settled, pending] = [await editions.settled(), await editions.pending()]
    if (!settled) {
      const known = JSON.stringify(knownAt({}, edition.exercises, clock.now()))
      await editions.begin({ content, known })
    } else if (content === settled.content) {
      if (pending) await editions.dismiss()
    } else if (content !== pending?.content) await editions.propose(content)
    else if (Temporal.Instant.compare(pending.at, clock.now()) > 0) {
      await editions.restart(pending.id)
    }
  }

  const restedAt = ({ at }: PendingEdition) => at.add({ milliseconds: settleMs })

  /** What is pending becomes what was told, and is told where it shall be. */
  async function settle(before: KeptEdition, pending: PendingEdition, isTold: boolean) {
    const [was, is] = [read(before).edition, JSON.parse(pending.content) as Edition]
    const now = clock.now()
    const changes = diffEditions(was, is)
    const posts = isTold ? newsPosts(is, changes, pending.id, now, timeZone) : []
    // Before it counts as told: whoever dies here corrects once more, which harms nobody.
    for (const change of changes.exercises) {
      if (change.kind !== 'added' && change.kind !== 'removed') await correct(is, change, now)
    }
    const known = knownAt(JSON.parse(before.known), is.exercises, now)
    const broadcasts = posts.map(({ audience, message, ...post }) => ({
      ...post,
      audience: { ...audience, platforms },
      message: JSON.stringify(message),
    }))
    if (await editions.settle(pending.id, JSON.stringify(known), broadcasts)) {
      const fields = { event: 'news.settled', edition: pending.id, posts: posts.length }
      log.info(fields, 'What has changed in the content is told.')
    }
  }

  /** Reminders that were posted with other dates say so. */
  async function correct(edition: Edition, change: ChangedExercise, now: Temporal.Instant) {
    const { id, start, end } = change.before
    const isOther = start !== change.after.start || end !== change.after.end
    if (!isOther && change.after.status === 'scheduled') return
    const today = now.toZonedDateTimeISO(timeZone).toPlainDate()
    if (end < today.toString()) return
    for (const broadcast of await store.broadcasts.about(`${id} ${start} ${end}`)) {
      // Whoever waits for it still does not want it any more.
      await store.broadcasts.cancel(broadcast.id)
      const message = correctedReminder(edition, change, today)
      await store.broadcasts.revise(broadcast.id, JSON.stringify(message))
    }
  }

  /** More at once than anybody would plan may be a mistake. */
  function isDoubtful(before: KeptEdition, pending: PendingEdition): boolean {
    const today = clock.now().toZonedDateTimeISO(timeZone).toPlainDate()
    const { exercises } = diffEditions(read(before).edition, JSON.parse(pending.content) as Edition)
    return exercises.filter(change => isAnnounced(change, today)).length > MOST_CHANGES
  }

  async function tell(): Promise<void> {
    const [settled, pending] = [await editions.settled(), await editions.pending()]
    if (!settled || !pending || pending.isHeld) return
    if (Temporal.Instant.compare(restedAt(pending), clock.now()) > 0) return
    if (!isDoubtful(settled, pending)) return settle(settled, pending, true)
    await editions.hold(pending.id)
    log.warn(
      { event: 'news.held', edition: pending.id },
      `More than ${MOST_CHANGES} exercises have changed at once. Nothing is told until a moderator decides.`,
    )
  }

  return {
    async look(edition) {
      await observe(edition)
      await tell()
      const settled = await editions.settled()
      if (!settled) throw new Error('An edition that was begun is settled.')
      return read(settled)
    },
    async dueAt() {
      const pending = await editions.pending()
      return pending && !pending.isHeld ? restedAt(pending) : undefined
    },
    async decide(how) {
      const [settled, pending] = [await editions.settled(), await editions.pending()]
      if (!settled || !pending) return false
      await settle(settled, pending, how === 'send')
      return true
    },
  }
}

/** Reads an edition once for as long as it is the one that is asked for. */
function createReader(): (kept: KeptEdition) => Told {
  let last: Told | undefined
  return ({ id, content, known }) => {
    if (last?.id !== id) last = { id, edition: JSON.parse(content), known: JSON.parse(known) }
    return last
  }
}
