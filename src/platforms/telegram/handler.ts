import type { Update, UserFromGetMe } from 'telegraf/types'
import { BoundedMap } from '../../async/bounded-map.ts'
import type { KeyedQueue } from '../../async/keyed-queue.ts'
import { retry } from '../../async/retry.ts'
import type { Bot, Line, Reply, RequestChat } from '../../bot.ts'
import type { Clock, PlatformTime } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Message } from '../../message.ts'
import type { ChatRef } from '../../platform.ts'
import { StoreUnavailableError } from '../../platform.ts'
import { renderText } from '../../render/text.ts'
import type { Ask } from '../answer-queue.ts'
import { isPassing } from '../placement.ts'
import type { Queues } from '../request-queues.ts'
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
  /** Whether the request of each update is done. */
  const handled = new BoundedMap<number, Promise<boolean>>(SEEN)
  let isLogged = false

  /** Returns the chat of a request, with the rights of the user there. */
  function chatOf(line: Line, ref: ChatRef, { user, unverified }: Asker): RequestChat {
    const id = unverified ?? Number(user.split(':')[1])
    return {
      ref,
      mayManage: unverified === undefined ? undefined : rightsCheckOf(line, ref, unverified),
      // An admin of a channel manages it from their private chat.
      ...(ref.kind === 'private' && {
        reach: (name: string) => rights.check(call => reach(call, name, id, me)),
      }),
    }
  }

  /** Returns a check whether a user may manage a chat. The check starts at once if the line asks for a change. */
  function rightsCheckOf(line: Line, place: ChatRef, user: number) {
    const [chat = ''] = place.address.split('/')
    const ahead = () => rights.ahead(chat, user, call => mayManage(call, place, user))
    return line.isChange ? ahead() : () => ahead()()
  }

  /**
   * Stores a change of a chat, in the order of the chat's other updates. Retries until the store is available. Rejects
   * with {@link StoreUnavailableError} if the platform stops first.
   */
  function storeChange<T>(chat: string, write: () => Promise<T>): Promise<T> {
    const mayPass = (error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) return false
      const fields = { event: 'platform.unkept', platform: 'telegram' }
      if (!isLogged) log.warn(fields, 'Couldn’t save a change of a chat. Retrying.')
      isLogged = true
      return true
    }
    return queues.run(chat, async () => {
      const stored = await retry(write, { clock, signal, mayPass })
      isLogged = false
      return stored
    })
  }

  async function answerLine(incoming: Extract<Incoming, { kind: 'line' }>): Promise<void> {
    const { target, by, asked, addressed, place, asker, message, text } = incoming
    const line = bot.parse(incoming.line)
    // A command of another bot must not use up the queue or the rate limit.
    if (!addressed && !line.isKnown) return
    const asking = ask(line, {
      actor: { user: asker.user },
      chat: chatOf(line, place, asker),
      origin: {
        by,
        textEntry: 'reply',
        id: `${target.chat}/${message}`,
        asked: asked && (time?.toOwn(asked) ?? asked),
      },
      text,
    })
    lanes.add(target.chat, async () => {
      const reply = await asking
      if (reply && reply.rush !== 'again') await replies.send(target, reply)
    })
    await asking
  }

  async function answerPress(press: Press): Promise<void> {
    const { id, on, place, asker } = press
    const line = bot.parse(press.line)
    const { misplaced, isFromPost } = 'shared' in on ? SHARED : on
    const where = 'shared' in on ? `shared ${on.shared}` : on.target.chat
    // All presses of a chat share a lane. With a lane for each user, a busy chat would leave no room for others.
    const inPressLane = (work: () => Promise<void>) => lanes.add(`press ${where}`, work, PRESSES)
    const chat = place && chatOf(line, place, asker)
    // Only a channel needs this `await`, during which a later update may overtake the press.
    const isReader = 'shared' in on || !on.isPublic ? false : await isReaderOf(on, chat)
    if (isReader && !line.isPrivate) {
      // A reader gets the answer in their own chat with the bot.
      return inPressLane(() => replies.openPrivateChat(id, line.text))
    }
    const isAlone = isReader || isForPresser(press, line)
    const by = isFromPost ? 'post-button' : 'button'
    const origin = { by, textEntry: 'reply', isMisplaced: misplaced } as const
    const asking = ask(line, { actor: { user: asker.user }, chat, origin })
    const isNote = (reply: Reply) =>
      isAlone || isPassing(reply) || (isDoubtful(press) && !reply.understood)
    // The acknowledgement has another lane than the reply, so that the button need not wait for earlier replies.
    inPressLane(async () => {
      const reply = await asking
      await replies.acknowledge(id, reply && isNote(reply) ? plainText(reply.message) : undefined)
    })
    if (isAlone) return void (await asking)
    lanes.add(where, async () => {
      const reply = await asking
      if (reply && !isNote(reply)) await replies.replace(on, line.text, reply)
    })
    await asking
  }

  /**
   * Whether the presser counts as a reader of the channel: the bot then sends and edits nothing there. A failed check
   * of their rights counts as no right.
   */
  async function isReaderOf(
    on: Exclude<Pressed, { shared: string }>,
    chat: RequestChat | undefined,
  ): Promise<boolean> {
    return !on.whole || (await chat?.mayManage?.().catch(() => false)) !== true
  }

  /**
   * Whether the answer to a press is shown to the presser alone. The data may be their own text, which would appear in
   * the bot's name. Under a shared message, the bot shows only parts of the briefing.
   */
  function isForPresser(press: Press, { content }: Line): boolean {
    if (!isDoubtful(press)) return false
    return 'shared' in press.on ? content !== 'briefing' : content === 'echo'
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
    const incoming = readUpdate(update, me, pictureOf)
    recordSignOfLife(update, incoming)
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
        return storeChange(incoming.chat, () => bot.seen('telegram', [incoming.chat]))
      case 'left':
        return storeChange(incoming.chat, () => {
          const { chat, why, ...more } = incoming
          return bot.left({ platform: 'telegram', address: chat }, why, false, more)
        })
      case 'moved':
        return storeChange(incoming.from, () => bot.moved('telegram', incoming.from, incoming.to))
      default:
        return undefined
    }
  }

  /**
   * Records that the chat of an update can be reached. A line that another person chose records nothing. `handle`
   * records a change of the bot's own status.
   */
  function recordSignOfLife(update: Update, incoming: Incoming | undefined): void {
    if (incoming?.kind === 'line' && incoming.by === 'suggested') return
    const chat =
      incoming && OWN_STATUS.includes(incoming.kind) ? undefined : reachableChat(update, me)
    if (chat === undefined) return
    bot.seen('telegram', [chat]).catch(err => {
      // The store logs its own failures. The next update records the same.
      if (err instanceof StoreUnavailableError) return
      const fields = { event: 'update.unread', platform: 'telegram', update: update.update_id, err }
      log.error(fields, 'Couldn’t record that a chat is active.')
    })
  }

  async function greet(place: ChatRef): Promise<void> {
    const message = await storeChange(place.address, () => bot.joined(place))
    if (!message) return
    lanes.add(place.address, () =>
      replies.send({ chat: place.address }, { message, understood: true }),
    )
  }

  async function take(update: Update): Promise<boolean> {
    const id = update.update_id
    try {
      await handle(update)
    } catch (err) {
      if (err instanceof StoreUnavailableError) {
        // The change is not stored, so Telegram should redeliver the update.
        handled.delete(id)
        return false
      }
      const fields = { event: 'update.unread', platform: 'telegram', update: id, err }
      log.error(fields, 'Skipped an update that couldn’t be read.')
    }
    return true
  }

  return update => {
    const id = update.update_id
    const handling = handled.get(id) ?? take(update)
    handled.set(id, handling)
    return handling
  }
}

const OWN_STATUS: readonly Incoming['kind'][] = ['joined', 'allowed', 'left', 'moved']

/** The traits of a press under a shared message, whose chat the bot may not see. */
const SHARED = { misplaced: false, isFromPost: false }

/** Whether other users see the message, and Telegram does not confirm that the pressed button is under it. Pure. */
function isDoubtful({ on, place }: Press): boolean {
  return 'shared' in on || (!on.isOwn && place?.kind !== 'private')
}

function plainText({ body }: Message): string {
  return renderText({ body }, { columns: 200, style: 'cards', colour: false })
}
