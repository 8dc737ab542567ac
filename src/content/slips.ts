/** The letters of a word as a set of 32 bits: two words that differ in few letters differ in few bits. */
export function lettersOf(word: string): number {
  let letters = 0
  for (let at = 0; at < word.length; at++) letters |= 1 << (word.charCodeAt(at) % 32)
  return letters
}

/** In how many bits two sets differ. */
export function differing(one: number, other: number): number {
  let count = 0
  for (let bits = one ^ other; bits !== 0; bits &= bits - 1) count += 1
  return count
}

/**
 * How many letters have to be replaced, inserted or deleted to make one word of another (Levenshtein);
 * undefined if more than `most`.
 */
export function distanceOf(one: string, other: string, most: number): number | undefined {
  if (Math.abs(one.length - other.length) > most) return undefined
  let above = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let row = 1; row <= one.length; row++) {
    const distances = [row]
    let least = row
    for (let at = 1; at <= other.length; at++) {
      const isSame = one.charCodeAt(row - 1) === other.charCodeAt(at - 1)
      const distance = isSame
        ? (above[at - 1] ?? 0)
        : 1 + Math.min(above[at - 1] ?? 0, above[at] ?? 0, distances[at - 1] ?? 0)
      distances.push(distance)
      least = Math.min(least, distance)
    }
    if (least > most) return undefined
    above = distances
  }
  const distance = above.at(-1) ?? 0
  return distance <= most ? distance : undefined
}
