import ICAL from 'ical.js'
import { zoneOf } from '../content/schema-parts.ts'
import { textOf } from './components.ts'
import { WINDOWS_ZONES } from './windows-zones.ts'

/** Finds the IANA zone that a calendar means by a name; undefined if there is none. */
export type FindZone = (name: string) => string | undefined

/** Most names of zones that are compared by their rules: each takes some milliseconds. */
const MOST_COMPARED = 20

/**
 * Creates a finder for the zones of one calendar. A zone with a name of its own is the IANA zone that has the same
 * offset in each month of two years.
 *
 * @param year the first of the two years.
 */
export function createZones(calendars: readonly ICAL.Component[], year: number): FindZone {
  const rules = new Map(
    calendars
      .flatMap(calendar => calendar.getAllSubcomponents('vtimezone'))
      .map(zone => [textOf(zone, 'tzid'), zone]),
  )
  const found = new Map<string, string | undefined>()
  let compared = 0

  function find(name: string): string | undefined {
    const known = namedZone(name)
    const zone = known ? undefined : rules.get(name)
    if (!zone) return known
    const located = namedZone(textOf(zone, 'x-lic-location') ?? '')
    return located ?? (++compared <= MOST_COMPARED ? sameZone(zone, year) : undefined)
  }

  return name => {
    if (!found.has(name)) found.set(name, find(name))
    return found.get(name)
  }
}

/** Reads a name of IANA, alone or behind the name of a program (`/example.org/Europe/Berlin`), or of Windows. */
function namedZone(name: string): string | undefined {
  const bare = name.trim()
  if (Object.hasOwn(WINDOWS_ZONES, bare)) return WINDOWS_ZONES[bare]
  const parts = bare.split('/')
  const tails = [bare, ...[3, 2].map(count => parts.slice(-count).join('/'))]
  return tails.map(zoneOf).find(zone => zone !== undefined)
}

/** Finds the zone whose offsets are those of the rules in the middle of each month; undefined if they are damaged. */
function sameZone(component: ICAL.Component, year: number): string | undefined {
  try {
    return zoneWith(offsetsOf(component, year))
  } catch {
    return undefined
  }
}

/** A local time, and the offset from UTC at it, in seconds. */
interface Offset {
  readonly local: Temporal.PlainDateTime
  readonly seconds: number
}

/** Throws the errors of ical.js, which have no class. */
function offsetsOf(component: ICAL.Component, year: number): Offset[] {
  const rules = new ICAL.Timezone(component)
  return Array.from({ length: 24 }, (_, month) => {
    const local = new Temporal.PlainDateTime(year, 1, 15, 12).add({ months: month })
    const time = ICAL.Time.fromDateTimeString(`${local.toString({ smallestUnit: 'second' })}`)
    return { local, seconds: rules.utcOffset(time) }
  })
}

function zoneWith(offsets: readonly Offset[]): string | undefined {
  const isSame = (zone: string) =>
    offsets.every(
      ({ local, seconds }) => local.toZonedDateTime(zone).offsetNanoseconds / 1e9 === seconds,
    )
  return [...Object.values(WINDOWS_ZONES), ...Intl.supportedValuesOf('timeZone')].find(isSame)
}
