import { type DiscordBody, drawDiscord } from './discord.ts'
import { element } from './element.ts'
import { drawForm, type Filled, type Form } from './form.ts'
import { suggest } from './suggest.ts'
import { drawTelegram, type TelegramBody } from './telegram.ts'

interface Exchange {
  readonly id: number
  /** What was typed; nothing where it was posted by itself. */
  readonly line?: string
  /** Another of the same post takes its place. */
  readonly post?: string
  /** What can be filled in, in the place of an answer. */
  readonly form?: Form
  readonly discord: readonly DiscordBody[]
  readonly telegram: readonly TelegramBody[]
}

/** Before the next try to connect, in milliseconds. */
const RETRY_MS = 2000

const main = find('main')
const input = find<HTMLInputElement>('#line')
const notice = find('#notice')
const logs = { discord: find('.discord .log'), telegram: find('.telegram .log') }

/** Whether the next answer is to something sent from this page: then the reader is taken to it. */
let awaited = false
/** The log whose button was pressed: the answer gets the focus there. */
let pressedIn: HTMLElement | undefined
let sending = false

suggest(input, find('#suggestions'))
dress()
connect()

find('#composer').addEventListener('submit', event => {
  event.preventDefault()
  pressedIn = undefined
  if (input.value.trim() !== '') send(input.value)
})

for (const log of Object.values(logs)) {
  log.addEventListener('click', event => {
    const button = (event.target as Element).closest<HTMLElement>('button.line')
    if (button?.dataset.line) press(log, button.dataset.line)
  })
}

function press(log: HTMLElement, line: string): void {
  pressedIn = log
  send(line)
}

/** Opens the chat, again and again until there is one: the server may be starting anew. */
async function connect(): Promise<void> {
  try {
    const { known } = await (await post('/session', {})).json()
    // A chat that is known is told from its beginning; a new one goes on below what is here.
    if (known) for (const log of Object.values(logs)) log.replaceChildren()
    const events = new EventSource('/events')
    events.onopen = () => tell('')
    events.onmessage = ({ data }) => draw(JSON.parse(data))
    events.onerror = () => {
      tell('The connection is lost. It is tried again …')
      // Refused, not interrupted: the session is gone, and the browser does not try by itself.
      if (events.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS)
    }
  } catch {
    tell('Sitrep does not answer. It is tried again …')
    setTimeout(connect, RETRY_MS)
  }
}

/** The field is emptied only when the line has arrived: nothing typed is lost on a bad connection. */
async function send(line: string): Promise<void> {
  // A second click on the way is the same click.
  if (sending) return
  sending = true
  awaited = true
  try {
    const answer = await post('/lines', { line })
    tell(answer.ok ? '' : await answer.text())
    if (answer.ok && input.value === line) input.value = ''
  } catch {
    tell('That could not be sent. Is Sitrep still running?')
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

async function fill(log: HTMLElement, filled: Filled): Promise<void> {
  pressedIn = log
  awaited = true
  try {
    const answer = await post('/forms', filled)
    tell(answer.ok ? '' : await answer.text())
  } catch {
    tell('That could not be sent. Is Sitrep still running?')
  }
}

function draw({ line, post, form, discord, telegram }: Exchange): void {
  if (line === undefined) {
    showPost(logs.discord, post ?? '', discord.map(drawDiscord))
    showPost(logs.telegram, post ?? '', telegram.map(drawTelegram))
    return
  }
  const drawn = (log: HTMLElement, messages: () => HTMLElement[]) =>
    append(log, line, form ? [drawForm(form, filled => fill(log, filled))] : messages())
  drawn(logs.discord, () => discord.map(drawDiscord))
  drawn(logs.telegram, () => telegram.map(drawTelegram))
  const worn = main.dataset.skin === 'telegram' ? logs.telegram : logs.discord
  if (form && awaited) worn.querySelector<HTMLElement>('.message:last-of-type textarea')?.focus()
  awaited = false
  pressedIn = undefined
}

function append(log: HTMLElement, line: string, messages: readonly HTMLElement[]): void {
  const asked = element('p', 'asked', element('span', 'who', 'You: '), line)
  asked.tabIndex = -1
  for (const message of messages) message.setAttribute('aria-label', 'Sitrep')
  const follows = awaited || seesLast(log)
  log.append(asked, ...messages)
  if (follows) showLast(log)
  if (log === pressedIn) asked.focus({ preventScroll: true })
}

/** At the end; in the place of what it was before, or nowhere any more. */
function showPost(log: HTMLElement, post: string, messages: readonly HTMLElement[]): void {
  const before = [...log.querySelectorAll<HTMLElement>('.post')].find(
    each => each.dataset.post === post,
  )
  if (messages.length === 0) {
    before?.remove()
    return
  }
  for (const message of messages) message.setAttribute('aria-label', 'Sitrep')
  const shown = element('div', 'post', element('p', 'posted', 'Posted by itself'), ...messages)
  shown.dataset.post = post
  if (before) {
    before.replaceWith(shown)
    return
  }
  const follows = seesLast(log)
  log.append(shown)
  if (follows) shown.scrollIntoView({ block: 'nearest' })
}

/** The last question at the top, so that a long answer is read from its beginning. */
function showLast(log: HTMLElement): void {
  lastAsked(log)?.scrollIntoView({ block: 'start' })
}

/** Whoever has scrolled away to read is left there when something comes from another tab. */
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

/** One skin or both, as chosen last time. */
function dress(): void {
  const key = 'sitrep-skin'
  // Two skins beside each other need room: on a phone one is shown at first.
  const narrow = matchMedia('(max-width: 700px)').matches
  const worn = localStorage.getItem(key) ?? (narrow ? 'telegram' : 'both')
  for (const choice of document.querySelectorAll<HTMLInputElement>('[name=skin]')) {
    choice.addEventListener('change', () => {
      localStorage.setItem(key, choice.value)
      wear(choice.value)
    })
    choice.checked = choice.value === worn
  }
  wear(worn)
  // On a phone the focus would open the keyboard over the page.
  if (!narrow) input.focus()
}

function wear(skin: string): void {
  main.dataset.skin = skin
  // A screen reader hears each answer once.
  logs.telegram.setAttribute('aria-live', skin === 'both' ? 'off' : 'polite')
  for (const log of Object.values(logs)) showLast(log)
}

function tell(text: string): void {
  notice.textContent = text
}

function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector)
  if (!found) throw new Error(`The page has no ${selector}.`)
  return found
}
