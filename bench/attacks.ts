import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { json } from 'node:stream/consumers'
import { TELEGRAM_TOKEN } from './loopback.ts'
import type { Figure } from './measure.ts'
import { startSitrep } from './sitrep.ts'

const folder = mkdtempSync(join(tmpdir(), 'sitrep-attacks-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

const STRANGER = 900
const QUESTIONS = 5
const BACKLOG = 100_000
const PEOPLE = 40_000

interface Call {
  readonly method: string
  readonly body: Record<string, unknown>
}

/** The delay of an answer in milliseconds, or `never`. */
type Weather = (call: Call) => number | 'never'

interface Attack {
  readonly what: string
  readonly weather?: Weather
  /** The line that each account sends 12 times. */
  readonly line: string
  /** Whether all accounts write in one group; otherwise each writes in its private chat. */
  readonly inGroup?: boolean
  readonly isPress?: boolean
  /** Another process writes into the database all the time. */
  readonly locks?: boolean
}

const slow =
  (method: string, ms: number | 'never'): Weather =>
  call =>
    call.method === method && call.body.chat_id !== String(STRANGER) ? ms : 0

const ATTACKS: readonly Attack[] = [
  { what: 'nothing', line: '/about', weather: () => 0 },
  {
    what: 'getChatMember 150 ms',
    weather: slow('getChatMember', 150),
    line: '/stop',
    inGroup: true,
  },
  {
    what: 'getChatMember never',
    weather: slow('getChatMember', 'never'),
    line: '/stop',
    inGroup: true,
  },
  { what: 'getChat never', weather: slow('getChat', 'never'), line: '/settings @desk_news' },
  {
    what: 'sendMessage never',
    weather: slow('sendMessage', 'never'),
    line: '/next',
    inGroup: true,
  },
  { what: 'sendMessage never, private', weather: slow('sendMessage', 'never'), line: '/next' },
  {
    what: 'answerCallbackQuery never',
    ...{
      weather: slow('answerCallbackQuery', 'never'),
      line: '/next',
      inGroup: true,
      isPress: true,
    },
  },
  {
    what: 'getFile never',
    weather: slow('getFile', 'never'),
    line: '/announce Map',
    inGroup: true,
  },
  { what: 'database locked', line: '/subscribe', locks: true },
]

/** The worst answer to a stranger while 20 accounts write 12 times each, and what a backlog costs. */
export async function attacks(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const attack of ATTACKS) {
    const value = await worstAnswer(attack)
    figures.push({ what: `stranger, worst, ${attack.what}`, value, aim: 1000, unit: 'ms' })
  }
  for (const ms of [0, 300]) figures.push(...(await backlog(ms)))
  return figures
}

async function worstAnswer({ weather, line, inGroup, isPress, locks }: Attack): Promise<number> {
  const telegram = await openServer(weather ?? (() => 0))
  const path = join(folder, `${randomUUID()}.db`)
  const child = start(telegram.url, path)
  await telegram.ask(STRANGER)
  const lock = locks ? new DatabaseSync(path) : undefined
  lock?.exec('begin immediate')
  const command = line.replace(/^\/\w+/, name => (inGroup ? `${name}@bench_bot` : name))
  for (let user = 1; user <= 20; user++) {
    for (let time = 0; time < 12; time++) {
      if (isPress) telegram.press(user, line)
      else telegram.say(user, command, inGroup ? GROUP : { id: user, type: 'private' })
    }
  }
  let worst = 0
  for (let time = 0; time < QUESTIONS; time++) worst = Math.max(worst, await telegram.ask(STRANGER))
  lock?.exec('commit')
  lock?.close()
  child.kill('SIGKILL')
  await once(child, 'exit')
  await telegram.close()
  return worst
}

/** 100,000 questions of 40,000 people wait; 300 ms an answer with a fifth of them. */
async function backlog(ms: number): Promise<Figure[]> {
  const count = ms === 0 ? BACKLOG : BACKLOG / 5
  const telegram = await openServer(({ method }) => (method === 'sendMessage' ? ms : 0))
  for (let index = 0; index < count; index++) {
    const user = 1000 + (index % PEOPLE)
    telegram.say(user, '/about', { id: user, type: 'private' })
  }
  const all = telegram.answered(count)
  const begun = performance.now()
  const child = start(telegram.url, join(folder, `${randomUUID()}.db`))
  await all
  const seconds = (performance.now() - begun) / 1000
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024
  child.kill('SIGTERM')
  await once(child, 'exit')
  await telegram.close()
  const what = `${count.toLocaleString('en')} waiting, ${ms} ms a send`
  return [
    { what: `${what}: peak of the memory`, value: peak, aim: 300, unit: 'MB' },
    { what: `${what}: until all are answered`, value: seconds, unit: 's' },
  ]
}

const GROUP = { id: -1001, type: 'supergroup' }

function start(url: string, path: string): ChildProcess {
  return startSitrep({
    DATABASE_URL: `file:${path}`,
    MODERATORS: 'telegram:1',
    TELEGRAM_TOKEN,
    TELEGRAM_API_URL: url,
  })
}

/** The Bot API with offsets as the real one has them: what is confirmed never comes again. */
async function openServer(weather: Weather) {
  const updates: { update_id: number }[] = []
  const waiting = new Map<number, () => void>()
  let confirmed = 0
  let ids = 0
  let wake = () => {}
  let left = 0
  let end = () => {}

  async function result({ method, body }: Call): Promise<unknown> {
    if (method === 'getMe') return { id: 1, is_bot: true, first_name: 'b', username: 'bench_bot' }
    if (method === 'getMyCommands') return []
    if (method === 'getChat') return { id: -1009, type: 'channel', title: 'News' }
    if (method === 'getChatMember') return { status: 'member', user: { id: body.user_id } }
    if (method === 'sendMessage') {
      left -= 1
      if (left === 0) end()
      waiting.get(Number(body.chat_id))?.()
      ids += 1
      return { message_id: ids, date: 0, chat: { id: body.chat_id } }
    }
    if (method !== 'getUpdates') return true
    confirmed = Math.max(confirmed, Number(body.offset ?? 0))
    if (updates.length <= confirmed && Number(body.timeout) > 0) {
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
    return updates.slice(confirmed, confirmed + 100)
  }

  const server = createServer(async (request, response) => {
    const method = request.url?.slice(request.url.lastIndexOf('/') + 1) ?? ''
    const call = { method, body: (await json(request)) as Call['body'] }
    const ms = weather(call)
    if (ms === 'never') return
    if (ms > 0) await new Promise(resolve => setTimeout(resolve, ms))
    const body = JSON.stringify({ ok: true, result: await result(call) })
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  function push(update: object): void {
    updates.push({ update_id: updates.length, ...update })
    wake()
  }

  function say(user: number, text: string, chat: object): void {
    ids += 1
    const from = { id: user, is_bot: false, first_name: 'b' }
    const date = Math.floor(Date.now() / 1000)
    const photo = { photo: [{ file_id: 'a', file_unique_id: 'a', width: 9, height: 9 }] }
    const words = text.startsWith('/announce') ? { caption: text, ...photo } : { text }
    push({ message: { message_id: ids, date, chat, from, ...words } })
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    say,
    press(user: number, data: string) {
      ids += 1
      const from = { id: user, is_bot: false, first_name: 'b' }
      const message = { message_id: 5, date: 1, chat: GROUP, from, text: 'x' }
      push({ callback_query: { id: String(ids), from, chat_instance: '1', data, message } })
    },
    /** Milliseconds until a question is answered. */
    async ask(user: number): Promise<number> {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(user, resolve)
      const begun = performance.now()
      say(user, '/about', { id: user, type: 'private' })
      await promise
      return performance.now() - begun
    },
    answered(count: number): Promise<void> {
      left = count
      return new Promise(resolve => {
        end = resolve
      })
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
