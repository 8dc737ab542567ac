import { backoffMs } from '../async/backoff.ts'
import type { Clock, ClockCheck, PlatformTime } from '../clock.ts'
import type { Log } from '../log.ts'
import { platformTitle } from '../texts/platform-titles.ts'
import { counted } from '../texts/plurals.ts'
import { boundsOf } from './date-header.ts'

/** Largest difference that counts as none, in milliseconds: `Date` has whole seconds, and responses take a while. */
export const CLOSE_MS = 60_000

/** A larger difference would cause posts at a wrong time, in milliseconds. Older requests are not answered either. */
export const FAR_MS = 10 * 60_000

/** Number of responses in a row that must agree before the verdict on the clock changes. */
const AGREEING = 3

/** Responses agree if they differ by at most this, in milliseconds. */
const JITTER_MS = 5000

/** Least advance of `Date` over the agreeing responses, in milliseconds: a proxy may repeat an old response. */
const MOVED_MS = 1000

/** Number of responses that contradict each other after which posts stop waiting for a verdict. */
const PUZZLING = 10

/** Longest wait of posts for the first comparison, in milliseconds: responses may have no `Date`. */
const FIRST_MS = 10_000

/** Shortest and longest pause between two time requests, in milliseconds: short while responses disagree. */
const ASK_AGAIN_MS = 1000
const ASK_MS = 60_000

/** One comparison of the platform's clock with this machine's. */
interface Sample {
  /** `Date`, and this machine's clocks when the response arrived, in milliseconds. */
  readonly date: number
  readonly wall: number
  readonly monotonic: number
}

type Verdict = 'right' | 'off'

/** The comparisons with one platform's clock, and their verdict. */
interface Comparison {
  readonly time: PlatformTime
  /** Returns how far this machine's clock is ahead, in milliseconds; undefined unless the verdict is `off`. */
  aheadMs(): number | undefined
  /** Whether the verdict is `right`, and the last response confirms it for this machine's clock as it is now. */
  isRight(): boolean
  /** Whether this machine's clock, as it is now, would cause posts at a wrong time. */
  isFar(): boolean
  isCompared(): boolean
  hasVerdict(): boolean
}

/** Creates a check of this machine's clock, which logs one line when the verdict changes. */
export function createClockCheck(clock: Pick<Clock, 'now'>, log: Log): ClockCheck {
  const platforms = new Map<string, Comparison>()
  const begunAt = performance.now()
  let logged = 'right'

  const compared = () => [...platforms.values()].filter(each => each.isCompared())
  const judged = () => [...platforms.values()].filter(each => each.hasVerdict())

  /** Lists the platforms whose clocks differ from this machine's, and how far it is ahead of each, in milliseconds. */
  function differing(): [string, number][] {
    return [...platforms].flatMap(([name, each]) => {
      const aheadMs = each.aheadMs()
      return aheadMs === undefined ? [] : [[name, aheadMs] as [string, number]]
    })
  }

  /** Whether this machine's clock is too far off for scheduled posts, by every platform with a verdict. */
  function isFarOff(): boolean {
    const found = differing()
    return found.length === judged().length && found.every(([, ms]) => Math.abs(ms) > FAR_MS)
  }

  function reason(found: readonly [string, number][]): string {
    const differences = found.map(([name, ms]) => `${spanOf(ms)} ${platformTitle(name)}’s`)
    const isAlone = found.length === judged().length
    const others = isAlone ? '' : ' The other platform agrees with this machine.'
    return `The clock of this machine is ${differences.join(' and ')}.${others} ${consequenceOf(isAlone && isFarOff())} Check NTP.`
  }

  /** Logs one line if the verdict has changed. */
  function logVerdict(): void {
    const found = differing()
    const state = found.length === 0 ? 'right' : isFarOff() ? 'far' : 'off'
    if (state === logged) return
    logged = state
    if (found.length === 0) {
      log.info({ event: 'clock.right' }, 'This machine’s clock is right again.')
      return
    }
    const aheadMs = Object.fromEntries(found)
    log.warn({ event: 'clock.off', aheadMs }, reason(found))
  }

  return {
    of(platform) {
      const comparison = platforms.get(platform) ?? compare(clock, logVerdict)
      platforms.set(platform, comparison)
      return comparison.time
    },
    mayErase: () => compared().length > 0 && compared().every(each => each.isRight()),
    mayPost() {
      const found = compared()
      if (found.length === 0) return platforms.size === 0 || performance.now() - begunAt > FIRST_MS
      return !found.every(each => each.isFar())
    },
    part() {
      const found = differing()
      if (found.length > 0) return { status: 'off', reason: reason(found), ready: !isFarOff() }
      return { status: judged().length > 0 ? 'right' : 'not compared yet', ready: true }
    },
  }
}

/** Says what Sitrep does not do while the clocks differ, by the difference. Pure. */
export function consequenceOf(isFar: boolean): string {
  const posts = isFar ? ' and posts nothing by schedule' : ''
  return `Until they agree, Sitrep erases nothing${posts}.`
}

/** Formats a difference in milliseconds: `15 minutes ahead of`. Pure. */
export function spanOf(aheadMs: number): string {
  const minutes = Math.round(Math.abs(aheadMs) / 60_000)
  const [count, unit] =
    minutes < 120
      ? [minutes, 'minute']
      : minutes < 2880
        ? [Math.round(minutes / 60), 'hour']
        : [Math.round(minutes / 1440), 'day']
  return `${counted(count, unit, `${unit}s`)} ${aheadMs > 0 ? 'ahead of' : 'behind'}`
}

function compare({ now }: Pick<Clock, 'now'>, onVerdict: () => void): Comparison {
  let verdict: Verdict | undefined
  /** The responses against the verdict: the first of the latest run that agrees, its length, and the total. */
  let against: { readonly first: Sample; readonly count: number; readonly all: number } | undefined
  /** The last two comparisons. */
  let latest: readonly Sample[] = []
  let trusted: Sample | undefined

  const aheadOf = ({ date, wall }: Sample) => wall - date

  /** Returns how far this machine's clock is ahead now, in milliseconds, even if it was set since the sample. */
  const aheadNow = ({ date, monotonic }: Sample) =>
    now().epochMilliseconds - (date + performance.now() - monotonic)

  /** Counts a comparison for or against the verdict, which changes when enough of them agree. */
  function count(sample: Sample, found: Verdict): void {
    if (found === verdict) {
      against = undefined
      trusted = sample
      return
    }
    const all = (against?.all ?? 0) + 1
    const agrees = against && Math.abs(aheadOf(against.first) - aheadOf(sample)) <= JITTER_MS
    against =
      against && agrees
        ? { ...against, count: against.count + 1, all }
        : { first: sample, count: 1, all }
    const isFirst = verdict === undefined && found === 'right'
    const hasMoved = sample.date - against.first.date >= MOVED_MS
    if (!isFirst && !(against.count >= AGREEING && hasMoved)) return
    verdict = found
    trusted = sample
    against = undefined
  }

  const time: PlatformTime = {
    answered(headers, askedAt) {
      const [wall, monotonic] = [now().epochMilliseconds, performance.now()]
      const bounds = boundsOf(headers, { askedAt, wall, monotonic })
      if (!bounds) return
      const { date, least, most } = bounds
      const sample = { date, wall, monotonic }
      latest = [...latest.slice(-1), sample]
      const isOff = least > CLOSE_MS || most < -CLOSE_MS
      const isClose = least >= -CLOSE_MS && most <= CLOSE_MS
      if (isOff || isClose) count(sample, isOff ? 'off' : 'right')
      onVerdict()
    },
    toOwn(instant) {
      if (latest.length === 0) return instant
      const aheadMs = Math.max(...latest.map(aheadNow))
      return instant.add({ milliseconds: Math.round(aheadMs) })
    },
    isUnsure: () => against !== undefined,
  }

  return {
    time,
    aheadMs: () => (verdict === 'off' && trusted ? aheadOf(trusted) : undefined),
    isRight() {
      const sample = latest.at(-1)
      return verdict === 'right' && !against && !!sample && Math.abs(aheadNow(sample)) <= CLOSE_MS
    },
    isFar() {
      if (!trusted && (against?.all ?? PUZZLING) >= PUZZLING) return false
      const sample = trusted ?? against?.first
      return sample !== undefined && Math.abs(aheadNow(sample)) > FAR_MS
    },
    isCompared: () => latest.length > 0,
    hasVerdict: () => verdict !== undefined,
  }
}

export interface WatchOptions {
  readonly time: PlatformTime
  /** A cheap call of the platform, for the `Date` of its response. */
  readonly ask: () => Promise<unknown>
  readonly clock: Pick<Clock, 'pause'>
  readonly signal: AbortSignal
}

/** Calls `ask` every minute, and sooner while responses disagree, until the signal aborts. */
export async function watchTime({ time, ask, clock, signal }: WatchOptions): Promise<void> {
  let [asked, waitedMs] = [0, 0]
  while (!signal.aborted) {
    await clock.pause(ASK_AGAIN_MS, signal)
    waitedMs += ASK_AGAIN_MS
    if (!time.isUnsure()) asked = 0
    const restMs = time.isUnsure()
      ? backoffMs(asked + 1, { firstMs: ASK_AGAIN_MS, longestMs: ASK_MS }, 1)
      : ASK_MS
    if (signal.aborted || waitedMs < restMs) continue
    waitedMs = 0
    asked += 1
    // Failures of other calls are logged, so this one stays silent.
    await ask().catch(() => {})
  }
}
