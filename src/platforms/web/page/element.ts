/** Creates an element with classes and children. Strings become text nodes, so nothing is parsed as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.append(...children)
  return made
}

/** Creates the image of a picture on the server. */
export function picture(id: number): HTMLImageElement {
  const image = element('img', 'picture')
  image.src = `/pictures/${id}`
  image.alt = 'Image of the post'
  return image
}

/** A file that comes with an answer. */
export interface TextFile {
  readonly name: string
  readonly type: string
  readonly text: string
}

/** Creates a message that offers a file as a download. */
export function download({ name, type, text }: TextFile): HTMLElement {
  const link = element('a', '', `Download ${name}`)
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  return element('article', 'message', link)
}

/** Creates a link that opens a new tab. Other schemes than the platforms allow yield the text alone. */
export function anchor(url: string, ...children: (Node | string)[]): HTMLElement {
  if (!/^(https?|mailto):/i.test(url)) return element('span', '', ...children)
  const link = element('a', '', ...children)
  link.href = url
  link.target = '_blank'
  link.rel = 'noreferrer noopener'
  return link
}

/** Creates a button that sends its line. */
export function lineButton(label: string, line: string): HTMLButtonElement {
  const button = element('button', 'line', label)
  button.type = 'button'
  button.dataset.line = line
  return button
}

/** Creates a link in a text that sends its line. */
export function lineLink(line: string): HTMLAnchorElement {
  const link = element('a', 'line', line)
  link.href = `#${line}`
  link.dataset.line = line
  return link
}

let zone: string | undefined

/** Sets the IANA zone of the times on the page; the browser's zone if it is undefined. */
export function setZone(name?: string): void {
  zone = name
}

/** Formats a time as the bot does: "Monday, 23 November 2026, 09:00". */
function inWords(date: Date): string {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(date)
  const day = format({ day: 'numeric', month: 'long', year: 'numeric' })
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return `${format({ weekday: 'long' })}, ${day}, ${time}`
}

/** Shows an instant in words, or its distance from now. `unix` is in seconds. */
export function localTime(unix: number, isRelative: boolean): HTMLTimeElement {
  const date = new Date(unix * 1000)
  if (isRelative) {
    const time = element('time', '', distance((date.getTime() - Date.now()) / 1000))
    time.dateTime = date.toISOString()
    return time
  }
  const time = element('time', '', inWords(date))
  time.dateTime = date.toISOString()
  return time
}

const DISTANCES = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** The largest unit of a distance that is at least one of it, with its seconds. */
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

function distance(seconds: number): string {
  const [unit, size] =
    UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? (['second', 1] as const)
  return DISTANCES.format(Math.round(seconds / size), unit)
}
