/** A city and the zone that its clocks keep. */
export interface City {
  readonly name: string
  readonly country: string
  /** IANA zone. */
  readonly zone: string
}

/** The IANA zone of this name, however its letters are cased; nothing where there is none. */
export function findZone(name: string): string | undefined {
  // Offsets such as +02:00 are zones to Intl, but know no summer time.
  if (!/^[A-Za-z]/.test(name)) return undefined
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    // An alias is kept as it was typed: nobody in Kolkata wants to read Calcutta.
    const isAlias = timeZone.toLowerCase() !== name.toLowerCase()
    return isAlias && name === titled(name) ? name : timeZone
  } catch {
    return undefined
  }
}

/** Cities whose names, or whose countries', begin so; the largest first, one for each zone. */
export async function findCities(words: string, limit: number): Promise<City[]> {
  const wanted = fold(words)
  if (wanted === '') return []
  const { default: library } = await import('city-timezones')
  const found = library.cityMapping
    .map(({ city, city_ascii, province, country, timezone, pop }) => {
      const names = [city, city_ascii, country, province].map(fold)
      const rank = names.includes(wanted) ? 2 : Number(names.some(name => name.startsWith(wanted)))
      return { name: city, country, zone: timezone, pop, rank }
    })
    // The list is older than some zones, and some are spelt in it as no system knows them.
    .filter(({ rank, zone }) => rank > 0 && findZone(zone) !== undefined)
    .sort((a, b) => b.rank - a.rank || b.pop - a.pop)
  const zones = new Set<string>()
  const cities: City[] = []
  for (const { name, country, zone } of found) {
    if (zones.has(zone)) continue
    zones.add(zone)
    cities.push({ name, country, zone })
    if (cities.length === limit) break
  }
  return cities
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
