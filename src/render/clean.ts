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
