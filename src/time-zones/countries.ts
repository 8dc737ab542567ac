const inEnglish = new Intl.DisplayNames('en', { type: 'region' })

/** Returns the English name of a country (ISO 3166, two letters). Pure. */
export function countryName(code: string): string {
  return NAMES[code] ?? inEnglish.of(code) ?? code
}

/** Returns all names by which a search finds a country, that of `countryName` first. Pure. */
export function countryNames(code: string): string[] {
  return [countryName(code), ...(OTHER_NAMES[code] ?? [])]
}

/** Names of countries whose name in `Intl` has additions. */
const NAMES: Readonly<Record<string, string>> = {
  CD: 'DR Congo',
  CG: 'Republic of the Congo',
  HK: 'Hong Kong',
  MM: 'Myanmar',
  MO: 'Macao',
  PS: 'Palestine',
}

/** Other names, older names, and names in the language of the country. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  AE: ['UAE'],
  BA: ['Bosnia and Herzegovina', 'Bosnia', 'Herzegovina', 'BiH', 'Bosna i Hercegovina'],
  CD: ['Congo', 'DRC'],
  CG: ['Congo'],
  CI: ['Ivory Coast'],
  CV: ['Cabo Verde'],
  CZ: ['Czech Republic'],
  GB: ['UK', 'Great Britain', 'Britain'],
  HR: ['Hrvatska'],
  ME: ['Crna Gora'],
  MK: ['Macedonia'],
  MM: ['Burma'],
  NZ: ['NZ'],
  RS: ['Srbija'],
  RU: ['Russian Federation'],
  SI: ['Slovenija'],
  SZ: ['Swaziland'],
  TL: ['East Timor'],
  TR: ['Turkey'],
  US: ['US', 'USA', 'United States of America', 'America'],
  XK: ['Kosova'],
}
