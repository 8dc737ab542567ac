import { readFileSync } from 'node:fs'
import { withoutAccents } from '../content/words.ts'
import { countryNames } from './countries.ts'

/** A place of the list that `bin/cities.mjs` creates. */
export interface Place extends Province {
  readonly name: string
  /** Inhabitants; 0 if unknown. */
  readonly people: number
}

/** The part of a province (a state, a county) that lies in one zone. */
export interface Province {
  /** IANA zone, by its current name. */
  readonly zone: string
  /** ISO 3166, two letters. */
  readonly country: string
  /** Empty if unknown. */
  readonly province: string
  /** The names of the country, folded. */
  readonly countryKeys: readonly string[]
  /** The name of the province and its code (`ca` of California), folded. */
  readonly keys: readonly string[]
}

interface Cities {
  /** Provinces by their names, and by the names of their countries, folded. */
  readonly regions: ReadonlyMap<string, readonly Province[]>
  readonly countries: ReadonlyMap<string, readonly Province[]>
  /** Finds the places with this folded name or spelling. */
  find(name: string): Place[]
  /** Finds the largest place of each province with a spelling that begins with a folded name. */
  findBeginning(name: string): Place[]
  /** Returns the largest place of a province in its zone. */
  largest(province: Province): Place
}

let cities: Cities | undefined

/** Reads the list of cities, 4 MB, on the first call. Throws if the file cannot be read. */
export function loadCities(): Cities {
  cities ??= openList(readFileSync(new URL('cities.txt', import.meta.url)))
  return cities
}

/** Removes accents, case and punctuation: São Paulo becomes `sao paulo`. Pure. */
export function fold(text: string): string {
  return (
    withoutAccents(text)
      .match(/[\p{L}\p{N}_]+/gu)
      ?.join(' ') ?? ''
  )
}

const TAB = 9
const NEW_LINE = 10

/** Buckets of the index of spellings. There are about 200,000 spellings. */
const BUCKETS = 2 ** 16

/**
 * Opens the list. It is searched as bytes, which take less memory than objects. A line that begins with `>` is a
 * province. The lines below are its places, the largest first: name, inhabitants, and each spelling before a tab.
 */
function openList(bytes: Buffer): Cities {
  const provinces: Province[] = []
  const starts: number[] = []
  const byCountry = new Map<string, string[]>()
  for (let at = 0; at >= 0; at = bytes.indexOf('\n>', at) + 1 || -1) {
    const [zone = '', country = '', province = '', code = ''] = lineAt(at + 1).split('\t')
    const keys = [province, code].map(fold).filter(key => key !== '')
    const countryKeys = byCountry.get(country) ?? countryNames(country).map(fold)
    byCountry.set(country, countryKeys)
    starts.push(at)
    provinces.push({ zone, country, province, countryKeys, keys })
  }
  const offsetsOf = indexSpellings(bytes)

  function lineAt(start: number): string {
    return bytes.toString('utf8', start, bytes.indexOf(NEW_LINE, start))
  }

  function placeAt(at: number): Place {
    const start = bytes.lastIndexOf(NEW_LINE, at) + 1
    const [name = '', people] = lineAt(start).split('\t', 2)
    const province = provinces[indexBefore(starts, start)] as Province
    return { ...province, name, people: Number(people) }
  }

  return {
    regions: byKey(provinces, ({ province }) => (province ? [fold(province)] : [])),
    countries: byKey(provinces, ({ countryKeys }) => countryKeys),
    find(name) {
      const spelling = Buffer.from(`${name}\t`)
      return offsetsOf(bucketOf(spelling.subarray(0, -1).reduce(fnv1a, BASIS)))
        .filter(at => bytes.subarray(at, at + spelling.length).equals(spelling))
        .map(placeAt)
    },
    findBeginning(name) {
      const places: Place[] = []
      // A name without letters could match a number of inhabitants.
      if (!/\p{L}/u.test(name)) return places
      for (let at = bytes.indexOf(`\t${name}`); at >= 0; ) {
        places.push(placeAt(at))
        const nextProvince = starts[indexBefore(starts, at) + 1]
        at = nextProvince === undefined ? -1 : bytes.indexOf(`\t${name}`, nextProvince)
      }
      return places
    },
    largest(province) {
      const at = starts[provinces.indexOf(province)] ?? 0
      return placeAt(bytes.indexOf(NEW_LINE, at) + 1)
    },
  }
}

function byKey(provinces: readonly Province[], keysOf: (each: Province) => readonly string[]) {
  const found = new Map<string, Province[]>()
  for (const province of provinces) {
    for (const key of keysOf(province)) {
      const others = found.get(key)
      if (others) others.push(province)
      else found.set(key, [province])
    }
  }
  return found
}

/** Indexes the spellings. Returns a function from a bucket to the offsets of its spellings. */
function indexSpellings(bytes: Buffer): (bucket: number) => number[] {
  // A spelling and its tab take at least two bytes.
  const at = new Uint32Array(bytes.length / 2)
  const hashes = new Uint16Array(bytes.length / 2)
  const ends = new Uint32Array(BUCKETS + 1)
  let count = 0
  for (let index = 0, start = 0, column = 0, hash = BASIS; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    if (byte !== TAB && byte !== NEW_LINE) {
      hash = fnv1a(hash, byte)
      continue
    }
    // The name and the number of inhabitants precede the spellings.
    if (column >= 2 && byte === TAB) {
      const bucket = bucketOf(hash)
      at[count] = start
      hashes[count] = bucket
      ends[bucket + 1] = (ends[bucket + 1] ?? 0) + 1
      count++
    }
    column = byte === TAB ? column + 1 : 0
    start = index + 1
    hash = BASIS
  }
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    ends[bucket + 1] = (ends[bucket + 1] ?? 0) + (ends[bucket] ?? 0)
  }
  const next = ends.slice()
  const sorted = new Uint32Array(count)
  for (let index = 0; index < count; index++) {
    const bucket = hashes[index] ?? 0
    const slot = next[bucket] ?? 0
    sorted[slot] = at[index] ?? 0
    next[bucket] = slot + 1
  }
  return bucket => [...sorted.subarray(ends[bucket], ends[bucket + 1])]
}

/** The first hash of FNV-1a, of 32 bits. */
const BASIS = 0x811c9dc5

/** Returns the hash after one more byte. */
function fnv1a(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193)
}

/** Folds a hash to the number of buckets. */
function bucketOf(hash: number): number {
  return ((hash >>> 16) ^ hash) & (BUCKETS - 1)
}

/** Returns the index of the last start up to `at`, inclusive. */
function indexBefore(starts: readonly number[], at: number): number {
  let [low, high] = [0, starts.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= at) low = middle
    else high = middle
  }
  return low
}
