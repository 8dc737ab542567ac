/**
 * A control character could steer a reader's terminal, half a surrogate pair is refused by every
 * platform: both are shown as a mark instead.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, '\uFFFD')
}

/** In running text a line end is a space, and several spaces are one. */
export function spaced(text: string): string {
  return clean(text).replace(/\s+/g, ' ')
}
