import type { APIInteraction, APIMessage } from 'discord.js'
import type { KeyedQueue } from '../../async/keyed-queue.ts'
import type { Bot } from '../../bot.ts'
import type { PlatformTime } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Ask } from '../answer-queue.ts'
import { bodyAfterCommand } from '../body-after-command.ts'
import { type Incoming, type ReadingOptions, readInteraction, readMessage } from './interactions.ts'
import { CHOICES } from './menu.ts'
import type { Replies } from './replies.ts'
import type { FetchPicture } from './user-text.ts'

/** Interactions of one user that are answered concurrently: Discord expects each answer within 3 s. */
const INTERACTIONS = 8

export interface HandlerOptions {
  readonly bot: Pick<Bot, 'menu' | 'find'>
  readonly ask: Ask
  readonly queue: KeyedQueue
  readonly log: Log
  readonly replies: Replies
  readonly fetchPicture: FetchPicture
  readonly time?: PlatformTime | undefined
  readonly channelName: NonNullable<ReadingOptions['channelName']>
}

/** Answers interactions and messages in the background. Throws a TypeError if an event is malformed. */
export interface Handler {
  interaction(interaction: APIInteraction): void
  /** `me` is the bot's own id. */
  message(message: APIMessage, me: string): void
}

export function createHandler(options: HandlerOptions): Handler {
  const { bot, ask, queue, log, replies, fetchPicture, time, channelName } = options
  let isLogged = false

  /** Returns whether a request has to be dropped because too many answers wait. Logs the first of a series. */
  function isFull(): boolean {
    const full = !queue.hasRoom()
    const fields = { event: 'update.dropped', platform: 'discord' }
    if (full && !isLogged)
      log.warn(fields, 'Too many answers wait, so further requests are dropped.')
    isLogged = full
    return full
  }

  function answer(incoming: Exclude<Incoming, { kind: 'complete' }>): void {
    const { interaction, line, user, member, place, barred, manages, roles } = incoming
    const { written, isFilledIn = false } = incoming
    const command = line.slice(1).split(' ', 1)[0]
    const entry = bot.menu().find(({ name }) => name === command)
    const rights = {
      member,
      mayManage: async () => manages,
      ...(barred && { barred }),
      ...(place && { place, isInServer: place.within !== undefined }),
      ...(roles && { roles }),
    }
    const isFromPost = incoming.kind === 'press' && incoming.isFromPost
    const origin = { id: interaction.id, hasForms: true, isFromPost, isFilledIn }
    // The request has no time: Discord drops interactions after 3 s, so this one is new even if the own clock is wrong.
    const asking = ask({ line, user, ...rights, ...origin, ...(written && { written }) })
    // Discord waits 3 s for the first answer, so it does not queue by channel. The parts after it do.
    const first = async () => {
      const rest = await replies.answer(incoming, asking, {
        isPrivate: entry?.private ?? false,
        asksForm: entry?.asksForm ?? false,
      })
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
      const reading = { menu: bot.menu(), fetchPicture, askerOf, channelName }
      const incoming = readInteraction(interaction, reading)
      if (incoming?.kind === 'complete') {
        // Discord asks again for each typed letter, so only the newest request counts.
        queue.replace(`complete ${incoming.user}`, () =>
          replies.complete(interaction, choices(incoming)),
        )
      } else if (incoming) answer(incoming)
    },
    message(message, me) {
      const question = readMessage(message, me)
      if (!question || isFull()) return
      const { line, user, asked, channel, place } = question
      // A message does not carry its author's rights, so settings can only be changed by slash commands.
      const rights = place.within
        ? { mayManage: async () => 'unknown' as const }
        : { barred: 'direct' as const }
      const asking = ask({
        line,
        user,
        asked: time?.toOwn(asked) ?? asked,
        place,
        isInServer: place.within !== undefined,
        ...rights,
        id: message.id,
        written: bodyAfterCommand(line),
      })
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
