/** A city and the zone that its clocks keep. */
export interface City {
  readonly name: string
  /** With the province, where it tells it from another of the same name. */
  readonly country: string
  /** IANA zone. */
  readonly zone: string
  /** Whether what was typed is its whole name. */
  readonly isExact: boolean
}

/** The IANA zone of this name, however its letters are cased; nothing where there is none. */
export function findZone(name: string): string | undefined {
  // Offsets (+02:00, Etc/GMT-2, EST) are zones to Intl, but know no summer time.
  if (!/^(utc|(?!etc\/)[a-z_]+\/.+)$/i.test(name)) return undefined
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    // An alias is kept as it was typed: nobody in Kolkata wants to read Calcutta.
    const isAlias = timeZone.toLowerCase() !== name.toLowerCase()
    return isAlias && name === titled(name) ? name : timeZone
  } catch {
    return undefined
  }
}

/**
 * Cities of this name, or whose names, countries or provinces begin so: the nearest first, of equal
 * ones the largest, one for each zone.
 */
export async function findCities(words: string, limit: number): Promise<City[]> {
  const typed = fold(words)
  const wanted = LOCAL_NAMES[typed] ?? typed
  if (wanted === '') return []
  const { default: library } = await import('city-timezones')
  const found = library.cityMapping
    .map(({ city, city_ascii, province, country, timezone, pop }) => {
      const rank = Math.max(
        near(wanted, [city, city_ascii], 5),
        near(wanted, [country, COUNTRIES[country] ?? ''], 3),
        near(wanted, [province], 1),
      )
      const land = COUNTRIES[country] ?? country
      return { name: city, province, country: land, zone: timezone, pop, rank }
    })
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || b.pop - a.pop)
  const zones = new Set<string>()
  const cities = found
    .filter(({ zone }) => !zones.has(zone) && zones.add(zone))
    // The list is older than some zones, and some are spelt in it as no system knows them.
    .filter(({ zone }) => findZone(zone) !== undefined)
    .slice(0, limit)
  return cities.map(({ name, province, country, zone, rank }) => {
    const namesakes = cities.filter(other => other.name === name && other.country === country)
    const isOne = namesakes.length === 1 || !province
    return { name, country: isOne ? country : `${province}, ${country}`, zone, isExact: rank === 6 }
  })
}

/** `rank` where one of the names begins so, one more where it is the whole. */
function near(wanted: string, names: readonly string[], rank: number): number {
  const folded = names.map(fold)
  if (folded.includes(wanted)) return rank + 1
  return folded.some(name => name.startsWith(wanted)) ? rank : 0
}

/** Countries that have another name by now. */
const COUNTRIES: Readonly<Record<string, string>> = {
  Macedonia: 'North Macedonia',
  'Czech Republic': 'Czechia',
  Swaziland: 'Eswatini',
}

/** What people call their own cities, where the list has only the English name. */
const LOCAL_NAMES: Readonly<Record<string, string>> = {
  beograd: 'belgrade',
  београд: 'belgrade',
  prishtina: 'pristina',
  prishtine: 'pristina',
  приштина: 'pristina',
  tirane: 'tirana',
  shkup: 'skopje',
  скопје: 'skopje',
  сараево: 'sarajevo',
  сарајево: 'sarajevo',
  подгорица: 'podgorica',
  bruxelles: 'brussels',
  brussel: 'brussels',
  munchen: 'munich',
  koln: 'cologne',
  wien: 'vienna',
  praha: 'prague',
  warszawa: 'warsaw',
  roma: 'rome',
  milano: 'milan',
  athina: 'athens',
  bucuresti: 'bucharest',
  lisboa: 'lisbon',
  kobenhavn: 'copenhagen',
}

/** As IANA spells almost all of them: `Asia/Kolkata`. */
function titled(name: string): string {
  return name.toLowerCase().replaceAll(/(^|[/_-])\w/g, start => start.toUpperCase())
}

/** Without accents and case: who types `sao paulo` means São Paulo. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase()
}
