import { expect, test } from 'vitest'
import { findCities, findZone } from '../../src/schedule/zones.ts'

test('a zone is found by its name, however it is cased, and offsets are none', () => {
  expect(findZone('europe/sarajevo')).toBe('Europe/Sarajevo')
  expect(findZone('utc')).toBe('UTC')
  expect(findZone('Asia/Kolkata')).toBe('Asia/Kolkata')
  for (const none of ['', 'Sarajevo', '+02:00', 'Mars/Olympus', 'EST', 'Etc/GMT+2', 'GMT'])
    expect(findZone(none)).toBeUndefined()
})

test('a city is found without accents, by its beginning, or by its country', async () => {
  const first = async (words: string) => (await findCities(words, 8))[0]
  expect(await first('Pristina')).toEqual({
    name: 'Pristina',
    country: 'Kosovo',
    zone: 'Europe/Belgrade',
    isExact: true,
  })
  expect(await first('sao paulo')).toMatchObject({ zone: 'America/Sao_Paulo' })
  expect(await first('São Pau')).toMatchObject({ zone: 'America/Sao_Paulo' })
  expect(await first('montenegro')).toMatchObject({ zone: 'Europe/Podgorica' })
  // What people call their own, and what countries are called by now.
  expect(await first('Tiranë')).toMatchObject({ name: 'Tirana' })
  expect(await first('Београд')).toMatchObject({ zone: 'Europe/Belgrade' })
  expect(await first('Skopje')).toMatchObject({ country: 'North Macedonia' })
  expect(await first('north macedonia')).toMatchObject({ zone: 'Europe/Skopje' })
  expect(await first('Georgia')).toMatchObject({ zone: 'Asia/Tbilisi' })
  expect(await first('washington')).toMatchObject({ zone: 'America/New_York' })
  expect(await first('Xyzzy')).toBeUndefined()
  expect(await first('?!')).toBeUndefined()
})

test('of a name that many cities have each zone is offered once, the largest city first', async () => {
  const cities = await findCities('london', 8)
  expect(cities[0]).toMatchObject({ country: 'United Kingdom', zone: 'Europe/London' })
  expect(new Set(cities.map(({ country }) => country)).size).toBe(cities.length)
  expect(new Set(cities.map(({ zone }) => zone)).size).toBe(cities.length)
  expect(await findCities('a', 5)).toHaveLength(5)
})
