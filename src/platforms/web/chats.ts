import { randomBytes } from 'node:crypto'
import { BoundedMap } from '../../async/bounded-map.ts'
import type { Bot } from '../../bot.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { StoreUnavailableError } from '../../platform.ts'
import { createAsk } from '../answer-queue.ts'
import { createLiveReplies } from '../live-replies.ts'
import { answerBodies } from './bodies.ts'
import { type Conversation, createConversation } from './conversation.ts'
import { createHistory, type History } from './history.ts'
import type { PageBodies, ShownPictures } from './pictures.ts'
import type { Place } from './protocol.ts'
import { CHATS, placeOf } from './view.ts'

/** A conversation with its history. */
export interface Chat extends Conversation {
  readonly history: History
  /** Empties the history, and greets as in a new chat. */
  reset(): Promise<void>
}

/** A post as it is shown. */
interface Post extends PageBodies {
  readonly isSilent?: true
}

export interface Chats {
  /** Opens a new session. Returns the secret that gives access to it. */
  open(): string
  /** Resolves to the chat of a session in a place; to undefined if the session is not known. */
  find(session: string | undefined, place: Place): Promise<Chat | undefined>
  has(session: string | undefined): boolean
  /** Shows a post in its chat, also in sessions that are opened later. Returns its ID. */
  post(address: string, post: Post): string
  /** Replaces a post. Returns false if the post is no longer kept. */
  amend(id: string, bodies: PageBodies): boolean
  /** Draws the answers of all open chats anew, because the content has changed; those of others once they are found. */
  redraw(): Promise<void>
  close(): void
}

/** Most sessions that are kept. Beyond that, the one without an open page that was unused for longest is dropped. */
const MAX_SESSIONS = 50
/** Most posts that are kept for sessions that are opened later. */
const MAX_POSTS = 20

export interface ChatsOptions {
  readonly bot: Bot
  readonly clock: Clock
  readonly log: Log
  /** IANA zone of the views' times. */
  readonly timeZone: string
  readonly pictures: Pick<ShownPictures, 'measured'>
  /** See `PlatformOptions`. */
  readonly onAnswered?: (ms: number) => void
}

/** A post that is kept. */
interface KeptPost {
  readonly place: Place
  /** Replaced by amendments, which leave the post at its place among the others. */
  post: Post
  readonly at: number
}

/** The chats of a browser, by their places. A chat is greeted when it is opened. */
type Session = Map<Place, { readonly chat: Chat; readonly greeted: Promise<void> }>

/** Creates the chats. They are in memory: a page that reloads keeps its chats until a restart. */
export function createChats(options: ChatsOptions): Chats {
  const { bot, clock, log, timeZone, pictures, onAnswered } = options
  const ask = createAsk(log, undefined, undefined, onAnswered)
  const ending = new AbortController()
  const liveReplies = createLiveReplies({ clock, log, signal: ending.signal })
  const sessions = new Map<string, Session>()
  const posts = new BoundedMap<string, KeptPost>(MAX_POSTS)
  /** Chats without an open page that were drawn from earlier content. */
  const outdated = new WeakSet<Chat>()
  let count = 0

  function createChat(place: Place): Chat {
    const history = createHistory()
    const conversation = createConversation({
      ...{ bot, ask, clock, timeZone, history, pictures },
      follow(live, show) {
        count += 1
        liveReplies.follow(String(count), live, show)
      },
    })
    let lastReset = Promise.resolve()
    return {
      ...conversation,
      history,
      reset() {
        // A reset while another one greets would leave both greetings.
        const next = async () => {
          history.clear()
          await greet(place, { ...conversation, history })
        }
        lastReset = lastReset.then(next, next)
        return lastReset
      },
    }
  }

  /** Shows what a new chat begins with, then the posts of its place. */
  async function greet(place: Place, chat: Omit<Chat, 'reset'>): Promise<void> {
    if (place === 'private') {
      // Telegram types /start when a chat is opened. The same here fills the empty page.
      const view = { platform: 'both', place, role: 'moderator' } as const
      await chat.type({ view, line: '/start' })
    } else if (place !== 'user-installed') {
      const said = await bot.joined(CHATS[place]).catch(err => {
        // The store logs its own failures. The chat then begins without a greeting.
        if (!(err instanceof StoreUnavailableError)) {
          log.error({ event: 'answer.failed', err }, 'Failed to greet a chat.')
        }
      })
      const at = clock.now().epochMilliseconds
      if (said) {
        const bodies = await pictures.measured(await answerBodies(said, 'grid', bot))
        chat.history.add({ by: 'post', at, ...bodies })
      }
    }
    for (const [id, kept] of posts) if (kept.place === place) show(chat.history, id, kept)
  }

  function show(history: History, id: string, { post, at }: KeptPost): void {
    const isShown = history.entries().some(each => each.post === id)
    // A post that arrives while a chat is greeted is shown already.
    if (isShown || post.discord.length + post.telegram.length === 0) return
    history.add({ by: 'post', at, ...post }, { shows: {}, post: id })
  }

  /** Returns the histories of a place, in every session that has opened it. */
  function historiesOf(place: Place): History[] {
    return [...sessions.values()].flatMap(session => session.get(place)?.chat.history ?? [])
  }

  const isOpen = (session: Session) =>
    [...session.values()].some(({ chat }) => chat.history.isOpen())

  return {
    open() {
      const id = randomBytes(24).toString('base64url')
      sessions.set(id, new Map())
      const unused = [...sessions].filter(([other, each]) => other !== id && !isOpen(each))
      const excess = Math.max(0, sessions.size - MAX_SESSIONS)
      for (const [other] of unused.slice(0, excess)) sessions.delete(other)
      return id
    },
    has: (id = '') => sessions.has(id),
    async find(id = '', place) {
      const session = sessions.get(id)
      if (!session) return undefined
      // Moves the session to the end, so that the first one is the one unused for longest.
      sessions.delete(id)
      sessions.set(id, session)
      const chat = session.get(place)?.chat ?? createChat(place)
      const opened = session.get(place) ?? { chat, greeted: greet(place, chat) }
      session.set(place, opened)
      await opened.greeted
      if (outdated.delete(opened.chat)) void opened.chat.redraw()
      return opened.chat
    },
    post(address, post) {
      const place = placeOf(address)
      const id = randomBytes(6).toString('base64url')
      const kept = { place, post, at: clock.now().epochMilliseconds }
      posts.set(id, kept)
      for (const history of historiesOf(place)) show(history, id, kept)
      return id
    },
    amend(id, bodies) {
      const before = posts.get(id)
      if (!before) return false
      before.post = { ...before.post, ...bodies }
      for (const history of historiesOf(before.place)) {
        const shown = history.entries().find(({ post }) => post === id)
        if (shown) history.change(shown.entry.key, { ...bodies, isEdited: true })
      }
      return true
    },
    async redraw() {
      const all = [...sessions.values()].flatMap(session => [...session.values()])
      for (const { chat } of all) if (!chat.history.isOpen()) outdated.add(chat)
      for (const { chat } of all) if (!outdated.has(chat)) await chat.redraw()
    },
    close() {
      ending.abort()
      sessions.clear()
    },
  }
}
