import { stateOf, titleFor } from '../announcements/progress-view.ts'
import { outcomes, resultOf, secondCopies } from '../announcements/result.ts'
import { canUndo, isUnsent } from '../announcements/undo-window.ts'
import { localDay } from '../briefing/local-time.ts'
import { systemClock } from '../clock.ts'
import { StoreError } from '../store/error.ts'
import { type Broadcast, type Progress, type Report, totalOf } from '../store/ledger/broadcast.ts'
import type { Store } from '../store/store.ts'
import { distance } from '../texts/plurals.ts'
import { texts } from '../texts.ts'
import { auditEntry } from './audit-entry.ts'
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

export interface FollowOptions {
  /** IANA zone of the times that are shown. */
  readonly timeZone: string
  /** Whether Ctrl-C undoes the broadcast as long as its undo window is open; false if it only ends the display. */
  readonly mayUndo?: boolean
}

/** Shows the progress of a broadcast until it ends, is paused or has to wait for long. Resolves to an exit code. */
export async function follow(
  store: Store,
  id: number,
  { timeZone, mayUndo = false }: FollowOptions,
): Promise<number> {
  const show = createDisplay(id, mayUndo)
  const stopping = new AbortController()
  let isInterrupted = false
  // npm passes Ctrl-C on, so that it may arrive twice.
  process.on('SIGINT', () => {
    isInterrupted = true
    stopping.abort()
  })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort())
  let movedAt = performance.now()
  let last = -1
  for (;;) {
    const snapshot = await readSnapshot(store, id)
    if (snapshot) {
      const { broadcast, report, isServed } = snapshot
      const { progress, later } = report
      const { pending, claimed } = progress
      const isOpen = canUndo(broadcast, systemClock.now())
      if (isOpen || totalOf(progress) - pending !== last) movedAt = performance.now()
      last = totalOf(progress) - pending
      const isStill = performance.now() - movedAt > STILL_MS
      if (isOpen) show.window(broadcast)
      else show.progress(progress, isStill)
      const laterMs = later.until.epochMilliseconds - Date.now()
      const isLater = pending > 0 && claimed === 0 && later.count === pending && laterMs > LATER_MS
      const isEnd = broadcast.isFinished || broadcast.state === 'paused'
      if (isEnd || !isServed || isLater) {
        show.end()
        return conclude(snapshot, isLater, timeZone)
      }
    } else if (performance.now() - movedAt > STILL_MS) {
      show.end()
      return fail(
        `Lost the database connection. The bot keeps sending. Check with --watch ${id}.`,
        EXIT.io,
      )
    }
    await systemClock.pause(POLL_MS, stopping.signal)
    if (!stopping.signal.aborted) continue
    show.end()
    if (mayUndo && isInterrupted) {
      const undone = await store.announcements.undo(id, auditEntry('announcement.undo'))
      if (undone.outcome === 'done') return reportUndone(id)
      console.log(texts.announce.tooLateOnCommandLine(id))
    }
    console.log(`Stopped watching. Sending continues. Reopen with --watch ${id}.`)
    return EXIT.ok
  }
}

/** Reports that a broadcast was undone before any chat got it. Returns the exit code. */
export function reportUndone(id: number): number {
  console.log(texts.announce.confirmed.undone(id))
  return EXIT.ok
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

/** Creates the display: a line that changes on a terminal, otherwise a line every {@link LINE_MS}. */
function createDisplay(id: number, mayUndo: boolean) {
  const { stdout } = process
  let begun = performance.now()
  let writtenAt = Number.NEGATIVE_INFINITY
  let before: number | undefined
  let isOpen = false
  return {
    /** Shows the time until the undo window closes. */
    window({ startsAt }: Broadcast): void {
      const seconds = startsAt?.since(systemClock.now()).total('seconds') ?? 0
      const how = mayUndo ? words.pressToUndo : words.cancelToUndo(id)
      const line = `${texts.announce.confirmed.send(id)}${distance(Math.ceil(seconds))}. ${how}`
      if (stdout.isTTY) stdout.write(`\r\x1b[K${line}`)
      else if (!isOpen) console.log(line)
      isOpen = true
    },
    progress(progress: Progress, isStill: boolean): void {
      const now = performance.now()
      if (isOpen) {
        if (stdout.isTTY) stdout.write('\r\x1b[K')
        console.log(texts.announce.confirmed.begun(id))
        isOpen = false
        begun = now
      }
      const { pending, claimed } = progress
      const done = totalOf(progress) - pending - claimed
      // The rate counts only rows that were settled since the start of the display. A correction starts again at 0.
      before = Math.min(before ?? done, done)
      const still = isStill ? ' · stalled (check the bot’s log)' : ''
      if (stdout.isTTY) {
        const line = bar(progress, before, now - begun, Math.max(1, stdout.columns - still.length))
        stdout.write(`\r\x1b[K${line}${still}`)
      } else if (now - writtenAt >= LINE_MS) {
        writtenAt = now
        console.log(`#${id}: ${words.reachedOf(done, totalOf(progress))}${still}`)
      }
    },
    end(): void {
      if (stdout.isTTY) console.log()
    },
  }
}

/** Prints the result as `/announcements` shows it in a chat. Returns the exit code. */
function conclude(
  { broadcast, report, isServed }: Snapshot,
  isLater: boolean,
  timeZone: string,
): number {
  const { id, state, note, isFinished, isBegun } = broadcast
  if (isUnsent(broadcast)) return reportUndone(id)
  if (isBegun || isServed) {
    console.log(titleFor(broadcast, stateOf(broadcast, systemClock.now())))
    console.log(resultOf(broadcast, report))
  }
  for (const line of outcomes(report, broadcast)) console.log(`  ${line}`)
  const twice = secondCopies(report, broadcast)
  if (twice) console.log(twice)
  if (isFinished) return EXIT.ok
  if (state === 'paused') {
    if (note) console.log(words.pausedBecause(note))
    const why = note ? ` (${note}; see the bot’s log)` : ''
    return fail(
      `Paused${why}. Continue with --resume ${id} or stop with --cancel ${id}.`,
      EXIT.unavailable,
    )
  }
  if (!isServed) {
    console.log('No bot is running on this database. It’s saved and will be sent when one starts.')
    if (!isBegun) console.log(words.cancelToUndo(id))
  } else if (isLater) {
    const at = localDay(report.later.until, timeZone, systemClock.now())
    console.log(
      `${report.later.count} waiting until ${at} or later (quiet hours or retry). The bot will finish on its own.`,
    )
  }
  return EXIT.ok
}
