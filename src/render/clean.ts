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

/**
 * Whether a text has visible characters. Platforms refuse a message without any. Telegram deletes U+030A, U+0333 and
 * U+033F, and takes U+2800 and U+FFFC for blanks. Pure.
 */
export function isVisible(text: string): boolean {
  return /(?!\u030A|\u0333|\u033F)[^\s\u2800\uFFFC\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/u.test(
    text,
  )
}
