import {
  type APIInteraction,
  InteractionResponseType,
  MessageFlags,
  type RawFile,
} from 'discord.js'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Message } from '../../message.ts'
import type { Bot, Reply } from '../../platform.ts'
import type { Failure, KnownRights, Outcome } from '../../poster.ts'
import type { DiscordBody } from '../../render/discord.ts'
import { refusedOf, sendOrPlainer } from '../fallback.ts'
import { asAnswer, isMistake } from '../pictures.ts'
import { retry } from '../retry.ts'
import type { Api, Body } from './api.ts'
import { classifyError, withRight } from './failure.ts'
import { plainer, type WithFiles } from './files.ts'
import type { Incoming, Question } from './interactions.ts'
import { modalOf } from './modal.ts'
import { createAskers } from './recent-askers.ts'
import { hidden, prepare, render } from './rendered-reply.ts'

/** After this long Discord is told that an answer is on its way: it waits 3 s for the first. */
const DEFER_MS = 1000

/** What may be a form cannot be promised: as long as its one call may still be in time. */
const FORM_MS = 2000

/** How a first answer is tried, and a promise of one: so that it is there within 3 s. See CALLBACK_MS. */
const AT_ONCE = { tries: 2, patienceMs: 1500 }
const PROMISE = { tries: 2, patienceMs: 500 }

/** How all else is tried: an answer twice is better than none, a third time is too late. */
const IN_TIME = {
  tries: 3,
  // A question older than this is not answered either.
  patienceMs: 10 * 60_000,
}

export interface RepliesOptions {
  /** Told of channels that are gone. */
  readonly bot: Pick<Bot, 'left'>
  readonly api: Api
  readonly withFiles: WithFiles
  readonly clock: Clock
  readonly log: Log
  readonly onReply?: ((address: string) => void) | undefined
  readonly rights: KnownRights
  /** Aborts what still waits when the platform ends. */
  readonly signal: AbortSignal
}

type Answerable = Exclude<Incoming, { kind: 'complete' }>

type Sent = 'sent' | 'failed' | Extract<Failure, { next: 'gone' }>

/** Sends what follows a first answer. */
type Rest = () => Promise<void>

interface Answering {
  /** It is for the asker alone, whatever it says. */
  readonly isPrivate: boolean
  /** It may be a form: one cannot follow upon a promise. */
  readonly asksForm: boolean
}

export interface Replies {
  /**
   * Answers an interaction. Resolves to what sends the rest, where there is more than the first answer.
   */
  answer(
    incoming: Answerable,
    asking: Promise<Reply | undefined>,
    how: Answering,
  ): Promise<Rest | undefined>
  complete(interaction: APIInteraction, choices: { name: string; value: string }[]): Promise<void>
  /** Answers a message in its channel. */
  send(question: Question, reply: Reply): Promise<void>
  /** Posts without having been asked, once in a channel. */
  post(channel: string, message: Message): Promise<Sent>
  /** The user whose question a message in a channel answers, as far as this process remembers. */
  askerOf(message: string): string | undefined
}

export function createReplies(options: RepliesOptions): Replies {
  const { bot, api, withFiles, clock, log, onReply, rights, signal } = options
  const askers = createAskers()

  async function attempted(
    what: string,
    call: () => Promise<unknown>,
    limits = IN_TIME,
  ): Promise<Outcome<unknown>> {
    const outcome = await retry(call, { classifyError, clock, signal, ...limits })
    if (!outcome.ok && outcome.failure.next !== 'done') report(what, outcome.failure)
    return outcome
  }

  async function sent(...request: Parameters<typeof attempted>): Promise<Sent> {
    return sentOf(await attempted(...request))
  }

  function report(what: string, failure: Failure): void {
    const { next, code } = failure
    const fields = { event: 'reply.failed', platform: 'discord', what, next, code }
    if (isMistake(failure)) log.error(fields, 'Discord has refused a reply.')
    else log.warn(fields, 'A reply could not be sent.')
  }

  /** The answer, where it is there before Discord has to be told that it is on its way. */
  async function soon(asking: Promise<Reply | undefined>, withinMs: number) {
    const given = asking.then(reply => ({ reply }))
    // Most answers are there already, and need no timer.
    const now = await Promise.race([
      given,
      new Promise<undefined>(resolve => setImmediate(resolve, undefined)),
    ])
    return now ?? Promise.race([given, clock.pause(withinMs, signal)])
  }

  /** Each body, until one does not arrive: what follows it would be read as the whole. */
  async function inOrder(
    what: string,
    bodies: readonly DiscordBody[],
    send: (body: Body, files?: RawFile[]) => unknown,
  ): Promise<Sent> {
    // Whatever is wrong with a picture, the words are not lost.
    const plainest = (body: DiscordBody, failure: Failure) => plainer(body, asAnswer(failure))
    for (const body of bodies) {
      const outcome = await sendOrPlainer(body, plainest, form =>
        attempted(what, async () => send(...(await withFiles(form)))),
      )
      const come = sentOf(outcome)
      if (come !== 'sent') return come
    }
    return 'sent'
  }

  /** In a channel. Discord takes one message of a nonce: sent again, it is there once. */
  async function post(
    channel: string,
    bodies: readonly DiscordBody[],
    nonce: string,
    asker?: string,
  ): Promise<Sent> {
    const numbered = bodies.map((body, index) => ({
      ...body,
      nonce: `${nonce}-${index}`,
      enforce_nonce: true,
    }))
    const come = await inOrder('message', numbered, async (body, files) => {
      onReply?.(channel)
      const { id } = await api.post(channel, body, files)
      if (asker !== undefined) askers.remember(id, asker)
    })
    // What is posted there by itself would meet the same.
    if (typeof come === 'object') {
      const more = refusedOf(withRight(come, channel, rights))
      await bot.left({ platform: 'discord', address: channel }, come.why, true, more)
    }
    return come
  }

  function respond(interaction: APIInteraction, response: object, limits = AT_ONCE) {
    // The types know the builders' forms of components, not the plain ones.
    const typed = response as Parameters<Api['respond']>[1]
    return sent('response', () => api.respond(interaction, typed), limits)
  }

  function followUps(interaction: APIInteraction, bodies: readonly DiscordBody[]): Rest {
    return async () => {
      await inOrder('part', bodies, (...body) => api.followUp(interaction, ...body))
    }
  }

  async function answerNow(incoming: Answerable, reply: Reply, isPrivate: boolean) {
    const { interaction, member } = incoming
    const { bodies, alone } = prepare(reply, isPrivate || !isOwn(incoming), member)
    const [data, ...rest] = bodies.map(body => (alone ? hidden(body) : body))
    const type = isReplaced(incoming, reply, bodies)
      ? InteractionResponseType.UpdateMessage
      : InteractionResponseType.ChannelMessageWithSource
    const responded = await respond(interaction, { type, data })
    return responded === 'sent' && rest.length > 0 ? followUps(interaction, rest) : undefined
  }

  async function answerLater(
    incoming: Answerable,
    asking: Promise<Reply | undefined>,
    isPrivate: boolean,
  ): Promise<Rest | undefined> {
    const { interaction, member } = incoming
    const replaces = incoming.kind === 'press' && isOwn(incoming)
    const promisedAlone = isPrivate || !isOwn(incoming)
    const deferral = replaces
      ? { type: InteractionResponseType.DeferredMessageUpdate }
      : {
          type: InteractionResponseType.DeferredChannelMessageWithSource,
          // Only whether it is hidden can be said now; its components come with the edit.
          data: promisedAlone ? { flags: MessageFlags.Ephemeral } : {},
        }
    if ((await respond(interaction, deferral, PROMISE)) !== 'sent') return undefined
    const reply = await asking
    const { bodies, alone } = reply ? prepare(reply, promisedAlone, member) : NOTHING
    const shown = alone ? bodies.map(hidden) : bodies
    if (replaces && !(reply && isReplaced(incoming, reply, bodies))) {
      return followUps(interaction, shown)
    }
    // An edit cannot hide, nor show: that was decided by the promise.
    const [head] = bodies
    // What was promised to everybody cannot be hidden any more: the promise is taken back.
    const isBroken = !head || alone !== promisedAlone
    return async () => {
      const kept = isBroken
        ? await sent('part', () => api.deleteResponse(interaction))
        : await inOrder('part', [head], (...body) => api.editResponse(interaction, ...body))
      if (kept === 'sent') await followUps(interaction, isBroken ? shown : shown.slice(1))()
    }
  }

  return {
    async answer(incoming, asking, { isPrivate, asksForm }) {
      const first = await soon(asking, asksForm ? FORM_MS : DEFER_MS)
      if (!first) return answerLater(incoming, asking, isPrivate)
      const form = first.reply?.form
      if (form) {
        await respond(incoming.interaction, {
          type: InteractionResponseType.Modal,
          data: modalOf(form),
        })
        return undefined
      }
      // What takes long to send is promised first.
      if (first.reply?.message.picture) return answerLater(incoming, asking, isPrivate)
      return first.reply && answerNow(incoming, first.reply, isPrivate)
    },
    async complete(interaction, choices) {
      const type = InteractionResponseType.ApplicationCommandAutocompleteResult
      await respond(interaction, { type, data: { choices } })
    },
    async send({ channel, message: id, user }, reply) {
      const [first, ...rest] = render(reply)
      if (!first) return
      const answering = { message_reference: { message_id: id, fail_if_not_exists: false } }
      await post(channel, [{ ...first, ...answering }, ...rest], id, user)
    },
    post: (channel, said) =>
      post(channel, render({ message: said }), crypto.randomUUID().slice(0, 20)),
    askerOf: askers.of,
  }
}

function sentOf(outcome: Outcome<unknown>): Sent {
  if (outcome.ok || outcome.failure.next === 'done') return 'sent'
  return outcome.failure.next === 'gone' ? outcome.failure : 'failed'
}

/** Of a question that is left there is nothing to show. */
const NOTHING = { bodies: [], alone: false }

/** Somebody else's answer is left to them: who presses its buttons gets a copy of their own. */
function isOwn(incoming: Incoming): boolean {
  return incoming.kind !== 'press' || incoming.own
}

/** Whether the answer takes the place of the message whose button was pressed. */
function isReplaced(incoming: Incoming, reply: Reply, bodies: readonly DiscordBody[]): boolean {
  return (
    incoming.kind === 'press' &&
    incoming.own &&
    incoming.whole &&
    bodies.length === 1 &&
    // No text becomes a picture.
    !reply.message.picture &&
    reply.understood
  )
}
