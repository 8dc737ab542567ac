import type { Update, UserFromGetMe } from 'telegraf/types'
import { backoffMs } from '../../async/backoff.ts'
import type { KeyedQueue } from '../../async/keyed-queue.ts'
import type { Clock, PlatformTime } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Message } from '../../message.ts'
import { type Bot, type BotRequest, type ChatRef, type Reply, UnkeptError } from '../../platform.ts'
import { renderText } from '../../render/text.ts'
import type { Ask } from '../answer-queue.ts'
import type { Queues } from '../queues.ts'
import type { Press, Pressed } from './callback-queries.ts'
import { inlineResults } from './inline.ts'
import { livingChat } from './membership.ts'
import type { PictureOf } from './pictures.ts'
import type { Replies } from './replies.ts'
import { mayManage, reach } from './rights.ts'
import type { RightsMemory } from './rights-memory.ts'
import { type Asker, type Incoming, readUpdate } from './updates.ts'

/** Updates remembered by their ids: a webhook brings one again when we were slow to take it. */
const SEEN = 10_000

/** Presses under the messages of one chat that are acknowledged side by side, and that wait for it. */
const PRESSES = { width: 20, most: 300 }

export interface HandlerOptions {
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
  /** Ends what is tried again. */
  readonly signal: AbortSignal
}

/**
 * Takes an update: resolves when what it asks for is done, so that it may be acknowledged; the answer
 * goes out by itself. A crash may lose a reply, never a wish. False if the platform has ended before it was
 * kept, and it should come again. An update that comes again in the meantime joins the first. Never rejects.
 */
export type Handler = (update: Update, me: UserFromGetMe) => Promise<boolean>

export function createHandler(options: HandlerOptions): Handler {
  const { bot, ask, rights, clock, log, lanes, queues, replies } = options
  const { pictureOf, signal, time } = options
  const seen = new Set<number>()
  const underWay = new Map<number, Promise<boolean>>()
  let isUnkept = false

  /** Who asks where, and what they may. */
  function askedBy(
    line: string,
    place: ChatRef | undefined,
    { user, unproven }: Asker,
    me: UserFromGetMe,
  ): Omit<BotRequest, 'line'> {
    if (!place) return { user }
    const id = unproven ?? Number(user.split(':')[1])
    return {
      user,
      place,
      canAnswerByReply: true,
      isReadByGroup: place.kind === 'group',
      ...(unproven !== undefined && { mayManage: provenBy(line, place, unproven) }),
      // A channel is managed from the private chat of whoever administers it.
      ...(place.kind === 'private' && {
        reach: (name: string) => rights.check(call => reach(call, name, id, me)),
      }),
    }
  }

  /** Whether a user may manage a chat. A request for a change will need it, so Telegram is asked at once. */
  function provenBy(line: string, place: ChatRef, user: number) {
    const [chat = ''] = place.address.split('/')
    const ahead = () => rights.ahead(chat, user, call => mayManage(call, place, user))
    return bot.isWish(line) ? ahead() : () => ahead()()
  }

  /**
   * Keeps who has come, gone or moved, in the order of the chat's other updates. Tries again for as long as the
   * store is away. Rejects with {@link UnkeptError} if the platform ends first.
   */
  function keep<T>(chat: string, write: () => Promise<T>): Promise<T> {
    const work = async () => {
      for (let failed = 1; ; failed++) {
        try {
          const kept = await write()
          isUnkept = false
          return kept
        } catch (error) {
          if (!(error instanceof UnkeptError) || signal.aborted) throw error
          const fields = { event: 'platform.unkept', platform: 'telegram' }
          if (!isUnkept)
            log.warn(fields, 'A change of a chat could not be kept; it is tried again.')
          isUnkept = true
          await clock.pause(backoffMs(failed), signal)
        }
      }
    }
    return queues.run(chat, work)
  }

  async function answerLine(
    incoming: Extract<Incoming, { kind: 'line' }>,
    me: UserFromGetMe,
  ): Promise<void> {
    const { target, line, isSuggested, asked, addressed, place, asker, message } = incoming
    const { written, answers } = incoming
    // What is another bot's takes no place among what is ours, and counts for nothing.
    if (!addressed && !bot.knows(line)) return
    const what = {
      id: `${target.chat}/${message}`,
      written: (words: number) => written(words, pictureOf),
      ...(answers && {
        answers: { ...answers, written: () => answers.written(pictureOf) },
      }),
    }
    const age = asked && { asked: time?.toOwn(asked) ?? asked }
    const may = askedBy(line, place, asker, me)
    const asking = ask({ line, isSuggested, ...age, ...may, ...what })
    lanes.add(target.chat, async () => {
      const reply = await asking
      if (reply && reply.rush !== 'again') await replies.send(target, reply)
    })
    await asking
  }

  async function answerPress(press: Press, me: UserFromGetMe): Promise<void> {
    const { id, on, line, place, asker } = press
    const { misplaced, isFromPost } = 'shared' in on ? NOWHERE : on
    const where = 'shared' in on ? `shared ${on.shared}` : on.target.chat
    // All presses of a chat share a lane: if each presser had one, a busy chat would leave no room for others.
    const acknowledged = (work: () => Promise<void>) => lanes.add(`press ${where}`, work, PRESSES)
    const may = askedBy(line, place, asker, me)
    // An `await` would let an update that came later take its turn first: only a channel needs one.
    const isReader = 'shared' in on || !on.isPublic ? false : await presserReads(on, may)
    if (isReader && !isPrivate(line)) {
      // Each reader has their own chat for what they want to read.
      return acknowledged(() => replies.lead(id, line, me))
    }
    const isAlone = isReader || isToldAlone(press)
    const asking = ask({ line, isPressed: true, misplaced, isFromPost, ...may })
    const isNote = (reply: Reply) =>
      isAlone ||
      reply.rush ||
      reply.refused ||
      reply.isNote ||
      (isDoubtful(press) && !reply.understood)
    // Not in the chat's lane: the button waits for nobody.
    acknowledged(async () => {
      const reply = await asking
      await replies.acknowledge(id, reply && isNote(reply) ? plainText(reply.message) : undefined)
    })
    if (isAlone) return void (await asking)
    lanes.add(where, async () => {
      const reply = await asking
      if (reply && !isNote(reply)) await replies.replace(on, line, reply, me)
    })
    await asking
  }

  /**
   * Whether the presser counts as a reader of a channel, for whom nothing is sent or edited there. A failed
   * check of their rights counts as no right.
   */
  async function presserReads(
    on: Exclude<Pressed, { shared: string }>,
    { mayManage: manages }: Pick<BotRequest, 'mayManage'>,
  ): Promise<boolean> {
    return !on.whole || (await manages?.().catch(() => false)) !== true
  }

  /**
   * Whether the answer to a press is shown to the presser alone: its data may be a text of theirs, which
   * would appear in the bot's name. Under a shared message, only parts of the briefing are shown.
   */
  function isToldAlone(press: Press): boolean {
    if (!isDoubtful(press)) return false
    const nature = bot.nature(press.line)
    return 'shared' in press.on ? nature !== 'shows' : nature === 'says'
  }

  /** Whether the answer to a line is for whoever asks alone. */
  function isPrivate(line: string): boolean {
    const name = /^\/(\w+)/.exec(line)?.[1]
    return bot.menu().some(entry => entry.name === name && entry.private)
  }

  function answerInline(
    { id, user, words }: Extract<Incoming, { kind: 'inline' }>,
    me: UserFromGetMe,
  ): void {
    // Each letter that is typed asks again.
    lanes.replace(`inline ${user}`, async () =>
      replies.answerInline(id, await inlineResults(bot, ask, words, me)),
    )
  }

  async function handle(update: Update, me: UserFromGetMe): Promise<unknown> {
    const own = 'my_chat_member' in update ? update.my_chat_member : undefined
    const changed = 'chat_member' in update ? update.chat_member : own
    if (changed) rights.forget(String(changed.chat.id))
    const incoming = readUpdate(update, me)
    noteLife(update, incoming, me)
    switch (incoming?.kind) {
      case 'line':
        return answerLine(incoming, me)
      case 'press':
        return answerPress(incoming, me)
      case 'inline':
        return answerInline(incoming, me)
      case 'joined':
        return greet(incoming.place)
      case 'allowed':
        return keep(incoming.chat, () => bot.seen('telegram', [incoming.chat]))
      case 'left':
        return keep(incoming.chat, () => {
          const { chat, why, ...more } = incoming
          return bot.left({ platform: 'telegram', address: chat }, why, false, more)
        })
      case 'moved':
        return keep(incoming.from, () => bot.moved('telegram', incoming.from, incoming.to))
      default:
        return undefined
    }
  }

  /**
   * An update of whatever kind shows that its chat can be reached. Words that another person has chosen change
   * nothing, and the bot's own rights are kept apart.
   */
  function noteLife(update: Update, incoming: Incoming | undefined, me: UserFromGetMe): void {
    if (incoming?.kind === 'line' && incoming.isSuggested) return
    const chat = incoming && KEPT_APART.includes(incoming.kind) ? undefined : livingChat(update, me)
    if (chat === undefined) return
    bot.seen('telegram', [chat]).catch(err => {
      // The store logs its own failures; the next update is as good a sign.
      if (err instanceof UnkeptError) return
      const fields = { event: 'update.unread', platform: 'telegram', update: update.update_id, err }
      log.error(fields, 'A sign of life could not be noted.')
    })
  }

  async function greet(place: ChatRef): Promise<void> {
    const message = await keep(place.address, () => bot.joined(place))
    if (!message) return
    lanes.add(place.address, () =>
      replies.send({ chat: place.address }, { message, understood: true }),
    )
  }

  async function take(update: Update, me: UserFromGetMe): Promise<boolean> {
    const id = update.update_id
    try {
      await handle(update, me)
      remember(id)
    } catch (err) {
      // Who has come and gone is not forgotten because it could not be written down.
      if (err instanceof UnkeptError) return false
      remember(id)
      const fields = { event: 'update.unread', platform: 'telegram', update: id, err }
      log.error(fields, 'An update could not be read; it is passed over.')
    }
    return true
  }

  function remember(id: number): void {
    seen.add(id)
    const [first] = seen.size > SEEN ? seen : []
    if (first !== undefined) seen.delete(first)
  }

  return (update, me) => {
    const id = update.update_id
    if (seen.has(id)) return Promise.resolve(true)
    const accepting = underWay.get(id) ?? take(update, me).finally(() => underWay.delete(id))
    underWay.set(id, accepting)
    return accepting
  }
}

const KEPT_APART: readonly Incoming['kind'][] = ['joined', 'allowed', 'left', 'moved']

/** A shared message is in a chat that may be closed to the bot. */
const NOWHERE = { misplaced: false, isFromPost: false }

/** Whether others see the message, and Telegram does not tell that it has the pressed button. Pure. */
function isDoubtful({ on, place }: Press): boolean {
  return 'shared' in on || (!on.isOwn && place?.kind !== 'private')
}

function plainText({ body }: Message): string {
  return renderText({ body }, { columns: 200, style: 'cards', colour: false })
}
