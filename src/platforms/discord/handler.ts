import type { APIInteraction, APIMessage } from 'discord.js'
import type { KeyedQueue } from '../../async/keyed-queue.ts'
import type { PlatformTime } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Bot } from '../../platform.ts'
import type { Ask } from '../answer-queue.ts'
import { bodyAfterCommand } from '../body-after-command.ts'
import { type Incoming, type ReadingOptions, readInteraction, readMessage } from './interactions.ts'
import { CHOICES } from './menu.ts'
import type { Replies } from './replies.ts'
import type { FetchPicture } from './user-text.ts'

/** Interactions of one person that are answered side by side; each has to be within 3 s. */
const INTERACTIONS = 8

export interface HandlerOptions {
  readonly bot: Pick<Bot, 'menu' | 'find'>
  readonly ask: Ask
  readonly lanes: KeyedQueue
  readonly log: Log
  readonly replies: Replies
  readonly fetchPicture: FetchPicture
  readonly time?: PlatformTime | undefined
  readonly channelName: NonNullable<ReadingOptions['channelName']>
}

/** Answers what comes in, by itself. Throws where an event has not the form of one. */
export interface Handler {
  interaction(interaction: APIInteraction): void
  /** `me` is the bot's own id. */
  message(message: APIMessage, me: string): void
}

export function createHandler(options: HandlerOptions): Handler {
  const { bot, ask, lanes, log, replies, fetchPicture, time, channelName } = options
  let isTold = false

  /** Whether a request has to be dropped because too many answers wait. Logs the first of a row. */
  function isFull(): boolean {
    const full = !lanes.hasRoom()
    const fields = { event: 'update.dropped', platform: 'discord' }
    if (full && !isTold) log.warn(fields, 'Too many answers wait, so further requests are dropped.')
    isTold = full
    return full
  }

  function answer(incoming: Exclude<Incoming, { kind: 'complete' }>): void {
    const { interaction, line, user, member, place, barred, manages, roles } = incoming
    const { written, isFilledIn = false } = incoming
    const command = line.slice(1).split(' ', 1)[0]
    const entry = bot.menu().find(({ name }) => name === command)
    const rights = {
      ...{ member, mayManage: async () => manages },
      ...(barred && { barred }),
      ...(place && { place, isInServer: place.within !== undefined }),
      ...(roles && { roles }),
    }
    const isFromPost = incoming.kind === 'press' && incoming.isFromPost
    const what = { id: interaction.id, hasForms: true, isFromPost, isFilledIn }
    // Discord wants the answer within 3 s, so it has just been asked, whatever the own clock says.
    const asking = ask({ line, user, ...rights, ...what, ...(written && { written }) })
    // Not in the channel's lane: Discord waits 3 s for the first answer. What follows it is in order.
    const first = async () => {
      const rest = await replies.answer(incoming, asking, {
        isPrivate: entry?.private ?? false,
        asksForm: entry?.asksForm ?? false,
      })
      if (rest) lanes.add(interaction.channel?.id ?? interaction.id, rest)
    }
    lanes.add(user, first, { width: INTERACTIONS })
  }

  function choices({ command, option, typed }: Extract<Incoming, { kind: 'complete' }>) {
    const entry = bot.menu().find(({ name }) => name === command)
    const known = entry?.parameters.find(({ name }) => name === option)?.choices ?? []
    const found =
      known.length > 0
        ? known
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
        // Each letter that is typed asks again.
        lanes.replace(`complete ${incoming.user}`, () =>
          replies.complete(interaction, choices(incoming)),
        )
      } else if (incoming) answer(incoming)
    },
    message(message, me) {
      const question = readMessage(message, me)
      if (!question || isFull()) return
      const { line, user, asked, channel, place } = question
      // A message does not tell what its author may do: changes are made by slash commands.
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
      lanes.add(channel, async () => {
        const reply = await asking
        if (reply && reply.rush !== 'again') await replies.send(question, reply)
      })
    },
  }
}

function matches(text: string, typed: string): boolean {
  return text.toLowerCase().includes(typed.toLowerCase())
}
