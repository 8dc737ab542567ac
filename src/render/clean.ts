/**
 * A control character could steer a reader's terminal, half a surrogate pair is refused by every
 * platform: both are shown as a mark instead.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, '\uFFFD')
}

/** In running text a line end is a space, and several spaces are one; a no-break space stays. */
export function spaced(text: string): string {
  return clean(text).replace(/[ \t\n]+/g, ' ')
}

/** Whether anything can be seen of a text: platforms refuse a message where nothing can. */
export function isVisible(text: string): boolean {
  return /[^\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/u.test(text)
}
