import { randomBytes } from 'node:crypto'
import type { Log } from '../../log.ts'
import { isOfPost, PICTURE_BYTES, pressedLine } from '../../message.ts'
import { readMarkdown } from '../../parsing/discord.ts'
import type { Bot, BotRequest, Form } from '../../platform.ts'
import { type DiscordBody, renderDiscord } from '../../render/discord.ts'
import { renderTelegram, type TelegramBody } from '../../render/telegram.ts'
import { type Ask, createAsk } from '../answer-queue.ts'
import { bodyAfterCommand } from '../body-after-command.ts'

/** What each platform would be sent. */
export interface Shown {
  readonly discord: readonly DiscordBody[]
  readonly telegram: readonly TelegramBody[]
}

/** What the page draws: the answer to a line that was typed, or what was posted by itself. */
export interface Exchange extends Shown {
  /** Counted from 1 in each chat; what changes is counted anew. */
  readonly id: number
  readonly line?: string
  /** The post's id: another of the same id takes its place, an empty one takes it away. */
  readonly post?: string
  /** What can be filled in, in the place of an answer. */
  readonly form?: Form & { readonly pictureBytes: number }
}

/** What a form was filled in with. */
export interface Filled {
  readonly line: string
  readonly text: string
  readonly picture?: Uint8Array
}

interface Chat {
  readonly history: readonly Exchange[]
  type(line: string): Promise<void>
  fill(filled: Filled): Promise<void>
  /** Hands over every further exchange; returns what ends that, or nothing where too many listen. */
  listen(listener: (exchange: Exchange) => void): (() => void) | undefined
  isOpen(): boolean
}

export interface Chats {
  /** A new chat and the secret that opens it. */
  open(): Promise<string>
  find(session: string | undefined): Chat | undefined
  /** Shows a post in every chat, and in those that are opened later; its id. */
  post(shown: Shown): string
  /** Shows another in its place; false where nobody has it any more. */
  amend(post: string, shown: Shown): boolean
  close(): void
}

/** Chats kept; of those that no page has open, the one unused for longest gives way. */
const CHATS = 50
/** Pages of one chat: a browser opens no more streams to one address by itself. */
const PAGES = 12
/** Posts kept for chats that are opened later. */
const POSTS = 20
/** Exchanges kept of a chat: what a page draws without a wait. */
const EXCHANGES = 100

/** Whoever is at this machine is one and the same, in whatever browser. */
const PLACE = { platform: 'web', address: 'local', kind: 'private' } as const

/** One chat a browser, in memory: a reload finds it again, a restart does not. */
export function createChats(bot: Bot, log: Log): Chats {
  const ask = createAsk(bot, log)
  const chats = new Map<string, OpenChat>()
  const posts = new Map<string, Shown>()

  /** In every chat, and for those to come. */
  function show(post: string, shown: Shown, isNew: boolean): void {
    posts.set(post, shown)
    const [oldest] = posts.size > POSTS ? posts.keys() : []
    if (oldest !== undefined) posts.delete(oldest)
    for (const chat of chats.values()) chat.show(post, shown, isNew)
  }

  return {
    async open() {
      const session = randomBytes(24).toString('base64url')
      const chat = createChat(ask)
      // As Telegram does when a chat is opened: nobody begins in front of an empty page.
      await chat.type('/start')
      for (const [post, shown] of posts) {
        if (shown.discord.length > 0) chat.show(post, shown, true)
      }
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
    post(shown) {
      const post = randomBytes(6).toString('base64url')
      show(post, shown, true)
      return post
    },
    amend(post, shown) {
      if (!posts.has(post)) return false
      show(post, shown, false)
      return true
    },
    close: () => chats.clear(),
  }
}

interface OpenChat extends Chat {
  /** Shows a post, or what it has become. */
  show(post: string, shown: Shown, isNew: boolean): void
}

function createChat(ask: Ask): OpenChat {
  const history: Exchange[] = []
  const listeners = new Set<(exchange: Exchange) => void>()
  let count = 0

  /** At the end, or in the place of another. */
  function add(made: Omit<Exchange, 'id'>, place = -1): void {
    count += 1
    const exchange = { id: count, ...made }
    if (place < 0) history.push(exchange)
    else history[place] = exchange
    if (history.length > EXCHANGES) history.shift()
    for (const listener of listeners) listener(exchange)
  }

  async function answer(request: BotRequest): Promise<void> {
    const { line } = request
    const reply = await ask({ ...request, place: PLACE, operator: 'web:local', hasForms: true })
    if (!reply) return
    const { message, form, tableStyle } = reply
    add({
      line,
      ...(form && { form: { ...form, pictureBytes: PICTURE_BYTES } }),
      discord: renderDiscord(message, tableStyle),
      telegram: renderTelegram(message, tableStyle),
    })
  }

  return {
    history,
    async type(given) {
      // The answer to a post's button stands below, as that of every other.
      const line = pressedLine(given)
      await answer({ line, isFromPost: isOfPost(given), written: bodyAfterCommand(line) })
    },
    async fill({ line, text, picture }) {
      const read = { ...readMarkdown(text), source: text }
      const written = () => (picture ? { ...read, picture: async () => picture } : read)
      await answer({ line, written })
    },
    show(post, shown, isNew) {
      const before = history.findIndex(exchange => exchange.post === post)
      // What this chat has let go of long ago does not come back as if it were new.
      if (before < 0 && !isNew) return
      add({ post, ...shown }, before)
    },
    isOpen: () => listeners.size > 0,
    listen(listener) {
      if (listeners.size >= PAGES) return undefined
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
