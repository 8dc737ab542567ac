/** The source of the current time and of pauses. Injected everywhere, so that a test controls both. */
export interface Clock {
  /** Returns the wall time, which an operator or NTP may set back or ahead. Posts and stored instants use it. */
  now(): Temporal.Instant
  /** Returns milliseconds since any instant. They never go back: deadlines, back-offs and rate limits use them. */
  elapsed(): number
  /** Resolves after `ms` milliseconds (24 days at most), or at once when the signal aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>
}

/** How far the clock of this machine can be trusted. */
export interface ClockTrust {
  /** Whether ages can be measured. Otherwise Sitrep erases nothing by age. */
  mayErase(): boolean
  /** Whether the time is right to some minutes. Otherwise Sitrep posts nothing by schedule. */
  mayPost(): boolean
}

/** The clock of one platform, as its responses show it. */
export interface PlatformTime {
  /** Reads the headers of a response whose request left at `askedAt`, by `performance.now()`. */
  answered(headers: AnswerHeaders, askedAt: number): void
  /**
   * Converts an instant of the platform to this machine's clock. Uses the one of the last two responses that makes the
   * instant later, so that a single wrong response cannot age a request. Without a response the instant stays as it is.
   */
  toOwn(instant: Temporal.Instant): Temporal.Instant
  /** Whether the last responses contradict the verdict on the clock or, before the first verdict, the clock itself. */
  isUnsure(): boolean
}

interface AnswerHeaders {
  readonly date?: string | null | undefined
  /** Seconds that the response spent in a cache (RFC 9111), which make `Date` too old. */
  readonly age?: string | null | undefined
}

/** Compares this machine's clock with the clocks of the platforms. */
export interface ClockCheck extends ClockTrust {
  /** Returns the clock of one platform, always the same object. */
  of(platform: string): PlatformTime
  /** Describes the state of this machine's clock for `/readyz` and `/status`. */
  part(): { readonly status: string; readonly reason?: string; readonly ready: boolean }
}

/** Trusts this machine's clock, because there is no other clock to compare with. */
export const TRUSTED: ClockTrust = { mayErase: () => true, mayPost: () => true }

/** Longest delay of `setTimeout`, in milliseconds: 31 bits. A longer one would fire at once. */
const LONGEST_MS = 2 ** 31 - 1

/** The clocks and timers of this machine. */
export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
  elapsed: () => performance.now(),
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

/** Least jump of the wall time that counts as a set clock, in milliseconds. Smaller ones correct its drift. */
const SET_MS = 1000

/**
 * Returns a function that tells whether the wall time was set back or ahead since its last call. The first call
 * returns true, because an earlier process may have had another time.
 */
export function createSetCheck(clock: Pick<Clock, 'now' | 'elapsed'>): () => boolean {
  let offset = Number.NEGATIVE_INFINITY
  return () => {
    const current = clock.now().epochMilliseconds - clock.elapsed()
    const isSet = Math.abs(current - offset) >= SET_MS
    if (isSet) offset = current
    return isSet
  }
}

/** Caches whether the runtime supports a zone, by its name. There are a few hundred zones. */
const supportedZones = new Map<string, boolean>()

/** Returns the zone itself, or UTC if this runtime does not support the zone, which another release may have stored. */
export function knownZone(zone: string): string {
  let isKnown = supportedZones.get(zone)
  if (isKnown === undefined) {
    isKnown = isZone(zone)
    supportedZones.set(zone, isKnown)
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

/** Returns the current calendar date in `timeZone`, an IANA zone. */
export function today(clock: Pick<Clock, 'now'>, timeZone: string): Temporal.PlainDate {
  return dateOf(clock.now(), timeZone)
}

/** Returns the calendar date of an instant in `timeZone`, an IANA zone. Pure. */
export function dateOf(instant: Temporal.Instant, timeZone: string): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(timeZone).toPlainDate()
}

/**
 * Returns the current IANA name of a zone, for display. ICU, and so Intl, keeps the oldest name of a zone. A zone that
 * this runtime does not support stays as it is. Pure.
 */
export function currentZone(zone: string): string {
  const cached = currentNames.get(zone)
  if (cached !== undefined) return cached
  const name = isZone(zone)
    ? new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
    : zone
  const renamed = RENAMED[name] ?? name
  currentNames.set(zone, renamed)
  return renamed
}

/** The results of {@link currentZone} by zone. */
const currentNames = new Map<string, string>()

/** Maps the names of CLDR to those of tzdata's `zone.tab`. */
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
