/** Shortest part of a token that is hidden, in characters. The parts before it are the public ID of the bot. */
const PART_LENGTH = 20

/** Most characters of a text that another program wrote. */
const QUOTED = 200

/** Replaces secrets, and the long parts of tokens, by `***`. Pure. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap(secret => [secret, ...secret.split(/[:.]/).filter(part => part.length >= PART_LENGTH)])
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
}

/**
 * Quotes a text that another program wrote: without secrets and control characters, in one line, at most 200
 * characters. Pure.
 */
export function quote(text: string, secrets: readonly string[]): string {
  // Hidden characters are removed first, because they may split a secret.
  const plain = text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '').trim()
  const letters = Array.from(redact(plain, secrets))
  return letters.length > QUOTED ? `${letters.slice(0, QUOTED - 1).join('')}…` : letters.join('')
}
