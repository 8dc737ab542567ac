import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { currentZone } from '../../src/clock.ts'
import { findCities, findZone, isClockName } from '../../src/time-zones/time-zones.ts'
import { PLACES } from './places.ts'

test('a zone is found by its name, however it is cased, and offsets are none', () => {
  expect(findZone('europe/sarajevo')).toBe('Europe/Sarajevo')
  expect(findZone('utc')).toBe('UTC')
  expect(findZone('Asia/Kolkata')).toBe('Asia/Kolkata')
  expect(findZone(' america/new york ')).toBe('America/New_York')
  for (const none of [
    ...['', 'Sarajevo', '+02:00', 'Mars/Olympus', 'EST', 'Etc/GMT+2', 'GMT', 'SystemV/EST5'],
  ]) {
    expect(findZone(none), none).toBeUndefined()
  }
})

test.for([
  ['America/Godthab', 'America/Nuuk'],
  ['america/nuuk', 'America/Nuuk'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Asia/Katmandu', 'Asia/Kathmandu'],
  ['Asia/Rangoon', 'Asia/Yangon'],
  ['Asia/Saigon', 'Asia/Ho_Chi_Minh'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['Europe/Uzhgorod', 'Europe/Kyiv'],
  ['US/Pacific', 'America/Los_Angeles'],
  ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['America/Yellowknife', 'America/Edmonton'],
  ['Pacific/Enderbury', 'Pacific/Kanton'],
  ['Pacific/Truk', 'Pacific/Chuuk'],
  ['Atlantic/Faeroe', 'Atlantic/Faroe'],
  ['Africa/Asmera', 'Africa/Asmara'],
  ['America/Coral_Harbour', 'America/Atikokan'],
  ['Asia/Choibalsan', 'Asia/Ulaanbaatar'],
  ['America/Fort_Wayne', 'America/Indiana/Indianapolis'],
] as const)('the zone %s is called %s', ([before, now]) => {
  expect(findZone(before)).toBe(now)
  expect(currentZone(before)).toBe(now)
})

test('a city is found without accents, by its beginning, or by its country', () => {
  const first = (words: string) => findCities(words, 8)[0]
  expect(first('Pristina')).toEqual({
    name: 'Pristina',
    country: 'Kosovo',
    zone: 'Europe/Belgrade',
    isExact: true,
  })
  expect(first('sao paulo')).toMatchObject({ zone: 'America/Sao_Paulo' })
  expect(first('São Pau')).toMatchObject({ zone: 'America/Sao_Paulo', isExact: false })
  expect(first('montenegro')).toMatchObject({ zone: 'Europe/Podgorica' })
  // Names that people use for their own country, and present names of countries.
  expect(first('Tiranë')).toMatchObject({ name: 'Tirana' })
  expect(first('Београд')).toMatchObject({ zone: 'Europe/Belgrade' })
  expect(first('Skopje')).toMatchObject({ country: 'North Macedonia' })
  expect(first('north macedonia')).toMatchObject({ zone: 'Europe/Skopje' })
  expect(first('Georgia')).toMatchObject({ zone: 'Asia/Tbilisi' })
  expect(first('washington')).toMatchObject({ zone: 'America/New_York' })
  for (const none of ['Xyzzy', '?!', '', '5000', '>', 'Atlantis City']) {
    expect(first(none), none).toBeUndefined()
  }
})

test('a name of many cities offers each zone once, the largest city first', () => {
  const cities = findCities('london', 8)
  expect(cities[0]).toMatchObject({ country: 'United Kingdom', zone: 'Europe/London' })
  expect(new Set(cities.map(({ country }) => country)).size).toBe(cities.length)
  expect(new Set(cities.map(({ zone }) => zone)).size).toBe(cities.length)
  expect(findCities('a', 5)).toHaveLength(5)
})

test('a place of an independent list has its zone, alone or among those that are offered', () => {
  expect(PLACES.length).toBeGreaterThanOrEqual(200)
  const wrong = PLACES.flatMap(({ place, zone }) => {
    const found = findCities(place, 8)
    const isFound = found.some(each => each.isExact && each.zone === zone)
    return isFound ? [] : [{ place, zone, found }]
  })
  expect(wrong).toEqual([])
})

test('every zone is found by the city in its name', () => {
  const zones = Intl.supportedValuesOf('timeZone').map(currentZone)
  const missing = zones.filter(zone => {
    const city = zone.split('/').at(-1)?.replaceAll('_', ' ') ?? ''
    return !findCities(city, 20).some(each => each.zone === zone)
  })
  expect(missing).toEqual([])
})

test('every label that is shown means its own zone alone when it is typed', {
  tags: 'slow',
}, () => {
  const lines = readFileSync(new URL('../../src/time-zones/cities.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('>'))
  const byKey = Map.groupBy(lines, line => line.split('\t')[2] ?? '')
  // A part is enough of a name with one place.
  const names = [...byKey].filter(([, same], index) => same.length > 1 || index % 20 === 0)
  const labels = new Map<string, string>()
  for (const [name] of names) {
    for (const city of findCities(name, 8)) labels.set(`${city.name}, ${city.country}`, city.zone)
  }
  expect(labels.size).toBeGreaterThan(5000)
  const wrong = [...labels].filter(([label, zone]) => {
    const found = findCities(label, 8)
    return found.length !== 1 || found[0]?.zone !== zone || !found[0].isExact
  })
  expect(wrong).toEqual([])
})

test.for([
  ['London, Canada', 'America/Toronto'],
  ['london ontario', 'America/Toronto'],
  ['London, UK', 'Europe/London'],
  ['Springfield, IL', 'America/Chicago'],
  ['springfield massachusetts usa', 'America/New_York'],
  ['Portland, OR', 'America/Los_Angeles'],
  ['Mostar, Bosnia and Herzegovina', 'Europe/Sarajevo'],
  ['Mostar, BiH', 'Europe/Sarajevo'],
  ['Roma, Italy', 'Europe/Rome'],
  ['Saint Petersburg, Russian Federation', 'Europe/Moscow'],
] as const)('“%s” is in %s', ([typed, zone]) => {
  expect(findCities(typed, 8)).toEqual([expect.objectContaining({ zone, isExact: true })])
})

test('a name of places in several zones sets one only if its place is far larger than all others', {
  tags: 'slow',
}, () => {
  const list = readFileSync(new URL('../../src/time-zones/cities.txt', import.meta.url), 'utf8')
  let zone = ''
  const places = list.split('\n').flatMap(line => {
    const [name = '', people, ...spellings] = line.split('\t')
    if (!name.startsWith('>'))
      return spellings.map((spelling, index) => ({
        ...{ spelling, zone, people: Number(people) },
        // The first is the name itself.
        isName: index === 0,
      }))
    zone = name.slice(1)
    return []
  })
  const shared = [...Map.groupBy(places, ({ spelling }) => spelling)].filter(
    ([spelling, all]) => /\p{L}{3}/u.test(spelling) && all.some(each => each.zone !== all[0]?.zone),
  )
  expect(shared.length).toBeGreaterThan(5000)
  const wrong = shared.flatMap(([spelling, all], index) => {
    if (index % 4 !== 0 && spelling !== 'delicias') return []
    const found = findCities(spelling, 8)
    const set = found.length === 1 ? found[0] : found.find(({ isLikely }) => isLikely)
    const own = all.filter(each => each.zone === set?.zone).map(({ people }) => people)
    // The bot asks in this case, or the name is that of a country.
    if (!set || own.length === 0) return []
    const most = Math.max(...own)
    const others = all.filter(each => each.zone !== set.zone)
    const hasName = all.some(each => each.isName && each.people === most)
    const isLarger = others.every(
      ({ people, isName }) => most >= 30 * (hasName && !isName ? 0.3 * people : people),
    )
    if (most < 100_000) return [{ spelling, set: set.zone, most, others }]
    return isLarger ? [] : [{ spelling, set: set.zone, most, others }]
  })
  expect(wrong).toEqual([])
})

test.for([
  ['Delicias', ['America/Chihuahua', 'Europe/Madrid']],
  ['Saint Petersburg', ['Europe/Moscow', 'America/New_York']],
  ['Stockton', ['America/Los_Angeles', 'Europe/London', 'America/New_York']],
] as const)('“%s” asks, with each place that is spelt so', ([typed, zones]) => {
  const found = findCities(typed, 8)
  expect(found.map(({ zone }) => zone)).toEqual(zones)
  expect(found.filter(({ isLikely }) => isLikely)).toEqual([])
})

test.for([
  ['NYC', 'America/New_York'],
  ['ny', 'America/New_York'],
  ['L.A.', 'America/Los_Angeles'],
  ['LA, USA', 'America/Los_Angeles'],
  ['LA time', 'America/Los_Angeles'],
  ['DC', 'America/New_York'],
  ['DC, US', 'America/New_York'],
  ['SF', 'America/Los_Angeles'],
  ['time in KL', 'Asia/Kuala_Lumpur'],
  ['CDMX', 'America/Mexico_City'],
  ['Dubai, UAE', 'Asia/Dubai'],
  ['Auckland NZ time', 'Pacific/Auckland'],
  ['Milan', 'Europe/Rome'],
  ['Moscow time', 'Europe/Moscow'],
  ['MOSCOW  TIME.', 'Europe/Moscow'],
  ['Berlin time zone', 'Europe/Berlin'],
  ['Berlin timezone', 'Europe/Berlin'],
  ['Berlin tz', 'Europe/Berlin'],
  ['time in Tokyo', 'Asia/Tokyo'],
  ['the current time in Tokyo, Japan', 'Asia/Tokyo'],
  ['time zone of Tokyo', 'Asia/Tokyo'],
  ['Timezone: Tokyo', 'Asia/Tokyo'],
  ['Tokyo’s local time', 'Asia/Tokyo'],
  ['London, UK time', 'Europe/London'],
  ['London, United Kingdom, time zone', 'Europe/London'],
  ['UK time', 'Europe/London'],
  ['Bosnia time', 'Europe/Sarajevo'],
  ['time in In Salah', 'Africa/Algiers'],
] as const)('“%s” sets %s', ([typed, zone]) => {
  const found = findCities(typed, 8)
  const set = found.length === 1 ? found[0] : found.find(({ isLikely }) => isLikely)
  expect(set).toMatchObject({ zone, isExact: true })
  expect(isClockName(typed)).toBe(false)
})

test('a name with words around it is found as without them', () => {
  for (const name of ['London', 'Paris', 'Springfield', 'Shtime', 'Mostar', 'Saint Petersburg']) {
    for (const typed of [`${name} time`, `${name} time zone`, `time in ${name}`]) {
      expect(findCities(typed, 8), typed).toEqual(findCities(name, 8))
    }
  }
  expect(findZone('UTC time')).toBe('UTC')
  expect(findZone('Europe/Paris time zone')).toBe('Europe/Paris')
})

test.for([
  ...['UTC+2', 'utc +2', 'UTC-3:30', 'GMT+1', 'GMT-0330', '+02:00', '-5', '+2', '−3', 'UTC plus 2'],
  ...['GMT', 'CET', 'CEST', 'EET', 'EST', 'EDT', 'est5edt', 'PST', 'MSK', 'IST', 'BST', 'JST', 'Z'],
  ...['Etc/GMT-2', 'Etc/UTC', 'CET/CEST', 'CET time', 'Eastern time', 'Central European Time'],
  ...['pacific standard time', 'GMT+5:30 hours', 'MEZ', 'CET time zone', 'Eastern Time Zone.'],
  ...['Central time zone', 'time in EST', 'UTC+2 timezone', 'local time'],
])('“%s” is no place', typed => expect(isClockName(typed)).toBe(true))

test('no city and no zone is taken for an offset', () => {
  for (const { place, zone } of PLACES) {
    expect(isClockName(place), place).toBe(false)
    expect(isClockName(zone), zone).toBe(false)
  }
  for (const typed of ['UTC', 'utc', '', 'Estonia', 'Easter', 'West Palm Beach', 'East London']) {
    expect(isClockName(typed) && !findZone(typed), typed).toBe(false)
  }
})
