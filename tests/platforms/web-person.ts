import type { Answered, Entry, LineRequest, View } from '../../src/platforms/web/protocol.ts'
import type { DiscordBody } from '../../src/render/discord.ts'
import { readDiscord } from '../discord-markdown.ts'
import type { Person } from '../platform-contract.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

/** The view of a moderator in the private chat, on both platforms. */
export const VIEW: View = { platform: 'both', place: 'private', role: 'moderator' }

export type WebPerson = Person & {
  last(): Entry
  reopened(): Promise<Entry[]>
  /** Types a line in another view, or sends another request: its response. */
  ask(line: string, view?: Partial<View>): Promise<Answered>
  send(path: string, body: object): Promise<Response>
}

/** Returns a person at the local chat, who uses HTTP as the page does. */
export async function webPerson(address: string, view: View = VIEW): Promise<WebPerson> {
  const cookie = await openSession(address)
  const stream = () =>
    fetch(`${address}/events?place=${view.place}`, { headers: { cookie } }).then(events)
  const entries = await stream()
  const [greeting] = await history()
  // The greeting of a new chat.
  if (view.place === 'private' && greeting?.line !== '/start') {
    throw new Error(`The chat began with ${greeting?.line}.`)
  }
  let last = greeting as Entry

  async function history(): Promise<Entry[]> {
    const { event, data } = await next(entries)
    if (event !== 'history') throw new Error(`The stream began with ${event}.`)
    return data as Entry[]
  }

  async function send(path: string, body: object): Promise<Response> {
    const answer = await fetch(address + path, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', origin: address },
      body: JSON.stringify(body),
    })
    return answer
  }

  async function asked(path: string, body: object): Promise<Answered> {
    const answer = await send(path, body)
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json() as Promise<Answered>
  }

  const ask = (line: string, other: Partial<View> = {}) =>
    asked('/lines', { view: { ...view, ...other }, line } satisfies LineRequest)

  return {
    async type(line) {
      await ask(line)
    },
    ask,
    send,
    last: () => last,
    /** Reads the chat from its beginning. */
    async reopened() {
      const { data } = await next(await stream())
      return data as Entry[]
    },
    async press(label) {
      const buttons = last.telegram.flatMap(({ reply_markup }) =>
        (reply_markup?.inline_keyboard ?? []).flat(),
      )
      const data = buttons.find(({ text }) => text === label)?.callback_data
      if (data === undefined) throw new Error(`There is no button ${label}.`)
      await asked('/presses', { view, key: last.key, platform: 'telegram', data })
    },
    async read() {
      for (;;) {
        const { event, data } = await next(entries)
        if (event === 'content') continue
        last = data as Entry
        for (const body of last.discord) readDiscord(body as unknown as DiscordBody)
        return last.telegram.flatMap(({ text }) =>
          text === undefined ? [] : [parseTelegramHtml(text).text.replaceAll('\u2060', '')],
        )
      }
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

interface StreamEvent {
  readonly event: string
  readonly data: unknown
}

async function next(events: AsyncGenerator<StreamEvent>): Promise<StreamEvent> {
  const { value, done } = await events.next()
  if (done) throw new Error('The stream of events has ended.')
  return value
}

/** Reads the events of a stream. */
export async function* events({ body }: Response): AsyncGenerator<StreamEvent> {
  if (!body) return
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const record = text.slice(0, end)
      text = text.slice(end + 2)
      const data = /^data: (.*)$/m.exec(record)?.[1]
      const event = /^event: (.*)$/m.exec(record)?.[1] ?? 'message'
      if (data) yield { event, data: JSON.parse(data) }
    }
  }
}
