/** Parses a stored JSON text; undefined if the text is damaged. Pure. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Parses a stored JSON object; undefined if the text is damaged, or holds an array or another value. Pure. */
export function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = jsonOf(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : undefined
}

/** Whether a part is undefined, or an object in which each of these names holds a string. Pure. */
export function hasStrings(part: unknown, names: readonly string[]): boolean {
  if (part === undefined) return true
  const fields = Object(part) as Record<string, unknown>
  return names.every(name => typeof fields[name] === 'string')
}
