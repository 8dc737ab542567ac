import type { APIInteraction, RawFile } from 'discord.js'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Failure, Outcome } from '../../poster.ts'
import type { DiscordBody } from '../../render/discord.ts'
import { hasArrived, sendInOrder } from '../fallback.ts'
import { logReplyFailure } from '../pictures.ts'
import { type RetryOptions, retry } from '../retry.ts'
import type { Api, Body } from './api.ts'
import { classifyError } from './failure.ts'
import { editing, plainerAnswer, type WithFiles } from './files.ts'

/** Attempts for a first answer and for a deferral, so that it arrives within 3 s. See CALLBACK_MS. */
const FIRST_ANSWER = { tries: 2, patienceMs: 1500 }
export const DEFERRAL = { tries: 2, patienceMs: 500 }

/** Attempts for all other calls. */
export const OTHER_CALL = {
  tries: 3,
  // The bot does not answer a question that is older than this either.
  patienceMs: 10 * 60_000,
}

/** How often and for how long a call is tried; `signal` ends that earlier than the platform does. */
type Limits = Pick<RetryOptions, 'tries' | 'patienceMs'> & { readonly signal?: AbortSignal }

export type Sent = 'sent' | 'failed' | Extract<Failure, { next: 'gone' }>

/** Sends the parts after a first answer. */
export type Rest = () => Promise<void>

interface Options {
  readonly api: Api
  readonly withFiles: WithFiles
  readonly clock: Clock
  readonly log: Log
  /** Aborts calls and waits when the platform ends. */
  readonly signal: AbortSignal
}

/** Creates the calls of replies, which are tried again and never reject. */
export function createReplyCalls({ api, withFiles, clock, log, signal }: Options) {
  async function attempted(
    what: string,
    call: () => Promise<unknown>,
    limits: Limits = OTHER_CALL,
  ): Promise<Outcome<unknown>> {
    const outcome = await retry(call, { classifyError, clock, signal, ...limits })
    if (!outcome.ok && outcome.failure.next !== 'done') {
      logReplyFailure(log, 'Discord', { platform: 'discord', what }, outcome.failure)
    }
    return outcome
  }

  async function sent(...request: Parameters<typeof attempted>): Promise<Sent> {
    return sentOf(await attempted(...request))
  }

  /** Sends bodies as {@link sendInOrder} does. */
  async function inOrder(
    what: string,
    bodies: readonly DiscordBody[],
    send: (body: Body, files?: RawFile[]) => unknown,
    limits: Limits = OTHER_CALL,
  ): Promise<Sent> {
    const sendOne = (body: DiscordBody) =>
      attempted(what, async () => send(...(await withFiles(body))), limits)
    return sentOf(await sendInOrder(bodies, plainerAnswer, sendOne))
  }

  /** Replaces the first response, or the message of a pressed button. Its attachments go, unless the body has them. */
  function editResponse(
    interaction: APIInteraction,
    what: string,
    body: DiscordBody,
    limits?: Limits,
  ): Promise<Sent> {
    const edit = (form: Body, files?: RawFile[]) =>
      api.editResponse(interaction, editing(form), files)
    return inOrder(what, [body], edit, limits)
  }

  function respond(interaction: APIInteraction, response: object, limits: Limits = FIRST_ANSWER) {
    // The SDK's types expect the components' builders, not plain objects.
    const typed = response as Parameters<Api['respond']>[1]
    return sent('response', () => api.respond(interaction, typed), limits)
  }

  function followUps(interaction: APIInteraction, bodies: readonly DiscordBody[]): Rest {
    return async () => {
      await inOrder('part', bodies, (...body) => api.followUp(interaction, ...body))
    }
  }

  return { sent, inOrder, editResponse, respond, followUps }
}

function sentOf(outcome: Outcome<unknown>): Sent {
  if (hasArrived(outcome)) return 'sent'
  return !outcome.ok && outcome.failure.next === 'gone' ? outcome.failure : 'failed'
}
