import { randomBytes } from 'node:crypto'
import type { Log } from '../../log.ts'
import type { Bot } from '../../platform.ts'
import { type DiscordBody, renderDiscord } from '../../render/discord.ts'
import { renderTelegram, type TelegramBody } from '../../render/telegram.ts'
import { type Ask, createAsk } from '../ask.ts'

/** What the page draws: a line that was typed, and what each platform would be sent for it. */
export interface Exchange {
  /** Counted from 1 in each chat. */
  readonly id: number
  readonly line: string
  readonly discord: readonly DiscordBody[]
  readonly telegram: readonly TelegramBody[]
}

interface Chat {
  readonly history: readonly Exchange[]
  type(line: string): Promise<void>
  /** Hands over every further exchange; returns what ends that, or nothing where too many listen. */
  listen(listener: (exchange: Exchange) => void): (() => void) | undefined
  isOpen(): boolean
}

export interface Chats {
  /** A new chat and the secret that opens it. */
  open(): Promise<string>
  find(session: string | undefined): Chat | undefined
  close(): void
}

/** Chats kept; of those that no page has open, the one unused for longest gives way. */
const CHATS = 50
/** Pages of one chat: a browser opens no more streams to one address by itself. */
const PAGES = 12
/** Exchanges kept of a chat: what a page draws without a wait. */
const EXCHANGES = 100

/** Whoever is at this machine is one and the same, in whatever browser. */
const PLACE = { platform: 'web', address: 'local', kind: 'private' } as const

/** One chat a browser, in memory: a reload finds it again, a restart does not. */
export function createChats(bot: Bot, log: Log): Chats {
  const ask = createAsk(bot, log)
  const chats = new Map<string, Chat>()
  return {
    async open() {
      const session = randomBytes(24).toString('base64url')
      const chat = createChat(ask)
      // As Telegram does when a chat is opened: nobody begins in front of an empty page.
      await chat.type('/start')
      chats.set(session, chat)
      const unused = [...chats].find(([, kept]) => !kept.isOpen() && kept !== chat)
      if (chats.size > CHATS && unused) chats.delete(unused[0])
      return session
    },
    find(session = '') {
      const chat = chats.get(session)
      if (!chat) return undefined
      // Moved to the end: the first is the one unused for longest.
      chats.delete(session)
      chats.set(session, chat)
      return chat
    },
    close: () => chats.clear(),
  }
}

function createChat(ask: Ask): Chat {
  const history: Exchange[] = []
  const listeners = new Set<(exchange: Exchange) => void>()
  let count = 0
  return {
    history,
    async type(line) {
      const reply = await ask({ line, place: PLACE })
      if (!reply) return
      const { message, tableStyle } = reply
      count += 1
      const exchange = {
        id: count,
        line,
        discord: renderDiscord(message, tableStyle),
        telegram: renderTelegram(message, tableStyle),
      }
      history.push(exchange)
      if (history.length > EXCHANGES) history.shift()
      for (const listener of listeners) listener(exchange)
    },
    isOpen: () => listeners.size > 0,
    listen(listener) {
      if (listeners.size >= PAGES) return undefined
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
