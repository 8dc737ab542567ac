import { type DiscordBody, drawDiscord } from './discord.ts'
import { download, element, setZone, type TextFile } from './element.ts'
import { drawForm, type Form, type Submission } from './form.ts'
import { suggest } from './suggest.ts'
import { drawTelegram, type TelegramBody } from './telegram.ts'

interface Exchange {
  readonly id: number
  /** The typed line; absent for a post. */
  readonly line?: string
  /** Set for a later version of an answer: the number of its first version, which it replaces. */
  readonly of?: number
  /** The post's ID. A later exchange with the same ID replaces it; one without bodies removes it. */
  readonly post?: string
  /** A form, in the place of an answer. */
  readonly form?: Form
  /** The file of an answer. */
  readonly file?: TextFile
  /** Whether a post arrives without a sound. */
  readonly isSilent?: boolean
  readonly discord: readonly DiscordBody[]
  readonly telegram: readonly TelegramBody[]
}

/** Wait before the next attempt to connect, in milliseconds. */
const RETRY_MS = 2000

const main = find('main')
const input = find<HTMLInputElement>('#line')
const notice = find('#notice')
const logs = { discord: find('.discord .log'), telegram: find('.telegram .log') }

/** Whether this page has sent a line whose answer is not drawn yet. The page scrolls to that answer. */
let isAwaiting = false
/** The log whose button was pressed. The answer gets the focus there. */
let pressedIn: HTMLElement | undefined
let sending = false

suggest(input, find('#suggestions'))
initSkins()
connect()

find('#composer').addEventListener('submit', event => {
  event.preventDefault()
  pressedIn = undefined
  if (input.value.trim() !== '') send(input.value)
})

for (const log of Object.values(logs)) {
  log.addEventListener('click', event => {
    const pressed = (event.target as Element).closest<HTMLElement>('.line')
    if (!pressed?.dataset.line) return
    // The address of a link in the text only names its line.
    event.preventDefault()
    press(log, pressed.dataset.line)
  })
}

function press(log: HTMLElement, line: string): void {
  pressedIn = log
  send(line)
}

/** Opens the chat. Retries without a limit, because the server may be restarting. */
async function connect(): Promise<void> {
  try {
    const { known, zone } = await (await post('/session', {})).json()
    setZone(zone)
    // The server sends a known chat from its beginning, so clear the page. A new chat continues below.
    for (const log of Object.values(logs)) {
      if (known) log.replaceChildren()
      // A new chat counts its answers from 1 again.
      for (const answer of log.querySelectorAll('[data-answer]'))
        answer.removeAttribute('data-answer')
    }
    const events = new EventSource('/events')
    events.onopen = () => notify('')
    events.onmessage = ({ data }) => draw(JSON.parse(data))
    events.onerror = () => {
      notify('Connection lost. Reconnecting…')
      // The server refused the stream because the session has ended. The browser does not reconnect then.
      if (events.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS)
    }
  } catch {
    notify('Sitrep isn’t responding. Retrying…')
    setTimeout(connect, RETRY_MS)
  }
}

/** Sends a line. Empties the field only after the server has the line, so that a failure loses no text. */
async function send(line: string): Promise<void> {
  // Ignore a double click.
  if (sending) return
  sending = true
  isAwaiting = true
  try {
    const answer = await post('/lines', { line })
    notify(answer.ok ? '' : await answer.text())
    if (answer.ok && input.value === line) input.value = ''
  } catch {
    notify('Not sent. Is Sitrep still running?')
  } finally {
    sending = false
  }
}

function post(path: string, body: unknown): Promise<Response> {
  return fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function submit(log: HTMLElement, submission: Submission): Promise<void> {
  pressedIn = log
  isAwaiting = true
  try {
    const answer = await post('/forms', submission)
    notify(answer.ok ? '' : await answer.text())
  } catch {
    notify('Not sent. Is Sitrep still running?')
  }
}

function draw(exchange: Exchange): void {
  const { line, form, file, discord, telegram } = exchange
  if (line === undefined) {
    showPost(logs.discord, exchange, discord.map(drawDiscord))
    showPost(logs.telegram, exchange, telegram.map(drawTelegram))
    return
  }
  const drawn = (log: HTMLElement, messages: () => HTMLElement[]) =>
    append(log, line, exchange, [
      ...(form ? [drawForm(form, submission => submit(log, submission))] : messages()),
      ...(file ? [download(file)] : []),
    ])
  drawn(logs.discord, () => discord.map(drawDiscord))
  drawn(logs.telegram, () => telegram.map(drawTelegram))
  if (exchange.of !== undefined) return
  const log = main.dataset.skin === 'telegram' ? logs.telegram : logs.discord
  if (form && isAwaiting) log.querySelector<HTMLElement>('.message:last-of-type textarea')?.focus()
  isAwaiting = false
  pressedIn = undefined
}

/** Adds a question with its answer at the end, or replaces an earlier version of the answer. */
function append(
  log: HTMLElement,
  line: string,
  { id, of }: Exchange,
  messages: readonly HTMLElement[],
): void {
  const asked = element('p', 'asked', element('span', 'who', 'You: '), line)
  asked.tabIndex = -1
  for (const message of messages) {
    message.setAttribute('aria-label', 'Sitrep')
    message.dataset.answer = String(of ?? id)
  }
  const [first, ...rest] = of ? log.querySelectorAll(`[data-answer="${of}"]`) : []
  if (first) {
    for (const before of rest) before.remove()
    first.replaceWith(...messages)
    return
  }
  const follows = isAwaiting || seesLast(log)
  log.append(asked, ...messages)
  if (follows) showLast(log)
  if (log === pressedIn) asked.focus({ preventScroll: true })
}

/** Adds a post at the end, replaces its earlier version, or removes it if there are no messages. */
function showPost(
  log: HTMLElement,
  { post = '', isSilent }: Exchange,
  messages: readonly HTMLElement[],
): void {
  const before = [...log.querySelectorAll<HTMLElement>('.post')].find(
    each => each.dataset.post === post,
  )
  if (messages.length === 0) {
    before?.remove()
    return
  }
  for (const message of messages) message.setAttribute('aria-label', 'Sitrep')
  const shown = element(
    'div',
    'post',
    element('p', 'posted', isSilent ? 'Posted silently' : 'Posted'),
    ...messages,
  )
  shown.dataset.post = post
  if (before) {
    before.replaceWith(shown)
    return
  }
  const follows = seesLast(log)
  log.append(shown)
  if (follows) shown.scrollIntoView({ block: 'nearest' })
}

/** Scrolls the last question to the top, so that a long answer starts in view. */
function showLast(log: HTMLElement): void {
  lastAsked(log)?.scrollIntoView({ block: 'start' })
}

/**
 * Returns whether the last question is in view. If not, the reader has scrolled away, and the page does not scroll
 * when an answer arrives from another tab.
 */
function seesLast(log: HTMLElement): boolean {
  const question = lastAsked(log)?.getBoundingClientRect()
  const { top, bottom } = log.getBoundingClientRect()
  return (
    !question ||
    (question.bottom > Math.max(top, 0) && question.top < Math.min(bottom, innerHeight))
  )
}

function lastAsked(log: HTMLElement): HTMLElement | undefined {
  return [...log.querySelectorAll<HTMLElement>('.asked')].at(-1)
}

/** Shows one skin or both, as the reader chose last time. */
function initSkins(): void {
  const key = 'sitrep-skin'
  // Two skins side by side do not fit on a phone, so the default there is one.
  const narrow = matchMedia('(max-width: 700px)').matches
  const skin = localStorage.getItem(key) ?? (narrow ? 'telegram' : 'both')
  for (const choice of document.querySelectorAll<HTMLInputElement>('[name=skin]')) {
    choice.addEventListener('change', () => {
      localStorage.setItem(key, choice.value)
      showSkin(choice.value)
    })
    choice.checked = choice.value === skin
  }
  showSkin(skin)
  // On a phone, focus would open the keyboard over the page.
  if (!narrow) input.focus()
}

function showSkin(skin: string): void {
  main.dataset.skin = skin
  // With both skins visible, only one is announced, so that a screen reader reads each answer once.
  logs.telegram.setAttribute('aria-live', skin === 'both' ? 'off' : 'polite')
  for (const log of Object.values(logs)) showLast(log)
}

function notify(text: string): void {
  notice.textContent = text
}

function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector)
  if (!found) throw new Error(`The page has no ${selector}.`)
  return found
}
