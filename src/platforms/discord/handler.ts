import type { APIInteraction, APIMessage } from 'discord.js'
import type { KeyedQueue } from '../../async/keyed-queue.ts'
import type { Bot } from '../../bot.ts'
import type { PlatformTime } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Ask } from '../answer-queue.ts'
import { type Incoming, type ReadingOptions, readInteraction, readMessage } from './interactions.ts'
import { CHOICES } from './menu.ts'
import type { Replies } from './replies.ts'
import type { FetchPicture } from './user-text.ts'

/** Most interactions of one user that are answered concurrently: Discord expects each answer within 3 s. */
const INTERACTIONS = 8

export interface HandlerOptions {
  readonly bot: Pick<Bot, 'parse' | 'menu' | 'find'>
  readonly ask: Ask
  readonly queue: KeyedQueue
  readonly log: Log
  readonly replies: Replies
  readonly fetchPicture: FetchPicture
  readonly time?: PlatformTime | undefined
  readonly channelName: NonNullable<ReadingOptions['channelName']>
  readonly commandName: NonNullable<ReadingOptions['commandName']>
}

/** Answers interactions and messages in the background. Throws a TypeError if an event is malformed. */
export interface Handler {
  interaction(interaction: APIInteraction): void
  /** `me` is the bot's own id. */
  message(message: APIMessage, me: string): void
}

export function createHandler(options: HandlerOptions): Handler {
  const { bot, ask, queue, log, replies, fetchPicture, time, channelName, commandName } = options
  let isLogged = false

  /** Returns whether a request has to be dropped because too many answers wait. Logs the first of a series. */
  function isFull(): boolean {
    const full = !queue.hasRoom()
    const fields = { event: 'update.dropped', platform: 'discord' }
    if (full && !isLogged)
      log.warn(fields, 'Too many answers are waiting. Dropping further requests.')
    isLogged = full
    return full
  }

  function answer(incoming: Exclude<Incoming, { kind: 'complete' }>): void {
    const { interaction, user, request } = incoming
    const line = bot.parse(incoming.line)
    const asking = ask(line, request)
    // Discord waits 3 s for the first answer, so the first answer does not queue by channel. The other parts do.
    const first = async () => {
      const rest = await replies.answer(incoming, asking, line)
      if (rest) queue.add(interaction.channel?.id ?? interaction.id, rest)
    }
    queue.add(user, first, { width: INTERACTIONS })
  }

  function choices({ command, option, typed }: Extract<Incoming, { kind: 'complete' }>) {
    const entry = bot.menu().find(({ name }) => name === command)
    const fixed = entry?.parameters.find(({ name }) => name === option)?.choices ?? []
    const found =
      fixed.length > 0
        ? fixed
            .filter(({ title, value }) => matches(title, typed) || matches(value, typed))
            .map(({ title, value }) => ({ name: title, value }))
        : bot.find(typed, CHOICES).map(({ title }) => ({ name: title, value: title }))
    return found.slice(0, CHOICES)
  }

  return {
    interaction(interaction) {
      if (isFull()) return
      const { askerOf } = replies
      const reading = { menu: bot.menu(), fetchPicture, askerOf, channelName, commandName }
      const incoming = readInteraction(interaction, reading)
      if (incoming?.kind === 'complete') {
        // Discord asks again for each typed letter, so only the newest request counts.
        queue.replace(`complete ${incoming.user}`, () =>
          replies.complete(interaction, choices(incoming)),
        )
      } else if (incoming) answer(incoming)
    },
    message(message, me) {
      const question = readMessage(message, me, sent => time?.toOwn(sent) ?? sent)
      if (!question || isFull()) return
      const { channel, line, request } = question
      const asking = ask(bot.parse(line), request)
      queue.add(channel, async () => {
        const reply = await asking
        if (reply && reply.rush !== 'again') await replies.send(question, reply)
      })
    },
  }
}

function matches(text: string, typed: string): boolean {
  return text.toLowerCase().includes(typed.toLowerCase())
}
