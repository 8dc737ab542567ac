import { randomBytes } from 'node:crypto'
import { BoundedMap } from '../../async/bounded-map.ts'
import type { Bot, Form, Live, Origin, RequestText } from '../../bot.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import {
  isOfPost,
  type Message,
  type MessageFile,
  PICTURE_BYTES,
  pressedLine,
} from '../../message.ts'
import { readMarkdown } from '../../parsing/discord.ts'
import { withMentions } from '../../render/command-mentions.ts'
import { type DiscordBody, discordSteps } from '../../render/discord.ts'
import { finishInSteps } from '../../render/steps.ts'
import { type TelegramBody, telegramSteps } from '../../render/telegram.ts'
import { type Ask, createAsk } from '../answer-queue.ts'
import { createLiveReplies, type ShowVersion } from '../live-replies.ts'
import { typedMarkdown } from '../typed-markdown.ts'

/** The bodies that each platform would receive. */
export interface Rendered {
  readonly discord: readonly DiscordBody[]
  readonly telegram: readonly TelegramBody[]
  /** Whether a post arrives without a sound. */
  readonly isSilent?: boolean
}

/** An entry that the page draws: the answer to a line, or a post. */
export interface Exchange extends Rendered {
  /** Counts from 1 in each chat. A changed entry gets a new number. */
  readonly id: number
  /** The typed line; absent for a post. */
  readonly line?: string
  /** Set for a later version of an answer: the number of its first version, which it replaces. */
  readonly of?: number
  /** The post's ID. A later entry with the same ID replaces it; one without bodies removes it. */
  readonly post?: string
  /** A form, in the place of an answer. */
  readonly form?: Form & { readonly pictureBytes: number }
  /** The file of an answer, which the page offers as a download. */
  readonly file?: MessageFile
}

/** A submitted form. */
export interface Submission {
  readonly line: string
  readonly text: string
  readonly picture?: Uint8Array
}

interface Chat {
  readonly history: readonly Exchange[]
  type(line: string): Promise<void>
  submit(submission: Submission): Promise<void>
  /** Adds a listener for new exchanges. Returns a function that removes it; undefined if too many listen. */
  listen(listener: (exchange: Exchange) => void): (() => void) | undefined
  isOpen(): boolean
}

export interface Chats {
  /** Opens a new chat. Resolves to its session, the secret that gives access to it. */
  open(): Promise<string>
  find(session: string | undefined): Chat | undefined
  /** Shows a post in every chat, and in chats that are opened later. Returns its ID. */
  post(rendered: Rendered): string
  /** Replaces a post. Returns false if the post is no longer kept. */
  amend(post: string, rendered: Rendered): boolean
  close(): void
}

/** Most chats that are kept. Beyond that, the chat without an open page that was unused for longest is dropped. */
const MAX_CHATS = 50
/** Most open pages of one chat. Each holds a stream, and browsers limit streams to one address themselves. */
const MAX_PAGES = 12
/** Most posts that are kept for chats that are opened later. */
const MAX_POSTS = 20
/** Most exchanges that are kept of a chat: as many as a page draws without a noticeable wait. */
const MAX_EXCHANGES = 100

/** The chat that the bot sees. All browsers on this machine belong to one user, so they share its settings. */
const CHAT = { ref: { platform: 'web', address: 'local', kind: 'private' } } as const

export interface ChatsOptions {
  readonly bot: Bot
  readonly clock: Clock
  readonly log: Log
}

/** Creates the chats, one for each browser. They are in memory: a page that reloads keeps its chat until a restart. */
export function createChats({ bot, clock, log }: ChatsOptions): Chats {
  const ask = createAsk(log)
  const ending = new AbortController()
  const liveReplies = createLiveReplies({ clock, log, signal: ending.signal })
  const chats = new Map<string, OpenChat>()
  const posts = new BoundedMap<string, Rendered>(MAX_POSTS)

  /** Shows a post in every chat, and keeps it for chats that are opened later. */
  function show(post: string, rendered: Rendered, isNew: boolean): void {
    posts.set(post, rendered)
    for (const chat of chats.values()) chat.show(post, rendered, isNew)
  }

  return {
    async open() {
      const session = randomBytes(24).toString('base64url')
      const chat = createChat(bot, ask, (id, ...version) =>
        liveReplies.follow(`${session} ${id}`, ...version),
      )
      // Telegram types /start when a chat is opened. The same here fills the empty page.
      await chat.type('/start')
      for (const [post, rendered] of posts) {
        if (rendered.discord.length > 0) chat.show(post, rendered, true)
      }
      chats.set(session, chat)
      const unused = [...chats].find(([, other]) => !other.isOpen() && other !== chat)
      if (chats.size > MAX_CHATS && unused) chats.delete(unused[0])
      return session
    },
    find(session = '') {
      const chat = chats.get(session)
      if (!chat) return undefined
      // Moves the chat to the end, so that the first chat is the one unused for longest.
      chats.delete(session)
      chats.set(session, chat)
      return chat
    },
    post(rendered) {
      const post = randomBytes(6).toString('base64url')
      show(post, rendered, true)
      return post
    },
    amend(post, rendered) {
      const before = posts.get(post)
      if (!before) return false
      show(post, { ...before, ...rendered }, false)
      return true
    },
    close() {
      ending.abort()
      chats.clear()
    },
  }
}

/** Returns an id for each command, so that Discord's bodies mention them. The page needs none, and shows none. */
export function mentionable(bot: Pick<Bot, 'menu'>): Map<string, string> {
  return new Map(bot.menu().map(({ name }) => [name, '0']))
}

interface OpenChat extends Chat {
  /** Shows a new post, or replaces a post that the chat still has. */
  show(post: string, rendered: Rendered, isNew: boolean): void
}

/** Shows the later versions of the answer with this number: see `LiveReplies.follow`. */
type Follow = (id: number, live: Live, show: ShowVersion) => void

function createChat(bot: Pick<Bot, 'parse' | 'menu'>, ask: Ask, follow: Follow): OpenChat {
  const history: Exchange[] = []
  const listeners = new Set<(exchange: Exchange) => void>()
  let count = 0

  /** Adds an entry at the end, or replaces the one at `index`. */
  function add(entry: Omit<Exchange, 'id'>, index = -1): void {
    count += 1
    const exchange = { id: count, ...entry }
    if (index < 0) history.push(exchange)
    else history[index] = exchange
    if (history.length > MAX_EXCHANGES) history.shift()
    for (const listener of listeners) listener(exchange)
  }

  async function answer(
    line: string,
    text: RequestText,
    by: Origin['by'] = 'typed',
  ): Promise<void> {
    const actor = { operator: 'web:local' }
    const origin = { by, textEntry: 'form' } as const
    const reply = await ask(bot.parse(line), { actor, chat: CHAT, origin, text })
    if (!reply) return
    const { message, form, live, tableStyle = 'grid' } = reply
    const rendered = async (version: Message): Promise<Rendered> => ({
      discord: await finishInSteps(
        discordSteps(withMentions(version, mentionable(bot)), tableStyle),
      ),
      telegram: await finishInSteps(telegramSteps(version, tableStyle)),
    })
    const answered = {
      line,
      ...(form && { form: { ...form, pictureBytes: PICTURE_BYTES } }),
      ...(message.file && { file: message.file }),
      ...(await rendered(message)),
    }
    add(answered)
    const first = count
    if (!live) return
    follow(first, live, async version => {
      const shown = { ...answered, of: first, ...(await rendered(version)) }
      const index = history.findIndex(({ id, of }) => id === first || of === first)
      if (index >= 0) add(shown, index)
      return index >= 0
    })
  }

  return {
    history,
    async type(data) {
      const line = pressedLine(data)
      await answer(line, typedMarkdown(line), isOfPost(data) ? 'post-button' : 'typed')
    },
    async submit({ line, text, picture }) {
      const read = { ...readMarkdown(text), source: text }
      const given = picture ? { ...read, picture: async () => picture } : read
      // The page keeps the text of a form that it sends, so a refusal need not repeat it.
      await answer(line, { typed: '', read: () => given })
    },
    show(post, rendered, isNew) {
      const before = history.findIndex(exchange => exchange.post === post)
      // The chat has dropped this post from its history. A change must not look like a new post.
      if (before < 0 && !isNew) return
      add({ post, ...rendered }, before)
    },
    isOpen: () => listeners.size > 0,
    listen(listener) {
      if (listeners.size >= MAX_PAGES) return undefined
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
