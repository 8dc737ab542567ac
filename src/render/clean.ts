/**
 * Replaces control characters and halves of surrogate pairs with U+FFFD, because the former could
 * steer a reader's terminal, and every platform refuses the latter. Pure.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, '\uFFFD')
}

/**
 * Cleans a text, and collapses line ends and spaces into one space. A no-break space stays. Pure.
 */
export function spaced(text: string): string {
  return clean(text).replace(/[ \t\n]+/g, ' ')
}

/** Whether a text has visible characters. Platforms refuse a message without any. Pure. */
export function isVisible(text: string): boolean {
  return /[^\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/u.test(text)
}
