import { type APIInteraction, InteractionResponseType, MessageFlags } from 'discord.js'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { type Message, message, paragraph } from '../../message.ts'
import type { Reply } from '../../platform.ts'
import { type DiscordBody, renderDiscord } from '../../render/discord.ts'
import { remembered } from '../../render/remembered.ts'
import { texts } from '../../texts.ts'
import { attempt, type Failure } from '../attempt.ts'
import type { Api, Body } from './api.ts'
import { judge } from './failure.ts'
import type { Incoming, Question } from './requests.ts'

/** After this long Discord is told that an answer is on its way: it waits 3 s for the first. */
const DEFER_MS = 1000

/** Calls for one part: an answer twice is better than none, a third time is too late. */
const TRIES = 3

/** Follow-ups that somebody's own installation may send in a place that has not added the bot. */
const FOLLOW_UPS = 5

export interface RepliesOptions {
  readonly api: Api
  readonly clock: Clock
  readonly log: Log
  /** Aborts what still waits when the platform ends. */
  readonly signal: AbortSignal
}

export interface Replies {
  /** Answers an interaction; `isPrivate` where it is for the asker alone whatever it says. */
  answer(
    incoming: Exclude<Incoming, { kind: 'complete' }>,
    asking: Promise<Reply | undefined>,
    isPrivate: boolean,
  ): Promise<void>
  complete(interaction: APIInteraction, choices: { name: string; value: string }[]): Promise<void>
  /** Answers a message in its channel. */
  send(question: Question, reply: Reply): Promise<void>
  /** Posts without having been asked; false where it is not let. */
  post(channel: string, message: Message): Promise<boolean>
}

export function createReplies({ api, clock, log, signal }: RepliesOptions): Replies {
  async function attempted(what: string, call: () => Promise<unknown>): Promise<boolean> {
    const outcome = await attempt(call, { judge, clock, signal, tries: TRIES })
    if (!outcome.ok) report(what, outcome.failure)
    return outcome.ok || outcome.failure.next === 'done'
  }

  function report(what: string, { next, code }: Failure): void {
    if (next === 'done') return
    const fields = { event: 'reply.failed', platform: 'discord', what, next, code }
    // Nobody has to act where a reader has gone; a body that is refused is a mistake of ours.
    if (next === 'rejected' || next === 'stop') log.error(fields, 'Discord has refused a reply.')
    else log.warn(fields, 'A reply could not be sent.')
  }

  /** The answer, where it is there before Discord has to be told that it is on its way. */
  async function soon(asking: Promise<Reply | undefined>) {
    const given = asking.then(reply => ({ reply }))
    // Most answers are there already, and need no timer.
    const now = await Promise.race([
      given,
      new Promise<undefined>(resolve => setImmediate(resolve, undefined)),
    ])
    return now ?? Promise.race([given, clock.pause(DEFER_MS, signal)])
  }

  /** Each body, until one does not arrive: what follows it would be read as the whole. */
  async function inOrder(bodies: readonly Body[], send: (body: Body) => Promise<unknown>) {
    for (const body of bodies) if (!(await attempted('part', () => send(body)))) return
  }

  async function posted(channel: string, bodies: readonly Body[]): Promise<boolean> {
    for (const body of bodies) {
      if (!(await attempted('message', () => api.post(channel, body)))) return false
    }
    return true
  }

  return {
    async answer(incoming, asking, isPrivate) {
      const { interaction, member } = incoming
      const followUps = (bodies: readonly Body[]) =>
        inOrder(bodies, body => api.followUp(interaction, body))

      const first = await soon(asking)
      if (first) {
        if (!first.reply) return
        const { bodies, alone } = prepare(first.reply, isPrivate || !isOwn(incoming), member)
        const replaces = isReplaced(incoming, first.reply, bodies)
        const [data, ...rest] = bodies.map(body => (alone ? hidden(body) : body))
        const response = replaces
          ? { type: InteractionResponseType.UpdateMessage, data }
          : { type: InteractionResponseType.ChannelMessageWithSource, data }
        // The types know the builders' forms of components, not the plain ones.
        const answered = await attempted('response', () =>
          api.respond(interaction, response as Parameters<Api['respond']>[1]),
        )
        if (answered) await followUps(rest)
        return
      }

      const replaces = incoming.kind === 'press' && isOwn(incoming)
      const alone = isPrivate || !isOwn(incoming)
      const deferral = replaces
        ? { type: InteractionResponseType.DeferredMessageUpdate as const }
        : {
            type: InteractionResponseType.DeferredChannelMessageWithSource as const,
            // Only whether it is hidden can be said now; its components come with the edit.
            data: alone ? { flags: MessageFlags.Ephemeral as const } : {},
          }
      if (!(await attempted('response', () => api.respond(interaction, deferral)))) return
      const reply = await asking
      if (!reply) return
      const prepared = prepare(reply, alone, member)
      const [head, ...rest] = prepared.bodies
      const bodies = prepared.alone ? rest.map(hidden) : rest
      if (replaces && head && !isReplaced(incoming, reply, prepared.bodies)) {
        return followUps([prepared.alone ? hidden(head) : head, ...bodies])
      }
      if (head && (await attempted('part', () => api.editResponse(interaction, head)))) {
        await followUps(bodies)
      }
    },
    async complete(interaction, choices) {
      const type = InteractionResponseType.ApplicationCommandAutocompleteResult
      await attempted('choices', () => api.respond(interaction, { type, data: { choices } }))
    },
    async send({ channel, message: id }, reply) {
      const bodies = plain(render(reply.message)).map((body, index) => ({
        ...body,
        // Sent again where no answer came: Discord takes one message of a nonce.
        nonce: `${id}-${index}`,
        enforce_nonce: true,
        ...(index === 0 && {
          message_reference: { message_id: id, fail_if_not_exists: false },
        }),
      }))
      await posted(channel, bodies)
    },
    post: (channel, said) => posted(channel, plain(render(said))),
  }
}

const render = remembered(renderDiscord)

/** What is sent, and whether for the asker alone. */
function prepare(reply: Reply, isPrivate: boolean, member: boolean) {
  const alone = isPrivate || !reply.understood
  const bodies = render(reply.message)
  if (member || bodies.length <= FOLLOW_UPS + 1) return { alone, bodies: plain(bodies) }
  const said = message([paragraph(texts.tooManyParts(bodies.length, FOLLOW_UPS + 1))])
  return { alone: true, bodies: plain(render(said)) }
}

/** Somebody else's answer is left to them: who presses its buttons gets a copy of their own. */
function isOwn(incoming: Incoming): boolean {
  return incoming.kind !== 'press' || incoming.own
}

/** Whether the answer takes the place of the message whose button was pressed. */
function isReplaced(incoming: Incoming, reply: Reply, bodies: readonly Body[]): boolean {
  return (
    incoming.kind === 'press' &&
    incoming.own &&
    incoming.whole &&
    bodies.length === 1 &&
    reply.understood
  )
}

/** The types of the SDK know its builders' forms; these are the very same fields. */
function plain(bodies: readonly DiscordBody[]): Body[] {
  return bodies as unknown as Body[]
}

function hidden(body: Body): Body {
  return { ...body, flags: ((body.flags ?? 0) | MessageFlags.Ephemeral) as MessageFlags }
}
