import type { Theme } from '../picture.ts'

/** An area of one colour, and the colours of what is drawn on it. */
export interface Surface {
  readonly fill: string
  /** Texts, with a contrast of at least {@link TEXT_CONTRAST}. */
  readonly text: string
  readonly quiet: string
  readonly accent: string
  /** Marks without text, with a contrast of at least {@link MARK_CONTRAST}. */
  readonly mark: string
  readonly quietMark: string
}

export interface Colours {
  readonly plain: Surface
  /** Behind a header and the running events. */
  readonly tinted: Surface
  /** Behind code. */
  readonly code: Surface
  /** Lines between rows, which carry no meaning. */
  readonly hairline: string
}

/** Least contrast of texts and of marks, by WCAG 2.2, criteria 1.4.3 and 1.4.11. */
export const TEXT_CONTRAST = 4.5
export const MARK_CONTRAST = 3

/** The colour of an edition without one. */
const ACCENT = '#3563c9'

const BASES = {
  light: { fill: '#ffffff', text: '#1d2129', quiet: '#5b6270', hairline: '#e4e7ec', tint: 0.08 },
  dark: { fill: '#1b1d23', text: '#eceef2', quiet: '#a6adba', hairline: '#31353f', tint: 0.16 },
}

/** Returns the colours of a theme with an accent, `#rrggbb`. Pure. */
export function coloursOf(theme: Theme, accent = ACCENT): Colours {
  const { fill, text, quiet, hairline, tint } = BASES[theme]
  const surface = (background: string): Surface => ({
    fill: background,
    text: contrasting(text, background, TEXT_CONTRAST),
    quiet: contrasting(quiet, background, TEXT_CONTRAST),
    accent: contrasting(accent, background, TEXT_CONTRAST),
    mark: contrasting(accent, background, MARK_CONTRAST),
    quietMark: contrasting(quiet, background, MARK_CONTRAST),
  })
  return {
    plain: surface(fill),
    tinted: surface(mixed(fill, accent, tint)),
    code: surface(mixed(fill, text, 0.08)),
    hairline,
  }
}

/**
 * Returns the contrast of two colours by WCAG 2.2, from 1 to 21. Pure.
 *
 * @param one `#rrggbb`, as is `other`.
 */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map(channel => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Moves a colour towards black or white until its contrast with the background is at least `least`. */
function contrasting(colour: string, background: string, least: number): string {
  const end = contrast('#000000', background) > contrast('#ffffff', background)
  for (let share = 0; share < 1; share += 0.02) {
    const moved = mixed(colour, end ? '#000000' : '#ffffff', share)
    if (contrast(moved, background) >= least) return moved
  }
  return end ? '#000000' : '#ffffff'
}

/** Mixes `share` of `other` into `one`. */
function mixed(one: string, other: string, share: number): string {
  const others = channels(other)
  const all = channels(one).map((channel, index) =>
    Math.round(channel + ((others[index] ?? channel) - channel) * share)
      .toString(16)
      .padStart(2, '0'),
  )
  return `#${all.join('')}`
}

function channels(colour: string): number[] {
  return [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))
}
