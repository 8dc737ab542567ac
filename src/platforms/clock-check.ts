import { backoffMs } from '../async/backoff.ts'
import type { Clock, ClockCheck, PlatformTime } from '../clock.ts'
import type { Log } from '../log.ts'

/** A difference up to this is taken for none: `Date` has whole seconds, and answers take a while; in milliseconds. */
const CLOSE_MS = 60_000

/** A clock further off than this would post at a wrong time, in milliseconds: as old as a question may be. */
const FAR_MS = 10 * 60_000

/** So many answers in a row must agree before the verdict on the clock changes. */
const AGREEING = 3

/** Answers agree if they differ by no more than this, in milliseconds. */
const JITTER_MS = 5000

/** `Date` of three answers must have moved by this, in milliseconds: a proxy may repeat an old answer. */
const MOVED_MS = 1000

/** After so many answers that contradict each other, posts wait no longer for a verdict. */
const PUZZLING = 10

/** Longest wait of posts for the first comparison, in milliseconds: an answer may have no `Date`. */
const FIRST_MS = 10_000

/** Pauses between two questions for the time, in milliseconds: the shortest while answers disagree, and the longest. */
const ASK_AGAIN_MS = 1000
const ASK_MS = 60_000

/** A comparison of the platform's clock with the own one. */
interface Sample {
  /** `Date`, and the own clocks when it came; in milliseconds. */
  readonly date: number
  readonly wall: number
  readonly monotonic: number
}

type Verdict = 'right' | 'off'

/** The comparisons with one platform's clock so far. */
interface Compared {
  readonly time: PlatformTime
  /** How far the own clock is ahead, in milliseconds, if the answers agree that it is off. */
  aheadMs(): number | undefined
  /** Whether the verdict is `right` and the last answer confirms it, also for the clock of this moment. */
  isRight(): boolean
  /** Whether posts by the clock of this moment would come at a wrong time. */
  isFar(): boolean
  isCompared(): boolean
  hasVerdict(): boolean
}

export function createClockCheck(clock: Pick<Clock, 'now'>, log: Log): ClockCheck {
  const platforms = new Map<string, Compared>()
  const begunAt = performance.now()
  let told = 'right'

  const compared = () => [...platforms.values()].filter(each => each.isCompared())
  const judged = () => [...platforms.values()].filter(each => each.hasVerdict())

  /** The platforms whose clocks differ from the own one, with how far that is ahead. */
  function differing(): [string, number][] {
    return [...platforms].flatMap(([name, each]) => {
      const aheadMs = each.aheadMs()
      return aheadMs === undefined ? [] : [[name, aheadMs] as [string, number]]
    })
  }

  /** Off by so much, by every platform with a verdict, that nothing is posted by the clock. */
  function isFarOff(): boolean {
    const found = differing()
    return found.length === judged().length && found.every(([, ms]) => Math.abs(ms) > FAR_MS)
  }

  function reason(found: readonly [string, number][]): string {
    const differences = found.map(([name, ms]) => `${spanOf(ms)} ${TITLES[name] ?? name}’s`)
    const isAlone = found.length === judged().length
    const held =
      isAlone && isFarOff()
        ? 'Sitrep erases nothing and posts nothing by schedule'
        : 'Sitrep erases nothing'
    const others = isAlone ? '' : ' The other platform agrees with this machine.'
    return `The clock of this machine is ${differences.join(' and ')}.${others} Until they agree, ${held}. Check NTP.`
  }

  /** Writes one line if the verdict has changed. */
  function tell(): void {
    const found = differing()
    const state = found.length === 0 ? 'right' : isFarOff() ? 'far' : 'off'
    if (state === told) return
    told = state
    if (found.length === 0) {
      log.info({ event: 'clock.right' }, 'The clock of this machine is right again.')
      return
    }
    const aheadMs = Object.fromEntries(found)
    log.warn({ event: 'clock.off', aheadMs }, reason(found))
  }

  return {
    of(platform) {
      const known = platforms.get(platform) ?? compare(clock, tell)
      platforms.set(platform, known)
      return known.time
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

const TITLES: Readonly<Record<string, string>> = { telegram: 'Telegram', discord: 'Discord' }

/** `15 minutes ahead of`. */
function spanOf(aheadMs: number): string {
  const minutes = Math.round(Math.abs(aheadMs) / 60_000)
  const [count, unit] =
    minutes < 120
      ? [minutes, 'minute']
      : minutes < 2880
        ? [Math.round(minutes / 60), 'hour']
        : [Math.round(minutes / 1440), 'day']
  return `${count} ${unit}${count === 1 ? '' : 's'} ${aheadMs > 0 ? 'ahead of' : 'behind'}`
}

function compare({ now }: Pick<Clock, 'now'>, onVerdict: () => void): Compared {
  let verdict: Verdict | undefined
  /** The answers that contradict the verdict: the first of the last that agree, how many those are, and all. */
  let against: { readonly first: Sample; readonly count: number; readonly all: number } | undefined
  /** The last two. */
  let latest: readonly Sample[] = []
  let believed: Sample | undefined

  const aheadOf = ({ date, wall }: Sample) => wall - date

  /** How far the own clock is ahead at this moment: if it was set since, the monotonic one was not. */
  const aheadNow = ({ date, monotonic }: Sample) =>
    now().epochMilliseconds - (date + performance.now() - monotonic)

  function classifyError(sample: Sample, found: Verdict): void {
    if (found === verdict) {
      against = undefined
      believed = sample
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
    believed = sample
    against = undefined
  }

  const time: PlatformTime = {
    answered({ date: header, age }, askedAt) {
      const date = readDate(header)
      if (date === undefined || (age && age !== '0')) return
      const [wall, monotonic] = [now().epochMilliseconds, performance.now()]
      const sample = { date, wall, monotonic }
      latest = [...latest.slice(-1), sample]
      // The platform wrote `Date`, without the fraction of its second, after the request left and before now.
      const [most, least] = [wall - date, wall - date - 1000 - (monotonic - askedAt)]
      const isOff = least > CLOSE_MS || most < -CLOSE_MS
      const isClose = least >= -CLOSE_MS && most <= CLOSE_MS
      if (isOff || isClose) classifyError(sample, isOff ? 'off' : 'right')
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
    aheadMs: () => (verdict === 'off' && believed ? aheadOf(believed) : undefined),
    isRight() {
      const sample = latest.at(-1)
      return verdict === 'right' && !against && !!sample && Math.abs(aheadNow(sample)) <= CLOSE_MS
    },
    isFar() {
      if (!believed && (against?.all ?? PUZZLING) >= PUZZLING) return false
      const sample = believed ?? against?.first
      return sample !== undefined && Math.abs(aheadNow(sample)) > FAR_MS
    },
    isCompared: () => latest.length > 0,
    hasVerdict: () => verdict !== undefined,
  }
}

/** IMF-fixdate alone (RFC 9110), in milliseconds; undefined if it is anything else. */
function readDate(header: string | null | undefined): number | undefined {
  if (!header || !/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header)) return undefined
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : date
}

export interface WatchOptions {
  readonly time: PlatformTime
  /** Any call that is cheap: its answer has a `Date`. */
  readonly ask: () => Promise<unknown>
  readonly clock: Pick<Clock, 'pause'>
  readonly signal: AbortSignal
}

/** Asks the platform for an answer each minute, and sooner while answers disagree, until the signal aborts. */
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
    // A failing platform is reported by the calls that people wait for.
    await ask().catch(() => {})
  }
}
