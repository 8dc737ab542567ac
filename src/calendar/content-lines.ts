/** Most octets of a line without its end (RFC 5545, 3.1). */
const LINE_OCTETS = 75

/** Control characters except tabs and line breaks: no text of a calendar has them (RFC 5545, 3.3.11). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it removes.
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g

/** Writes content lines as a file: folded, and each with the end that RFC 5545 asks for. Pure. */
export function formatLines(lines: readonly string[]): string {
  return lines.map(line => `${fold(line)}\r\n`).join('')
}

/** Continues a long line on lines that begin with a blank. Cuts no character. */
function fold(line: string): string {
  let [folded, octets] = ['', 0]
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (octets + size > LINE_OCTETS) {
      folded += '\r\n '
      octets = 1
    }
    folded += character
    octets += size
  }
  return folded
}

/** Writes a text as a value. Pure. */
export function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(CONTROLS, '')
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n')
}

/** Writes dates or local times as one property. `zone` is absent for dates. Pure. */
export function timeLine(name: string, values: readonly string[], zone?: string): string {
  const compact = (value: string) => value.replace(/[-:]/g, '')
  if (zone === undefined) return `${name};VALUE=DATE:${values.map(compact).join(',')}`
  const [parameter, suffix] = zone === 'UTC' ? ['', '00Z'] : [`;TZID=${zone}`, '00']
  return `${name}${parameter}:${values.map(value => compact(value) + suffix).join(',')}`
}
