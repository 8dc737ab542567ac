/** A content line without its folds: `DTSTART;TZID=Europe/Sarajevo:20270110T100000`. */
interface Line {
  readonly name: string
  readonly parameters: Readonly<Record<string, string>>
  readonly value: string
}

/** A component: its own lines, and the components within it. */
export interface Read {
  readonly kind: string
  readonly lines: readonly Line[]
  readonly parts: readonly Read[]
}

/** The zones of the tests: with and without summer time, half hours, changes of rules, and days that are missing. */
export const ZONES = [
  ...['Europe/Sarajevo', 'Europe/London', 'Europe/Dublin', 'Europe/Moscow', 'Europe/Istanbul'],
  ...['Africa/Casablanca', 'Africa/Cairo', 'Asia/Jerusalem', 'Asia/Gaza', 'Asia/Kolkata'],
  ...['Asia/Kathmandu', 'Asia/Tokyo', 'America/New_York', 'America/Sao_Paulo', 'America/Santiago'],
  ...['America/Nuuk', 'America/St_Johns', 'Australia/Sydney', 'Australia/Lord_Howe'],
  ...['Pacific/Auckland', 'Pacific/Apia', 'Pacific/Chatham'],
]

/** Reads an iCalendar file without the help of a library. Throws if its components are not well nested. */
export function readCalendar(text: string): Read {
  const root = { kind: '', lines: [] as Line[], parts: [] as Read[] }
  const open = [root]
  for (const line of text.replaceAll('\r\n ', '').split('\r\n').slice(0, -1)) {
    const read = readLine(line)
    const top = open.at(-1)
    if (read.name === 'BEGIN') {
      const part = { kind: read.value, lines: [], parts: [] }
      top?.parts.push(part)
      open.push(part)
    } else if (read.name === 'END') {
      if (top?.kind !== read.value) throw new Error(`${read.value} ends in ${top?.kind}.`)
      open.pop()
    } else top?.lines.push(read)
  }
  const [calendar, ...more] = root.parts
  if (!calendar || more.length > 0 || open.length > 1) throw new Error('It is not one calendar.')
  return calendar
}

function readLine(line: string): Line {
  const [, head = '', value = ''] = /^([^:]*):(.*)$/s.exec(line) ?? []
  const [name = '', ...parameters] = head.split(';')
  if (!/^[A-Z-]+$/.test(name)) throw new Error(`It is no content line: ${JSON.stringify(line)}`)
  return {
    name,
    parameters: Object.fromEntries(parameters.map(each => each.split('=') as [string, string])),
    value,
  }
}

/** The value of the only line of a name; undefined if there is none. Throws if there are several. */
export function valueIn({ lines }: Read, name: string): string | undefined {
  const found = lines.filter(line => line.name === name)
  if (found.length > 1) throw new Error(`${name} stands there ${found.length} times.`)
  return found[0]?.value
}

/** The text that an escaped value stands for. */
export function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character))
}

/** The faults of a calendar that no library finds. */
export function faultsOf(text: string): string[] {
  const lines = text.split('\r\n')
  const calendar = readCalendar(text)
  const events = calendar.parts.filter(({ kind }) => kind === 'VEVENT')
  const uids = events.map(event => valueIn(event, 'UID'))
  const zones = new Set(
    calendar.parts
      .filter(({ kind }) => kind === 'VTIMEZONE')
      .map(zone => valueIn(zone, 'TZID') ?? ''),
  )
  const named = new Set(
    events.flatMap(event => event.lines.flatMap(line => line.parameters.TZID ?? [])),
  )
  return [
    ...(lines.at(-1) === '' ? [] : ['The last line has no end.']),
    ...lines.flatMap(line => (/[\r\n]/.test(line) ? [`A bare line break: ${line}`] : [])),
    ...lines.flatMap(line => (Buffer.byteLength(line) > 75 ? [`Over 75 octets: ${line}`] : [])),
    ...lines.flatMap(line => (line.isWellFormed() ? [] : [`A half of a character: ${line}`])),
    ...uids.filter((uid, index) => uids.indexOf(uid) < index).map(uid => `Twice: ${uid}`),
    ...[...named.difference(zones)].map(zone => `No VTIMEZONE: ${zone}`),
    ...[...zones.difference(named)].map(zone => `Never used: ${zone}`),
    ...events.flatMap(event => {
      const [start = '', end = ''] = ['DTSTART', 'DTEND'].map(name => valueIn(event, name))
      return start < end ? [] : [`It ends before it starts: ${start} ${end}`]
    }),
  ]
}
