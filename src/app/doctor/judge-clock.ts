import { type CheckResult, resultsOf } from '../../check-result.ts'
import { CLOSE_MS, consequenceOf, FAR_MS, spanOf } from '../../platforms/clock-check.ts'
import { platformTitle } from '../../texts/platform-titles.ts'
import { listed } from '../../texts/plurals.ts'

const { ok, warning, error } = resultsOf('clock')

/** How far this machine's clock is ahead of a platform's, in milliseconds. */
export interface ClockDifference {
  readonly platform: string
  readonly aheadMs: number
}

/** Judges this machine's clock by those of the platforms that have answered. Pure. */
export function judgeClock(found: readonly ClockDifference[]): CheckResult[] {
  const named = (all: readonly ClockDifference[]) =>
    listed(all.map(({ platform }) => platformTitle(platform)))
  const off = found.filter(({ aheadMs }) => Math.abs(aheadMs) > CLOSE_MS)
  const right = found.filter(each => !off.includes(each))
  const isFar = right.length === 0 && off.every(({ aheadMs }) => Math.abs(aheadMs) > FAR_MS)
  return [
    ...(right.length > 0 ? [ok(`This machine’s clock agrees with ${named(right)}.`)] : []),
    ...off.map(({ platform, aheadMs }) =>
      (isFar ? error : warning)(
        `This machine’s clock is ${spanOf(aheadMs)} ${platformTitle(platform)}’s. ${consequenceOf(isFar)}`,
        'Turn on time synchronization (NTP): run `timedatectl`.',
      ),
    ),
  ]
}

/** Months after the end of the year of a release of time-zone data from which on it counts as old. */
const OLD_MONTHS = 12

/** Judges the release of the time-zone data, such as `2026c`. Its name has its year alone. Pure. */
export function judgeTimeZones(release: string, today: Temporal.PlainDate): CheckResult {
  const zones = resultsOf('time-zones')
  const year = Number(/^(\d{4})[a-z]+$/.exec(release)?.[1])
  const fix = 'Update Sitrep, which brings a newer Node: `npm ci`.'
  if (!Number.isSafeInteger(year)) return zones.warning('The time-zone data has no date.', fix)
  const end = new Temporal.PlainDate(year, 12, 31)
  const isOld = Temporal.PlainDate.compare(today, end.add({ months: OLD_MONTHS })) > 0
  return isOld
    ? zones.warning(`The time-zone data is old (${release}). Posts may come at a wrong hour.`, fix)
    : zones.ok(`The time-zone data is current (${release}).`)
}
