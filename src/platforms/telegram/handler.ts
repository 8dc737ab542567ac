import type { Update, UserFromGetMe } from 'telegraf/types'
import { backoffMs } from '../../async/backoff.ts'
import type { KeyedQueue } from '../../async/keyed-queue.ts'
import type { Bot, BotRequest, Reply } from '../../bot.ts'
import type { Clock, PlatformTime } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Message } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import { StoreUnavailableError } from '../../platform.ts'
import { renderText } from '../../render/text.ts'
import type { Ask } from '../answer-queue.ts'
import type { Queues } from '../queues.ts'
import type { Press, Pressed } from './callback-queries.ts'
import { inlineResults } from './inline.ts'
import { reachableChat } from './membership.ts'
import type { PictureOf } from './pictures.ts'
import type { Replies } from './replies.ts'
import { mayManage, reach } from './rights.ts'
import type { RightsMemory } from './rights-memory.ts'
import { type Asker, type Incoming, readUpdate } from './updates.ts'

/** Most ids of handled updates in memory: Telegram redelivers an update that a webhook accepts too slowly. */
const SEEN = 10_000

/** Presses of one chat that are acknowledged concurrently, and the most that wait. */
const PRESSES = { width: 20, most: 300 }

export interface HandlerOptions {
  /** The account of the bot. */
  readonly me: UserFromGetMe
  readonly bot: Bot
  readonly ask: Ask
  readonly rights: RightsMemory
  readonly clock: Clock
  readonly log: Log
  readonly lanes: KeyedQueue
  readonly queues: Queues
  readonly replies: Replies
  readonly pictureOf: PictureOf
  readonly time?: PlatformTime | undefined
  /** Ends retries. */
  readonly signal: AbortSignal
}

/**
 * Handles an update. Resolves to true when its request is done, so that the update may be confirmed to Telegram. The
 * reply is sent later, so a crash may lose a reply but no change. Resolves to false if the platform stopped before a
 * change was stored, and Telegram should redeliver the update. A redelivery before that joins the first. Never rejects.
 */
export type Handler = (update: Update) => Promise<boolean>

export function createHandler(options: HandlerOptions): Handler {
  const { me, bot, ask, rights, clock, log, lanes, queues } = options
  const { replies, pictureOf, signal, time } = options
  const handled = new Set<number>()
  const underWay = new Map<number, Promise<boolean>>()
  let isLogged = false

  /** The part of a request that names the user, the chat and their rights. */
  function requester(
    line: string,
    place: ChatRef | undefined,
    { user, unverified }: Asker,
  ): Omit<BotRequest, 'line'> {
    if (!place) return { user }
    const id = unverified ?? Number(user.split(':')[1])
    return {
      user,
      place,
      canAnswerByReply: true,
      isReadByGroup: place.kind === 'group',
      ...(unverified !== undefined && { mayManage: managesLater(line, place, unverified) }),
      // An admin of a channel manages it from their private chat.
      ...(place.kind === 'private' && {
        reach: (name: string) => rights.check(call => reach(call, name, id, me)),
      }),
    }
  }

  /** Returns a check whether a user may manage a chat. For a line that asks for a change, the check starts at once. */
  function managesLater(line: string, place: ChatRef, user: number) {
    const [chat = ''] = place.address.split('/')
    const ahead = () => rights.ahead(chat, user, call => mayManage(call, place, user))
    return bot.isWish(line) ? ahead() : () => ahead()()
  }

  /**
   * Stores a change of a chat, in the order of the chat's other updates. Retries until the store is available. Rejects
   * with {@link StoreUnavailableError} if the platform stops first.
   */
  function store<T>(chat: string, write: () => Promise<T>): Promise<T> {
    const work = async () => {
      for (let failed = 1; ; failed++) {
        try {
          const stored = await write()
          isLogged = false
          return stored
        } catch (error) {
          if (!(error instanceof StoreUnavailableError) || signal.aborted) throw error
          const fields = { event: 'platform.unkept', platform: 'telegram' }
          if (!isLogged)
            log.warn(fields, 'A change of a chat could not be kept; it is tried again.')
          isLogged = true
          await clock.pause(backoffMs(failed), signal)
        }
      }
    }
    return queues.run(chat, work)
  }

  async function answerLine(incoming: Extract<Incoming, { kind: 'line' }>): Promise<void> {
    const { target, line, isSuggested, asked, addressed, place, asker, message } = incoming
    const { written, answers } = incoming
    // A command of another bot must not use up the queue or the rate limit.
    if (!addressed && !bot.knows(line)) return
    const content = {
      id: `${target.chat}/${message}`,
      written: (words: number) => written(words, pictureOf),
      ...(answers && {
        answers: { ...answers, written: () => answers.written(pictureOf) },
      }),
    }
    const age = asked && { asked: time?.toOwn(asked) ?? asked }
    const identity = requester(line, place, asker)
    const asking = ask({ line, isSuggested, ...age, ...identity, ...content })
    lanes.add(target.chat, async () => {
      const reply = await asking
      if (reply && reply.rush !== 'again') await replies.send(target, reply)
    })
    await asking
  }

  async function answerPress(press: Press): Promise<void> {
    const { id, on, line, place, asker } = press
    const { misplaced, isFromPost } = 'shared' in on ? SHARED : on
    const where = 'shared' in on ? `shared ${on.shared}` : on.target.chat
    // All presses of a chat share a lane. With a lane for each user, a busy chat would leave no room for others.
    const acknowledged = (work: () => Promise<void>) => lanes.add(`press ${where}`, work, PRESSES)
    const identity = requester(line, place, asker)
    // Only a channel needs this `await`, during which a later update may overtake the press.
    const isReader = 'shared' in on || !on.isPublic ? false : await isReaderOf(on, identity)
    if (isReader && !isPrivate(line)) {
      // A reader gets the answer in their own chat with the bot.
      return acknowledged(() => replies.openPrivateChat(id, line))
    }
    const isAlone = isReader || isForPresser(press)
    const asking = ask({ line, isPressed: true, misplaced, isFromPost, ...identity })
    const isNote = (reply: Reply) =>
      isAlone ||
      reply.rush ||
      reply.refused ||
      reply.isNote ||
      (isDoubtful(press) && !reply.understood)
    // Outside the chat's lane, so that the button need not wait for earlier replies.
    acknowledged(async () => {
      const reply = await asking
      await replies.acknowledge(id, reply && isNote(reply) ? plainText(reply.message) : undefined)
    })
    if (isAlone) return void (await asking)
    lanes.add(where, async () => {
      const reply = await asking
      if (reply && !isNote(reply)) await replies.replace(on, line, reply)
    })
    await asking
  }

  /**
   * Whether the presser counts as a reader of the channel: the bot then sends and edits nothing there. A failed check
   * of their rights counts as no right.
   */
  async function isReaderOf(
    on: Exclude<Pressed, { shared: string }>,
    { mayManage: manages }: Pick<BotRequest, 'mayManage'>,
  ): Promise<boolean> {
    return !on.whole || (await manages?.().catch(() => false)) !== true
  }

  /**
   * Whether the answer to a press is shown to the presser alone. The data may be their own text, which would appear in
   * the bot's name. Under a shared message, the bot shows only parts of the briefing.
   */
  function isForPresser(press: Press): boolean {
    if (!isDoubtful(press)) return false
    const nature = bot.nature(press.line)
    return 'shared' in press.on ? nature !== 'shows' : nature === 'says'
  }

  /** Whether the answer to a line is for the user alone. */
  function isPrivate(line: string): boolean {
    const name = /^\/(\w+)/.exec(line)?.[1]
    return bot.menu().some(entry => entry.name === name && entry.private)
  }

  function answerInline({ id, user, words }: Extract<Incoming, { kind: 'inline' }>): void {
    // Each typed letter sends another query, so only the latest matters.
    lanes.replace(`inline ${user}`, async () =>
      replies.answerInline(id, await inlineResults(bot, ask, words, me)),
    )
  }

  async function handle(update: Update): Promise<unknown> {
    const own = 'my_chat_member' in update ? update.my_chat_member : undefined
    const changed = 'chat_member' in update ? update.chat_member : own
    if (changed) rights.forget(String(changed.chat.id))
    const incoming = readUpdate(update, me)
    recordLife(update, incoming)
    switch (incoming?.kind) {
      case 'line':
        return answerLine(incoming)
      case 'press':
        return answerPress(incoming)
      case 'inline':
        return answerInline(incoming)
      case 'joined':
        return greet(incoming.place)
      case 'allowed':
        return store(incoming.chat, () => bot.seen('telegram', [incoming.chat]))
      case 'left':
        return store(incoming.chat, () => {
          const { chat, why, ...more } = incoming
          return bot.left({ platform: 'telegram', address: chat }, why, false, more)
        })
      case 'moved':
        return store(incoming.from, () => bot.moved('telegram', incoming.from, incoming.to))
      default:
        return undefined
    }
  }

  /**
   * Records that the chat of an update can be reached. A line that another person chose records nothing. A change of
   * the bot's own status is recorded elsewhere.
   */
  function recordLife(update: Update, incoming: Incoming | undefined): void {
    if (incoming?.kind === 'line' && incoming.isSuggested) return
    const chat =
      incoming && OWN_STATUS.includes(incoming.kind) ? undefined : reachableChat(update, me)
    if (chat === undefined) return
    bot.seen('telegram', [chat]).catch(err => {
      // The store logs its own failures. The next update records the same.
      if (err instanceof StoreUnavailableError) return
      const fields = { event: 'update.unread', platform: 'telegram', update: update.update_id, err }
      log.error(fields, 'A sign of life could not be noted.')
    })
  }

  async function greet(place: ChatRef): Promise<void> {
    const message = await store(place.address, () => bot.joined(place))
    if (!message) return
    lanes.add(place.address, () =>
      replies.send({ chat: place.address }, { message, understood: true }),
    )
  }

  async function take(update: Update): Promise<boolean> {
    const id = update.update_id
    try {
      await handle(update)
      remember(id)
    } catch (err) {
      // The change is not stored, so Telegram should redeliver the update.
      if (err instanceof StoreUnavailableError) return false
      remember(id)
      const fields = { event: 'update.unread', platform: 'telegram', update: id, err }
      log.error(fields, 'An update could not be read; it is passed over.')
    }
    return true
  }

  function remember(id: number): void {
    handled.add(id)
    const [first] = handled.size > SEEN ? handled : []
    if (first !== undefined) handled.delete(first)
  }

  return update => {
    const id = update.update_id
    if (handled.has(id)) return Promise.resolve(true)
    const handling = underWay.get(id) ?? take(update).finally(() => underWay.delete(id))
    underWay.set(id, handling)
    return handling
  }
}

const OWN_STATUS: readonly Incoming['kind'][] = ['joined', 'allowed', 'left', 'moved']

/** The bot may not see the chat of a shared message. */
const SHARED = { misplaced: false, isFromPost: false }

/** Whether other users see the message, and Telegram does not confirm that the pressed button is under it. Pure. */
function isDoubtful({ on, place }: Press): boolean {
  return 'shared' in on || (!on.isOwn && place?.kind !== 'private')
}

function plainText({ body }: Message): string {
  return renderText({ body }, { columns: 200, style: 'cards', colour: false })
}
