import { isDeepStrictEqual } from 'node:util'
import { type APIInteraction, InteractionResponseType, MessageFlags } from 'discord.js'
import { BoundedMap } from '../../async/bounded-map.ts'
import type { Bot, Line, Reply } from '../../bot.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Message } from '../../message.ts'
import type { KnownRights } from '../../poster.ts'
import type { CommandIds } from '../../render/command-mentions.ts'
import type { DiscordBody } from '../../render/discord.ts'
import { refusedOf } from '../fallback.ts'
import { createLiveReplies } from '../live-replies.ts'
import type { Api } from './api.ts'
import { withRight } from './failure.ts'
import { editing, type WithFiles } from './files.ts'
import { type Incoming, isMember, isOwn, messageOf, type Question } from './interactions.ts'
import { modalOf } from './modal.ts'
import { hasUpload, hidden, isReplaced, type Prepared, prepare, render } from './rendered-reply.ts'
import { createReplyCalls, DEFERRAL, OTHER_CALL, type Rest, type Sent } from './reply-calls.ts'

/** Wait before an interaction is deferred, in milliseconds. Discord waits 3 s for the first response. */
const DEFER_MS = 1000

/**
 * Wait before an interaction is deferred that may open a form, in milliseconds. A deferred interaction cannot open a
 * modal, so this is as long as one call may still be in time.
 */
const FORM_MS = 2000

/** Time in which an answer can be edited, in milliseconds: Discord's token of an interaction is valid for 15 minutes. */
const EDITABLE_MS = 14 * 60_000

/** Most answers whose users are remembered. A press under a forgotten answer gets a copy of the answer. */
const MAX_ANSWERS = 1000

export interface RepliesOptions {
  /** Receives the channels that refuse the bot. */
  readonly bot: Pick<Bot, 'left'>
  readonly api: Api
  readonly withFiles: WithFiles
  readonly clock: Clock
  readonly log: Log
  readonly onReply?: ((address: string) => void) | undefined
  readonly rights: KnownRights
  readonly commandIds: CommandIds
  /** Aborts calls and waits when the platform ends. */
  readonly signal: AbortSignal
}

type Answerable = Exclude<Incoming, { kind: 'complete' }>

export interface Replies {
  /** Answers an interaction. Resolves to a function that sends the rest; undefined if there is no rest. */
  answer(
    incoming: Answerable,
    asking: Promise<Reply | undefined>,
    line: Line,
  ): Promise<Rest | undefined>
  complete(interaction: APIInteraction, choices: { name: string; value: string }[]): Promise<void>
  /** Answers a message in its channel. */
  send(question: Question, reply: Reply): Promise<void>
  /** Posts a message in a channel unprompted, at most once. */
  post(channel: string, message: Message): Promise<Sent>
  /** Returns the user whose question a message in a channel answers; undefined if this process does not remember. */
  askerOf(message: string): string | undefined
}

export function createReplies(options: RepliesOptions): Replies {
  const { bot, api, clock, log, onReply, rights, commandIds, signal } = options
  const { sent, inOrder, editResponse, respond, followUps } = createReplyCalls(options)
  /** The users whom the newest answers in channels are for, by message: Discord does not name them in a press. */
  const askers = new BoundedMap<string, string>(MAX_ANSWERS)
  const liveReplies = createLiveReplies({ clock, log, signal })

  /** Resolves to the reply, which may be undefined itself, in an object; to undefined if it takes over `withinMs`. */
  async function soon(asking: Promise<Reply | undefined>, withinMs: number) {
    const answered = asking.then(reply => ({ reply }))
    // Most answers are ready by now and need no timer.
    const now = await Promise.race([
      answered,
      new Promise<undefined>(resolve => setImmediate(resolve, undefined)),
    ])
    return now ?? Promise.race([answered, clock.pause(withinMs, signal)])
  }

  /** Posts bodies in a channel. Discord accepts one message for each nonce, so a retry cannot post twice. */
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
    const result = await inOrder('message', numbered, async (body, files) => {
      onReply?.(channel)
      const { id } = await api.post(channel, body, files)
      if (asker !== undefined) askers.set(id, asker)
    })
    // The channel would refuse unprompted posts too, so mark it unreachable.
    if (typeof result === 'object') {
      const more = refusedOf(withRight(result, channel, rights))
      await bot.left({ platform: 'discord', address: channel }, result.why, true, more)
    }
    return result
  }

  /** Ends the changes of the pressed message: see `LiveReplies.end`. */
  async function endLive({ interaction }: Answerable): Promise<boolean> {
    const key = messageOf(interaction)
    return key !== undefined && liveReplies.end(key)
  }

  /** Shows the later versions of an answer that has replaced a message, as long as Discord lets it be edited. */
  function keepLive({ interaction }: Answerable, reply: Reply, shown: readonly DiscordBody[]) {
    const key = messageOf(interaction)
    if (key === undefined) return
    const until = clock.now().add({ milliseconds: EDITABLE_MS })
    const at = reply.live?.at.filter(time => Temporal.Instant.compare(time, until) < 0) ?? []
    if (!reply.live || at.length === 0) return
    let [last] = shown
    liveReplies.follow(key, { ...reply.live, at }, async (version, ending) => {
      const [body, ...more] = await render({ ...reply, message: version }, commandIds)
      if (!body || more.length > 0) return false
      if (isDeepStrictEqual(body, last)) return true
      last = body
      const limits = { ...OTHER_CALL, signal: ending }
      return (await editResponse(interaction, 'edit', body, limits)) === 'sent'
    })
  }

  async function answerNow(incoming: Answerable, reply: Reply, { bodies, alone }: Prepared) {
    const { interaction } = incoming
    const [data, ...rest] = bodies.map(body => (alone ? hidden(body) : body))
    const type = isReplaced(incoming, reply, bodies)
      ? InteractionResponseType.UpdateMessage
      : InteractionResponseType.ChannelMessageWithSource
    const isUpdate = type === InteractionResponseType.UpdateMessage
    const ended = isUpdate && endLive(incoming)
    const responded = await respond(interaction, {
      type,
      data: isUpdate && data ? editing(data) : data,
    })
    // Discord waits only 3 s for an answer. An edit that was under way may have overwritten it, so it is repeated.
    if (data && responded === 'sent' && (await ended)) {
      await editResponse(interaction, 'edit', data)
    }
    if (isUpdate) keepLive(incoming, reply, bodies)
    return responded === 'sent' && rest.length > 0 ? followUps(interaction, rest) : undefined
  }

  async function answerLater(
    incoming: Answerable,
    asking: Promise<Reply | undefined>,
    isDeferredHidden: boolean,
  ): Promise<Rest | undefined> {
    const { interaction } = incoming
    const replaces = incoming.kind === 'press' && isOwn(incoming)
    const deferral = replaces
      ? { type: InteractionResponseType.DeferredMessageUpdate }
      : {
          type: InteractionResponseType.DeferredChannelMessageWithSource,
          // The deferral fixes only whether the answer is ephemeral. The components follow with the edit.
          data: isDeferredHidden ? { flags: MessageFlags.Ephemeral } : {},
        }
    if ((await respond(interaction, deferral, DEFERRAL)) !== 'sent') return undefined
    const reply = await asking
    const { bodies, alone } = reply
      ? await prepare(reply, isDeferredHidden, isMember(interaction), commandIds)
      : NOTHING
    const shown = alone ? bodies.map(hidden) : bodies
    if (replaces && !(reply && isReplaced(incoming, reply, bodies))) {
      return followUps(interaction, shown)
    }
    if (replaces) await endLive(incoming)
    const [head] = bodies
    // An edit cannot change whether the answer is ephemeral, so a deferral of the other kind is deleted.
    const isDeleted = !head || alone !== isDeferredHidden
    return async () => {
      const result = isDeleted
        ? await sent('part', () => api.deleteResponse(interaction))
        : await editResponse(interaction, 'part', head)
      if (result !== 'sent') return
      if (replaces && reply && !isDeleted) keepLive(incoming, reply, bodies)
      await followUps(interaction, isDeleted ? shown : shown.slice(1))()
    }
  }

  return {
    async answer(incoming, asking, { isPrivate, asksForm }) {
      const first = await soon(asking, asksForm ? FORM_MS : DEFER_MS)
      const isHidden = isPrivate || !isOwn(incoming)
      if (!first) return answerLater(incoming, asking, isHidden)
      const form = first.reply?.form
      if (form) {
        await respond(incoming.interaction, {
          type: InteractionResponseType.Modal,
          data: modalOf(form),
        })
        return undefined
      }
      if (!first.reply) return undefined
      const isIn = isMember(incoming.interaction)
      const prepared = await prepare(first.reply, isHidden, isIn, commandIds)
      // An upload may take longer than 3 s, so defer first.
      if (hasUpload(prepared.bodies)) return answerLater(incoming, asking, isHidden)
      return answerNow(incoming, first.reply, prepared)
    },
    async complete(interaction, choices) {
      const type = InteractionResponseType.ApplicationCommandAutocompleteResult
      await respond(interaction, { type, data: { choices } })
    },
    async send({ channel, message: id, user }, reply) {
      const [first, ...rest] = await render(reply, commandIds)
      if (!first) return
      const answering = { message_reference: { message_id: id, fail_if_not_exists: false } }
      await post(channel, [{ ...first, ...answering }, ...rest], id, user)
    },
    async post(channel, said) {
      return post(
        channel,
        await render({ message: said }, commandIds),
        crypto.randomUUID().slice(0, 20),
      )
    },
    askerOf: message => askers.get(message),
  }
}

/** The bodies of a question that gets no reply. */
const NOTHING = { bodies: [], alone: false }
