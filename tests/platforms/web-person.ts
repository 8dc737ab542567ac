import type { DiscordBody } from '../../src/render/discord.ts'
import type { TelegramBody } from '../../src/render/telegram.ts'
import { readDiscord } from '../discord-markdown.ts'
import type { Person } from '../platform-contract.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

interface Exchange {
  readonly id: number
  readonly line?: string
  readonly of?: number
  readonly post?: string
  readonly discord: DiscordBody[]
  readonly telegram: TelegramBody[]
}

/** Returns a person at the local chat, who uses HTTP as the page does. */
export async function webPerson(
  address: string,
): Promise<Person & { last(): Exchange; reopened(): Promise<Exchange[]> }> {
  const cookie = await openSession(address)
  const exchanges = events(await fetch(`${address}/events`, { headers: { cookie } }))
  let last = await next()
  // The greeting of a new chat.
  if (last.line !== '/start') throw new Error(`The chat began with ${last.line}.`)

  async function next(): Promise<Exchange> {
    const { value, done } = await exchanges.next()
    if (done) throw new Error('The stream of events has ended.')
    return value
  }

  async function type(line: string): Promise<void> {
    const answer = await fetch(`${address}/lines`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', origin: address },
      body: JSON.stringify({ line }),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }

  return {
    type,
    last: () => last,
    /** Reads the chat from its beginning, up to its newest entry. */
    async reopened() {
      const seen: Exchange[] = []
      for await (const each of events(await fetch(`${address}/events`, { headers: { cookie } }))) {
        seen.push(each)
        if (each.id === last.id) break
      }
      return seen
    },
    async press(label) {
      const buttons = last.telegram.flatMap(({ reply_markup }) =>
        (reply_markup?.inline_keyboard ?? []).flat(),
      )
      const button = buttons.find(({ text }) => text === label)
      if (!button || !('callback_data' in button)) throw new Error(`There is no button ${label}.`)
      await type(button.callback_data)
    },
    async read() {
      last = await next()
      for (const body of last.discord) readDiscord(body)
      const texts = last.telegram.flatMap(body => ('text' in body ? [body.text] : []))
      return texts.map(text => parseTelegramHtml(text).text.replaceAll('\u2060', ''))
    },
  }
}

/** Opens a chat as the page does; its cookie. */
export async function openSession(address: string): Promise<string> {
  const answer = await fetch(`${address}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  await answer.text()
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

async function* events(answer: Response): AsyncGenerator<Exchange> {
  if (!answer.body) return
  let text = ''
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
      text = text.slice(end + 2)
      if (data) yield JSON.parse(data)
    }
  }
}
