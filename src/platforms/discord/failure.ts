import {
  DiscordAPIError,
  DiscordjsError,
  DiscordjsErrorCodes,
  HTTPError,
  RateLimitError,
} from 'discord.js'
import type { Failure } from '../../poster.ts'
import { StrangeAnswer } from '../attempt.ts'
import { readWait } from '../wait.ts'

/** Errors of the connection that come before the request has left. */
const NOT_SENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

/** Invalid form body. */
const INVALID = 50035

/** Whether Discord refuses what a body holds. */
export function isInvalid(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === INVALID
}

/** Unknown channel, unknown guild. */
const UNKNOWN = [10003, 10004]

/** No access, no direct messages, no permission, no common server, no follow-ups in this place. */
const CLOSED = [50001, 50007, 50013, 50278, 40094]

/** Unknown interaction, unknown message, unknown webhook, invalid webhook token: too late. */
const LATE = [10062, 10008, 10015, 50027]

/** Already acknowledged, already published: an earlier try had arrived. No channel to publish from. */
const DONE = [40060, 40033, 50024]

/** What an operator does when Discord refuses the token. */
const REFUSED_TOKEN =
  'Discord refuses the token: reset it in the developer portal (Bot, Reset Token) and put the new one into DISCORD_TOKEN.'

/** What a failed call of Discord's REST API means. Pure. */
export function judge(error: unknown): Failure {
  if (error instanceof RateLimitError) {
    const wait = readWait(Math.max(error.retryAfter, error.timeToReset) / 1000)
    const isOfToken = error.global || error.scope === 'global'
    return { next: 'retry', code: '429', ...wait, alone: !isOfToken }
  }
  if (error instanceof DiscordAPIError) return judgeAnswer(error)
  if (error instanceof HTTPError) return { next: 'uncertain', code: String(error.status) }
  if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid) {
    return { next: 'stop', code: error.code, message: REFUSED_TOKEN }
  }
  if (error instanceof StrangeAnswer) {
    return { next: 'uncertain', code: 'strange', isUnreadable: true }
  }
  const { name, code, cause } = error as {
    name?: string
    code?: unknown
    cause?: { code?: string }
  }
  // The code of an aborted call is a number that says nothing.
  const said = String((typeof code === 'string' && code) || (cause?.code ?? name))
  return { next: NOT_SENT.includes(said) ? 'retry' : 'uncertain', code: said }
}

function judgeAnswer({ status, code: given }: DiscordAPIError): Failure {
  // Not Discord's own answer, whose codes are numbers: a proxy's page tells nothing of a message or chat.
  if (status !== 401 && typeof given !== 'number') return { next: 'retry', code: String(status) }
  const code = `${status} ${typeof given === 'number' ? given : ''}`.trim()
  if (DONE.includes(Number(given))) return { next: 'done', code }
  if (LATE.includes(Number(given))) return { next: 'lost', code }
  if (UNKNOWN.includes(Number(given))) return { next: 'gone', code, why: 'deleted' }
  if (CLOSED.includes(Number(given))) return { next: 'gone', code, why: 'forbidden' }
  if (status === 401) return { next: 'stop', code, message: REFUSED_TOKEN }
  if (status === 403) return { next: 'gone', code, why: 'forbidden' }
  return { next: 'rejected', code }
}

/** Close codes of the gateway after which trying again does not help, with what does. */
export const CLOSED_FOR_GOOD: Readonly<Record<number, string>> = {
  4004: REFUSED_TOKEN,
  4010: 'Discord refuses the shard: no other process may shard this bot by hand.',
  4011: 'Discord demands more shards: update Sitrep, which shards by itself.',
  4012: 'Discord refuses this version of its gateway: update Sitrep.',
  4013: 'Discord does not know an intent that Sitrep asks for: update Sitrep.',
  4014: 'Discord does not allow an intent that Sitrep asks for: update Sitrep, which needs no privileged one.',
}
