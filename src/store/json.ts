/** The value of a stored JSON text; undefined if the text is damaged. Pure. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The same, if the value is an object and no array. Pure. */
export function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = jsonOf(text)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : undefined
}

/** Whether a part is absent, or an object with these texts. Pure. */
export function hasStrings(part: unknown, names: readonly string[]): boolean {
  if (part === undefined) return true
  const given = Object(part) as Record<string, unknown>
  return names.every(name => typeof given[name] === 'string')
}
