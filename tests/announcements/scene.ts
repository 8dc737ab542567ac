import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createService, type Service } from '../../src/app/service.ts'
import { readConfig } from '../../src/config.ts'
import { until } from '../delivery/scene.ts'
import { readDiscord } from '../discord-markdown.ts'
import { interactionBase } from '../platforms/discord/person.ts'
import {
  TOKEN as DISCORD_TOKEN,
  openDiscordServer,
  type Shown,
  snowflake,
} from '../platforms/discord/server.ts'
import { openMemoryLog } from '../platforms/memory-log.ts'
import { quickClock } from '../platforms/pauses.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { ME, openTelegramServer, TOKEN as TELEGRAM_TOKEN } from '../platforms/telegram/server.ts'
import { fill } from '../store/raw.ts'
import { type Dialect, newDatabase, openTestStore } from '../store/stores.ts'

let presses = 0

/** Speed of the clock of these tests, in multiples of the machine's. */
const TIMES = 20

export const SERVER = '300000000000000001'
const CHANNEL = '400000000000000001'
const ADA = '200000000000000042'

export interface NewsroomOptions {
  readonly dialect?: Dialect
  /** Chats that follow announcements, by platform. */
  readonly telegram?: number
  readonly discord?: number
  readonly env?: Record<string, string>
}

/** Starts the whole bot before both platforms, with subscribers and a moderator. */
export async function openNewsroom(options: NewsroomOptions = {}) {
  const { dialect = 'sqlite', telegram: people = 0, discord: channels = 0 } = options
  const url = await newDatabase(dialect)
  const clock = quickClock(TIMES)
  const { store } = await openTestStore({ url, clock })
  if (people > 0) await fill(url, 'telegram', people)
  if (channels > 0) await fill(url, 'discord', channels)
  const [telegram, discord] = [await openTelegramServer(), await openDiscordServer()]
  const memory = await openMemoryLog([TELEGRAM_TOKEN, DISCORD_TOKEN])
  let app: Service | undefined

  async function start(env: Record<string, string> = {}): Promise<void> {
    const config = readConfig({
      ...{ PORT: '0', DATABASE_URL: url, CONTENT_DIR: join(import.meta.dirname, '../../content') },
      ...{ TELEGRAM_TOKEN, TELEGRAM_API_URL: telegram.url },
      ...{ DISCORD_TOKEN, DISCORD_API_URL: discord.url },
      MODERATORS: `telegram:42, discord:${ADA}`,
      ...options.env,
      ...env,
    })
    app = createService(config, { clock, log: memory.log })
    await app.start()
  }

  const stop = async () => {
    await app?.stop()
    app = undefined
  }

  onTestFinished(async () => {
    await stop()
    await Promise.all([telegram.close(), discord.close()])
  })

  const now = () => clock.now().epochMilliseconds

  return {
    ...{ ...memory, store, url, clock, telegram, discord, start, stop },
    /** Returns a person who writes to the bot in a private chat on Telegram. */
    onTelegram: (id = 42) => telegramSender(telegram, id, now),
    /** Returns a person who writes in a channel of a Discord server. */
    onDiscord: (more: Partial<DiscordSenderOptions> = {}) =>
      discordSender(discord, { user: ADA, within: SERVER, channel: CHANNEL, ...more }, now),
    /** Resolves when a post has no more to do. */
    finished: (id: number) =>
      until(async () => (await store.broadcasts.find(id))?.isFinished === true),
  }
}

type TelegramServer = Awaited<ReturnType<typeof openTelegramServer>>
type DiscordServer = Awaited<ReturnType<typeof openDiscordServer>>

function telegramSender(server: TelegramServer, id: number, now: () => number) {
  const from = { id, is_bot: false, first_name: 'Ada' }
  const chat = { id, type: 'private' as const, first_name: 'Ada' }
  const shown = server.shown(String(id))
  const notes = () => server.calls.filter(({ method }) => method === 'answerCallbackQuery')

  /** The next in the chat, sent or edited, that says this: cards are edited in between. */
  async function sees(pattern: RegExp) {
    for (;;) {
      const next = await shown.next()
      if (pattern.test(next.text.replaceAll(/<[^>]*>|\u2060/g, ''))) return next
    }
  }

  async function write(text: string, pattern: RegExp, more: object = {}) {
    const date = Math.floor(now() / 1000)
    server.push(messageUpdate(text, { from, chat, date, ...more }))
    return sees(pattern)
  }

  /** Sends a press with this data, whether or not the message has such a button. */
  function push(data: string, message: Pick<Seen, 'id' | 'text' | 'keyboard'>): string {
    presses += 1
    const id = `press-${presses}`
    server.push({
      callback_query: {
        ...{ id, from, chat_instance: '1', data },
        message: {
          ...{ message_id: message.id, date: 1, chat, from: ME, text: message.text },
          reply_markup: { inline_keyboard: [message.keyboard] },
        },
      },
    })
    return id
  }

  type Seen = Awaited<ReturnType<typeof sees>>

  return {
    write,
    push,
    sees,
    /** Writes in answer to a message of the bot's. */
    answer(on: Seen, text: string, pattern: RegExp, more: object = {}) {
      const { id: message_id, keyboard } = on
      const reply_markup = { inline_keyboard: [keyboard] }
      const reply_to_message = { message_id, date: 1, chat, from: ME, text: on.text, reply_markup }
      return write(text, pattern, { reply_to_message, ...more })
    },
    /** Presses the button whose line contains this; what comes of it in the chat. */
    async press(on: Awaited<ReturnType<typeof write>>, line: string, pattern: RegExp) {
      push(lineOf(linesUnder(on.keyboard), line), on)
      return sees(pattern)
    },
    /** The same where the message stays: resolves to the note that is shown in passing. */
    async pressCard(on: Awaited<ReturnType<typeof write>>, line: string): Promise<string> {
      const id = push(lineOf(linesUnder(on.keyboard), line), on)
      const note = () => notes().find(({ body }) => body.callback_query_id === id)
      await until(() => note() !== undefined)
      return String(note()?.body.text)
    },
    /** Everything that a message of the chat has ever said. */
    told: (message: number) =>
      server.calls
        .filter(({ body }) => body.message_id === message)
        .map(({ body }) => String(body.text).replaceAll(/<[^>]*>|\u2060/g, '')),
    /** Each message of the chat as it stands now. */
    chat: () => [...(server.taken.get(String(id)) ?? [])],
  }
}

export interface DiscordSenderOptions {
  readonly user: string
  readonly within: string
  readonly channel: string
  /** Whether they may manage the server. */
  readonly manages?: boolean
  readonly roles?: readonly string[]
  /** Whether the server has added the bot; false if a user has installed it for themselves. */
  readonly isInstalled?: boolean
}

const MANAGE_GUILD = String(1 << 5)
const VIEW_AND_SEND = String((1 << 10) | (1 << 11))

function discordSender(server: DiscordServer, options: DiscordSenderOptions, now: () => number) {
  const { user, within, channel, manages = false, roles = [], isInstalled = true } = options
  const asker = { id: user, username: 'ada', discriminator: '0', avatar: null }
  const member = { user: asker, roles, permissions: manages ? MANAGE_GUILD : '0' }

  async function interact(more: object): Promise<Shown> {
    const token = `token-${snowflake()}`
    await server.dispatch('INTERACTION_CREATE', {
      ...interactionBase(token),
      ...{ id: snowflake(now()), guild_id: within, channel_id: channel },
      ...{ channel: { id: channel, type: 0 }, member, app_permissions: VIEW_AND_SEND, context: 0 },
      authorizing_integration_owners: isInstalled ? { '0': within } : { '1': user },
      ...more,
    })
    return server.shown(token).next()
  }

  /** A message of the bot's as it comes back with what was pressed on it. */
  const messageOf = (shown: Shown) => ({
    ...{ id: shown.message, type: 20, content: '', channel_id: channel, attachments: [] },
    components: shown.body.components,
    flags: shown.body.flags ?? 0,
    author: { id: '100000000000000001', username: 'sitrep', bot: true },
  })

  return {
    slash: (name: string, value = '') =>
      interact({
        type: 2,
        data: {
          ...{ id: snowflake(), type: 1, name },
          options: value === '' ? [] : [{ type: 3, name: 'text', value }],
        },
      }),
    /** Chooses an entry of a message's menu. */
    menu: (name: string, message: object, id = snowflake()) => {
      const target = { id, attachments: [], mentions: [], content: '', ...message }
      const data = { id: snowflake(), type: 3, name, target_id: id }
      return interact({ type: 2, data: { ...data, resolved: { messages: { [id]: target } } } })
    },
    press: (on: Shown, line: string) => {
      const custom_id = lineOf(linesOf(on.body), line)
      const data = { component_type: 2, custom_id }
      return interact({ type: 3, data, message: messageOf(on) })
    },
    /** Presses what a message has had below it, whatever stands there now. */
    type: (on: Shown, custom_id: string) =>
      interact({ type: 3, data: { component_type: 2, custom_id }, message: messageOf(on) }),
    /** Fills in the form that was shown, and sends it. */
    fillIn: (form: Shown, text: string, on?: Shown) => {
      const field = { type: 4, custom_id: 'text', id: 2, value: text }
      const data = {
        custom_id: form.body.custom_id,
        components: [{ type: 18, id: 1, component: field }],
      }
      return interact({ type: 5, data, ...(on && { message: messageOf(on) }) })
    },
  }
}

/** Returns the lines that the buttons of a message type. */
export function linesUnder(keyboard: readonly { readonly callback_data?: string }[]): string[] {
  return keyboard.map(({ callback_data = '' }) => callback_data)
}

/** The line among those of a message's buttons that contains this. */
function lineOf(lines: readonly string[], part: string): string {
  const line = lines.find(each => each.includes(part))
  if (line === undefined) throw new Error(`There is no button for ${part}: ${lines.join('; ')}`)
  return line
}

// biome-ignore lint/suspicious/noExplicitAny: components as they came in.
export function linesOf(component: any): string[] {
  if (component?.type === 2) return [component.custom_id]
  return (component?.components ?? []).flatMap(linesOf)
}

/** Returns the text of a message on Discord. */
export function saidOn(shown: Pick<Shown, 'body'>): string {
  return readDiscord(shown.body).replaceAll(/\s+/g, ' ').trim()
}
