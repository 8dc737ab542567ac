import { type DiscordBody, drawDiscord } from './discord.ts'
import { element } from './element.ts'
import { suggest } from './suggest.ts'
import { drawTelegram, type TelegramBody } from './telegram.ts'

interface Exchange {
  readonly id: number
  readonly line: string
  readonly discord: readonly DiscordBody[]
  readonly telegram: readonly TelegramBody[]
}

const main = find('main')
const input = find<HTMLInputElement>('#line')
const notice = find('#notice')
const logs = { discord: find('.discord .log'), telegram: find('.telegram .log') }

suggest(input, find('#suggestions'))

const events = new EventSource('/events')
events.onmessage = ({ data }) => draw(JSON.parse(data))
events.onopen = () => tell('')
events.onerror = () => tell('The connection is lost. It is tried again …')

find('#composer').addEventListener('submit', event => {
  event.preventDefault()
  send(input.value)
})

for (const log of Object.values(logs)) {
  log.addEventListener('click', event => {
    const button = (event.target as Element).closest<HTMLElement>('button.line')
    if (button) send(button.dataset.line ?? '')
  })
  log.addEventListener('change', event => {
    const menu = event.target as HTMLSelectElement
    if (menu.selectedIndex > 0) send(menu.value)
  })
}

const SKIN = 'sitrep-skin'
// Two skins beside each other need room: on a phone one is shown at first.
const narrow = matchMedia('(max-width: 700px)').matches
const worn = localStorage.getItem(SKIN) ?? (narrow ? 'telegram' : 'both')
for (const choice of document.querySelectorAll<HTMLInputElement>('[name=skin]')) {
  choice.addEventListener('change', () => wear(choice.value))
  if (choice.value === worn) choice.click()
}

function wear(skin: string): void {
  main.dataset.skin = skin
  localStorage.setItem(SKIN, skin)
  for (const log of Object.values(logs)) log.scrollTop = log.scrollHeight
}

/** The field is emptied only when the line has arrived: nothing typed is lost on a bad connection. */
async function send(line: string): Promise<void> {
  try {
    const answer = await fetch('/lines', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ line }),
    })
    tell(answer.ok ? '' : await answer.text())
    if (answer.ok && input.value === line) input.value = ''
  } catch {
    tell('That could not be sent. Is Sitrep still running?')
  }
}

function draw({ line, discord, telegram }: Exchange): void {
  append(logs.discord, line, discord.map(drawDiscord))
  append(logs.telegram, line, telegram.map(drawTelegram))
}

function append(log: HTMLElement, line: string, messages: readonly HTMLElement[]): void {
  const asked = element('p', 'asked', line)
  log.append(asked, ...messages)
  // The question at the top, so that a long answer is read from its beginning.
  log.scrollTop = asked.offsetTop - log.offsetTop
}

function tell(text: string): void {
  notice.textContent = text
}

function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector)
  if (!found) throw new Error(`The page has no ${selector}.`)
  return found
}
