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
  if (Buffer.byteLength(line) <= LINE_OCTETS) return line
  const bytes = Buffer.from(line)
  const pieces: string[] = []
  for (let from = 0; from < bytes.length; ) {
    // The blank is an octet of the line.
    let to = Math.min(bytes.length, from + LINE_OCTETS - (from > 0 ? 1 : 0))
    while (isInCharacter(bytes[to])) to -= 1
    pieces.push(bytes.toString('utf8', from, to))
    from = to
  }
  return pieces.join('\r\n ')
}

/** Whether an octet of UTF-8 continues a character. */
function isInCharacter(octet = 0): boolean {
  return (octet & 0xc0) === 0x80
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
