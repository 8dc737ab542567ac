/**
 * Marks and direction marks that Telegram deletes from a text before it finds links in it (TDLib,
 * `clean_input_string`).
 */
const DELETED = /[\u030A\u0333\u033F\u202A-\u202E]/g

/**
 * Replaces control characters and halves of surrogate pairs with U+FFFD, because the former could
 * steer a reader's terminal, and every platform refuses the latter. Composes letters with their accents, and removes
 * the marks that Telegram would delete. Pure.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(DELETED, '')
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
