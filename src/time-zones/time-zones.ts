import { currentZone } from '../clock.ts'
import { fold, loadCities, type Place, type Province } from './cities.ts'
import { countryName } from './countries.ts'

/** A city and its time zone. */
export interface City {
  readonly name: string
  /** The country, with the province if the name has other zones in the same country. */
  readonly country: string
  /** IANA zone. */
  readonly zone: string
  /** Whether the typed words name the city, or its country or province. */
  readonly isExact: boolean
  /**
   * Set if the city is far larger than those of its name in other zones, so that it is meant if no country is named.
   */
  readonly isLikely?: true
}

/** Least inhabitants of a likely city, and the least ratio to each other city of its name. */
const LIKELY_PEOPLE = 100_000
const LIKELY_TIMES = 30

/** The share of its inhabitants with which a city counts that has another name and is also spelt as typed. */
const SPELLING_SHARE = 0.3

/** Words around a place: `London time`, `Oslo, Norway time zone`, `time in Tokyo`. */
const AROUND =
  /^(?:the\s+)?(?:(?:local|current)\s+)?(?:time\s+(?:in|of|at|for)|time\s*zone(?:\s+(?:in|of|at|for))?)[\s:]+|(?<![\s,-])(?:['’]s)?[\s,-]+(?:local\s+)?(?:time(?:\s*zone)?|tz)[.!?]*$/gi

/** Removes the words around a place. */
function placeIn(typed: string): string {
  return typed.trim().replaceAll(AROUND, '')
}

/**
 * Finds the current name of an IANA zone by any of its names, in any case; undefined if there is
 * none.
 */
export function findZone(name: string): string | undefined {
  const typed = placeIn(name).replaceAll(/\s+/g, '_')
  // Offsets (+02:00, Etc/GMT-2, EST) are zones to Intl, but have no summer time.
  if (!/^(utc|(?!etc\/)[a-z_]+\/.+)$/i.test(typed)) return undefined
  const zone = currentZone(typed)
  zones ??= new Set(['UTC', ...Intl.supportedValuesOf('timeZone').map(currentZone)])
  return zones.has(zone) ? zone : undefined
}

let zones: ReadonlySet<string> | undefined

/** Whether the user typed an offset or the name of a clock, and no place. Pure. */
export function isClockName(typed: string): boolean {
  if (CLOCK_NAME.test(typed)) return true
  const text = placeIn(typed).toLowerCase().replaceAll('−', '-')
  if (OFFSET.test(text)) return true
  const names = text.split(/\s*[/,]\s*|\s+(?:or\s+)?/).filter(name => name !== '')
  return names.length > 0 && names.every(name => ABBREVIATIONS.has(name))
}

/** `UTC+2`, `GMT-3:30`, `+02:00`, `Etc/GMT-2`. */
const OFFSET =
  /^(?:etc\/.*|(?:(?:utc|gmt)\s*|(?:utc|gmt|z|ut)?\s*(?:[+-]|plus |minus )\s*)\d{1,2}(?:[:.]?\d{2})?(?:\s*h(?:ours?)?)?)$/

/** `Central European Time`, `Pacific Standard Time`. */
const CLOCK_NAME =
  /\b(?:standard|daylight|summer|winter|european|eastern|central|mountain|pacific|atlantic|indian|military)\s+time(?:\s*zone)?[\s.!?]*$/i

/**
 * Abbreviations of clocks, in tzdata and in common use, except those that are also names of cities.
 */
const ABBREVIATIONS = new Set(
  `aet at brt ct cst6cdt eastern et local mountain mt nt pacific pt trt
  acdt acst act adt aedt aest aft akdt akst almt amst amt anat aqtt art ast awdt awst azot azt bdt bnt bst btt
  cadt cast cat cdt cest cet chadt chast chst chut cist ckt clst clt cst cvt cwst cxt davt ddut east eat ect edt
  eest eet egst egt est est5edt fet fjt fkst fkt fnt gamt get gft gilt gmt gst gyt hadt hast hdt hkt
  hovt hst ict idt iot irdt irkt irst ist jst kgt kost krat kst lhdt lhst lint magt mart mawt mdt mest mesz met
  mez mht mmt msd msk mst mst7mdt mvt myt nct ndt nfdt nft npt nst nut nzdt nzst omst orat pdt petst pett
  pgt phot pht pkt pmdt pmst pont pst pst8pdt pwt pyst pyt qyzt ret rott sakt samt sast sbt sct sgt sret srt sst
  syot taht tft tjt tkt tlt tmt tot tvt ulat utc uct ut uyst uyt uzt vet vlat volt vost vut wakt wast wat west
  wet wft wgst wgt wib wit wita wst yakt yekt zulu z`.split(/\s+/),
)

/**
 * Finds up to `limit` cities of a name, or of a country or province of that name: the largest first, one per zone. The
 * province or the country may follow the name of a city. If there are none, finds those whose names begin with the
 * typed text. Throws if the list of cities cannot be read.
 */
export function findCities(typed: string, limit: number): City[] {
  const name = fold(placeIn(typed))
  if (name === '') return []
  const { regions, countries, find, findBeginning, largest } = loadCities()
  const [hits = []] = [exact, qualified, beginning]
    .values()
    .map(way => way())
    .filter(({ length }) => length > 0)
  hits.sort((a, b) => b.rank - a.rank || b.people - a.people)
  const byZone = [...Map.groupBy(hits, ({ zone }) => zone).values()].slice(0, limit)
  return byZone.flatMap(([hit]) => {
    if (!hit) return []
    const isExact = hit.rank > 0
    const likely = isExact && isLikely(hit, hits, name) && { isLikely: true as const }
    return [{ ...labelled(hit, find), isExact, ...likely }]
  })

  function exact() {
    return [
      ...ranked(3, (countries.get(name) ?? []).map(largest)),
      ...ranked(2, find(name)),
      ...ranked(1, (regions.get(name) ?? []).map(largest)),
    ]
  }

  /** Finds `london ontario`, or `springfield illinois united states`. */
  function qualified() {
    const parts = name.split(' ')
    for (let count = parts.length - 1; count > 0; count--) {
      const region = parts.slice(count).join(' ')
      const places = find(parts.slice(0, count).join(' ')).filter(each => isCalled(each, region))
      if (places.length > 0) return ranked(1, places)
    }
    return []
  }

  function beginning() {
    const matching = [...countries, ...regions].flatMap(([key, provinces]) =>
      key.startsWith(name) ? provinces : [],
    )
    return [...ranked(0, findBeginning(name)), ...ranked(-1, matching.map(largest))]
  }
}

function isLikely({ name, zone, people }: Place, hits: readonly Place[], typed: string): boolean {
  const isCity = isNamed(name, typed)
  const others = hits.filter(other => other.zone !== zone)
  const isLarger = others.every(other => {
    const share = isCity && !isNamed(other.name, typed) ? SPELLING_SHARE : 1
    return people >= LIKELY_TIMES * share * other.people
  })
  return others.length > 0 && people >= LIKELY_PEOPLE && isLarger
}

/** Whether a place has the typed name: "Saint Petersburg" is also St. Petersburg. */
function isNamed(name: string, typed: string): boolean {
  const [one, other] = [fold(name), typed].map(each => each.replace(/^st /, 'saint '))
  return one === other
}

/** Gives places a rank: higher ranks come first, and ranks up to 0 are not exact. */
function ranked(rank: number, places: readonly Place[]) {
  return places.map(place => ({ ...place, rank }))
}

/**
 * Labels a place. Adds the province if the country has places of this name in other zones, and the zone if the
 * province has such places too.
 */
function labelled({ name, country, province, zone }: Place, find: (name: string) => Place[]) {
  const others = find(fold(name)).filter(other => other.country === country && other.zone !== zone)
  const parts = [
    ...(others.length > 0 && province ? [province] : []),
    countryName(country),
    ...(others.some(other => other.province === province) ? [zone] : []),
  ]
  return { name, country: parts.join(', '), zone }
}

/**
 * Whether the words name the country or the province of a place, or both, with or without the zone.
 */
function isCalled({ countryKeys, keys, zone }: Province, words: string): boolean {
  const names = [
    ...countryKeys,
    ...keys.flatMap(key => [key, ...countryKeys.map(each => `${key} ${each}`)]),
  ]
  return names.some(name => words === name || words === `${name} ${fold(zone)}`)
}
