/** Longest front matter of a file, with its fences, in UTF-16 units. All keys at their limits need a third of it. */
export const FRONT_LENGTH = 4096

/** Returns the front matter at the beginning of a file, with its fences; empty if there is none. Pure. */
export function frontMatterOf(source: string): string {
  return /^---[ \t]*\r?\n(?:.*\r?\n)*?---[ \t]*(?:\r?\n|$)/.exec(source)?.[0] ?? ''
}
