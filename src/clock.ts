/** Where the time comes from. Injected everywhere, so that a test can hold it still. */
export interface Clock {
  now(): Temporal.Instant
  /** Resolves after `ms` milliseconds (24 days at most), or at once when the signal aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>
}

/** How far the own clock can be believed. */
export interface ClockTrust {
  /** Whether ages can be measured: nothing is erased by age otherwise. */
  mayErase(): boolean
  /** Whether the time is right to some minutes: nothing is posted by the clock otherwise. */
  mayPost(): boolean
}

/** The clock of one platform, as its answers show it. */
export interface PlatformTime {
  /** Reads the headers of an answer whose request left at `askedAt`, by `performance.now()`. */
  answered(headers: AnswerHeaders, askedAt: number): void
  /**
   * The platform's instant as the own clock would have shown it. Two answers in a row must agree that an
   * instant is long ago; before the first answer, the own clock counts.
   */
  toOwn(instant: Temporal.Instant): Temporal.Instant
  /** Whether the last answers contradict the verdict on the clock. */
  isUnsure(): boolean
}

interface AnswerHeaders {
  readonly date?: string | null | undefined
  /** Seconds in a cache (RFC 9111): then `Date` is of the past. */
  readonly age?: string | null | undefined
}

/** Compares the own clock with the clocks of the platforms. */
export interface ClockCheck extends ClockTrust {
  of(platform: string): PlatformTime
  /** The own clock, as `/readyz` and `/status` show it. */
  part(): { readonly status: string; readonly reason?: string; readonly ready: boolean }
}

/** Where no other clock is there to compare with. */
export const TRUSTED: ClockTrust = { mayErase: () => true, mayPost: () => true }

/** Timers hold 31 bits: one set for longer would fire at once. */
const LONGEST_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
  pause: (ms, signal) =>
    new Promise(resolve => {
      if (signal?.aborted) return resolve()
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, Math.min(ms, LONGEST_MS))
      signal?.addEventListener('abort', end)
    }),
}

/** Zones that were asked for: a few hundred at most. */
const known = new Map<string, boolean>()

/** The zone itself where this runtime can compute in it, else UTC: another release may have known more. */
export function knownZone(zone: string): string {
  let isKnown = known.get(zone)
  if (isKnown === undefined) {
    isKnown = isZone(zone)
    known.set(zone, isKnown)
  }
  return isKnown ? zone : 'UTC'
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

/** The calendar date in `timeZone` (an IANA zone) at the clock's present instant. */
export function today(clock: Pick<Clock, 'now'>, timeZone: string): Temporal.PlainDate {
  return clock.now().toZonedDateTimeISO(timeZone).toPlainDate()
}

/**
 * The current IANA name of a zone, by which it is shown. ICU (and with it Intl) keeps the names that it had
 * first. A zone that this runtime does not know stays as it is. Pure.
 */
export function currentZone(zone: string): string {
  const before = current.get(zone)
  if (before !== undefined) return before
  const name = isZone(zone)
    ? new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
    : zone
  const after = RENAMED[name] ?? name
  current.set(zone, after)
  return after
}

const current = new Map<string, string>()

/** From the names of CLDR to those of tzdata's `zone.tab`. */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
}
