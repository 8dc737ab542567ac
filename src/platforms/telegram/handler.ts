import type { Update, UserFromGetMe } from 'telegraf/types'
import type { Log } from '../../log.ts'
import type { Message } from '../../message.ts'
import type { Bot } from '../../platform.ts'
import { renderText } from '../../render/text.ts'
import { ask } from '../ask.ts'
import type { Lanes } from '../lanes.ts'
import { inlineResults } from './inline.ts'
import type { Replies } from './replies.ts'
import { type Incoming, readUpdate } from './updates.ts'

/** Updates remembered by their ids: a webhook brings one again when we were slow to take it. */
const SEEN = 10_000

/** Presses of one person that are acknowledged side by side: more than anybody has fingers for. */
const PRESSES = 4

export interface HandlerOptions {
  readonly bot: Bot
  readonly log: Log
  readonly lanes: Lanes
  readonly replies: Replies
}

/**
 * Takes an update: resolves when what it asks for is done, so that it may be acknowledged; the answer
 * goes out by itself. A crash may lose a reply, never a wish. Never rejects.
 */
export type Handler = (update: Update, me: UserFromGetMe) => Promise<void>

export function createHandler({ bot, log, lanes, replies }: HandlerOptions): Handler {
  const seen = new Set<number>()

  async function answerLine(incoming: Extract<Incoming, { kind: 'line' }>): Promise<void> {
    const { target, line, user, asked, addressed } = incoming
    const asking = ask(bot, { line, user, asked, addressed }, log)
    // What is another bot's takes no place among what is ours.
    if (!addressed && !(await asking)) return
    lanes.add(target.chat, async () => {
      const reply = await asking
      if (reply && reply.rush !== 'again') await replies.send(target, reply)
    })
    await asking
  }

  async function answerPress(
    { id, on, line, user }: Extract<Incoming, { kind: 'press' }>,
    me: UserFromGetMe,
  ): Promise<void> {
    const asking = ask(bot, { line, user }, log)
    // Not in the chat's lane: the button waits for nobody.
    const acknowledge = async () => {
      const reply = await asking
      // What was shared into a chat that is closed to us is not overwritten with our excuses.
      const isNote = reply?.rush || ('shared' in on && !reply?.understood)
      await replies.acknowledge(id, reply && isNote ? plainText(reply.message) : undefined)
    }
    lanes.add(`press ${user}`, acknowledge, PRESSES)
    lanes.add('shared' in on ? `shared ${on.shared}` : on.target.chat, async () => {
      const reply = await asking
      if (reply && !reply.rush) await replies.replace(on, line, reply, me)
    })
    await asking
  }

  function answerInline(
    { id, user, words }: Extract<Incoming, { kind: 'inline' }>,
    me: UserFromGetMe,
  ): void {
    // Each letter that is typed asks again.
    lanes.replace(`inline ${user}`, async () =>
      replies.answerInline(id, await inlineResults(bot, words, me, log)),
    )
  }

  async function handle(update: Update, me: UserFromGetMe): Promise<void> {
    const incoming = readUpdate(update, me)
    if (incoming?.kind === 'line') await answerLine(incoming)
    if (incoming?.kind === 'press') await answerPress(incoming, me)
    if (incoming?.kind === 'inline') answerInline(incoming, me)
  }

  return async (update, me) => {
    const id = update.update_id
    if (seen.has(id)) return
    seen.add(id)
    const [first] = seen.size > SEEN ? seen : []
    if (first !== undefined) seen.delete(first)
    try {
      await handle(update, me)
    } catch (err) {
      const fields = { event: 'update.unread', platform: 'telegram', update: id, err }
      log.error(fields, 'An update could not be read; it is passed over.')
    }
  }
}

function plainText(message: Message): string {
  return renderText(message, { columns: 200, style: 'cards', colour: false })
}
