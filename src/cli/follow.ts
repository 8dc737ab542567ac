import { secondCopies } from '../announcements/progress-view.ts'
import { systemClock } from '../clock.ts'
import { StoreError } from '../store/error.ts'
import { type Broadcast, type Progress, type Report, totalOf } from '../store/ledger/broadcast.ts'
import type { Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import { bar } from './progress.ts'
import { EXIT, fail } from './terminal.ts'

const words = texts.announcements

/** Interval at which the ledger is read, in milliseconds. */
const POLL_MS = 500

/** Shortest interval between two lines of progress if there is no terminal, in milliseconds. */
const LINE_MS = 10_000

/** Time without progress after which a notice appears, in milliseconds. */
const STILL_MS = 30_000

/** Longest wait for rows that are postponed, in milliseconds: quiet hours, or a retry. */
const LATER_MS = 120_000

interface Snapshot {
  readonly broadcast: Broadcast
  readonly report: Report
  /** Whether a running bot uses this database. */
  readonly isServed: boolean
}

/** Shows the progress of a broadcast until it ends, is paused or has to wait for long. Resolves to an exit code. */
export async function follow(store: Store, id: number): Promise<number> {
  const show = createDisplay(id)
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort())
  let movedAt = performance.now()
  let last = -1
  for (;;) {
    const snapshot = await readSnapshot(store, id)
    if (snapshot) {
      const { broadcast, report, isServed } = snapshot
      const { progress, later } = report
      const { pending, claimed } = progress
      if (totalOf(progress) - pending !== last) movedAt = performance.now()
      last = totalOf(progress) - pending
      const isStill = performance.now() - movedAt > STILL_MS
      show.progress(progress, isStill)
      const laterMs = later.until.epochMilliseconds - Date.now()
      const isLater = pending > 0 && claimed === 0 && later.count === pending && laterMs > LATER_MS
      const isEnd = broadcast.isFinished || broadcast.state === 'paused'
      if (isEnd || !isServed || isLater) {
        show.end()
        return conclude(id, snapshot, isLater)
      }
    } else if (performance.now() - movedAt > STILL_MS) {
      show.end()
      return fail(
        `The database cannot be asked any more. The bot goes on when it can; --watch ${id} shows it.`,
        EXIT.io,
      )
    }
    await systemClock.pause(POLL_MS, stopping.signal)
    if (!stopping.signal.aborted) continue
    show.end()
    console.log(`The bot goes on without you watching; --watch ${id} shows it again.`)
    return EXIT.ok
  }
}

/** Reads the state of a broadcast; undefined if the store is unavailable. */
async function readSnapshot(
  { broadcasts, lease }: Store,
  id: number,
): Promise<Snapshot | undefined> {
  try {
    const [broadcast, report] = [await broadcasts.find(id), await broadcasts.report(id)]
    if (!broadcast || !report) return undefined
    return { broadcast, report, isServed: await lease.isTaken('active') }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return undefined
  }
}

/** Creates the display of progress: a bar on a terminal, otherwise a line every {@link LINE_MS}. */
function createDisplay(id: number) {
  const { stdout } = process
  const begun = performance.now()
  let writtenAt = Number.NEGATIVE_INFINITY
  let before: number | undefined
  return {
    progress(progress: Progress, isStill: boolean): void {
      const now = performance.now()
      const { pending, claimed } = progress
      const done = totalOf(progress) - pending - claimed
      // The rate counts only rows that were settled since the start of the display. A correction starts again at 0.
      before = Math.min(before ?? done, done)
      const still = isStill ? ' · nothing moves: look at the bot’s log' : ''
      if (stdout.isTTY) {
        const line = bar(progress, before, now - begun, Math.max(1, stdout.columns - still.length))
        stdout.write(`\r\x1b[K${line}${still}`)
      } else if (now - writtenAt >= LINE_MS) {
        writtenAt = now
        console.log(`Broadcast ${id}: ${done} of ${totalOf(progress)}${still}`)
      }
    },
    end(): void {
      if (stdout.isTTY) console.log()
    },
  }
}

/** Labels of the states of rows that were not sent. */
const OTHERS = {
  gone: 'could not be reached',
  failed: 'refused by the platform',
  skipped: 'left out (stopped, not wanted any more, too late)',
  uncertain: 'may have got it',
  pending: 'still to be sent',
  claimed: 'under way',
} as const

function conclude(id: number, snapshot: Snapshot, isLater: boolean) {
  const { broadcast, report, isServed } = snapshot
  const { progress, reach, causes, later } = report
  const others = Object.entries(OTHERS).flatMap(([state, words]) => {
    const count = progress[state as keyof typeof OTHERS]
    return count > 0 ? [`${count} ${words}`] : []
  })
  const rest = others.map(words => `; ${words}`).join('')
  const verb = broadcast.isRetracted ? 'is taken back in' : 'has reached'
  // After a correction, count the chats that have the newest version.
  const [reached, all] =
    broadcast.revision > 1 ? [reach.newest, reach.any] : [progress.sent, totalOf(progress)]
  console.log(`Broadcast ${id} ${verb} ${reached} of ${all}${rest}.`)
  for (const { count, error } of causes) console.log(`  ${words.cause(count, error)}`)
  const twice = secondCopies(report, broadcast)
  if (twice) console.log(twice)
  if (broadcast.isFinished) return EXIT.ok
  if (broadcast.state === 'paused') {
    const { note } = broadcast
    if (note) console.log(words.pausedBecause(note))
    const why = note ? ` (${note}: the bot’s log says more)` : ''
    return fail(`It is paused${why}: --resume ${id} or --cancel ${id}.`, EXIT.unavailable)
  }
  if (!isServed) {
    console.log('No bot runs on this database at the moment: it is kept, and the next one goes on.')
  } else if (isLater) {
    const at = later.until.toString({ smallestUnit: 'minute' })
    console.log(
      `${later.count} wait, the first until ${at}: quiet hours, or to be tried again. The bot goes on by itself.`,
    )
  }
  return EXIT.ok
}
