/** Reads an id. Telegram's ids have at most 52 significant bits (Bot API, Chat), so each is a safe integer. */
function readInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

/** Reads the id of a group or channel, which is negative; undefined for any other value. Pure. */
export function readGroup(value: unknown): string | undefined {
  const id = readInteger(value)
  return id !== undefined && id < 0 ? String(id) : undefined
}

/** Reads the id of a message, which is positive; undefined for any other value. Pure. */
export function readMessageId(value: unknown): string | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? String(value) : undefined
}
