import {
  DiscordAPIError,
  DiscordjsError,
  DiscordjsErrorCodes,
  HTTPError,
  RateLimitError,
} from 'discord.js'
import type { Gone } from '../../platform.ts'
import type { Failure, KnownRights } from '../../poster.ts'
import { texts } from '../../texts.ts'
import { readWait } from '../named-wait.ts'
import { UnexpectedResponse } from '../retry.ts'

/** Errors of the connection that come before the request has left. */
const NOT_SENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

const rights = texts.rights.discord

/** Invalid form body. */
const INVALID = 50035

/** Whether Discord refuses what a body holds. */
export function isInvalid(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === INVALID
}

/** A channel that is unknown was deleted; so says the poster if the channel cannot be fetched either. */
const UNKNOWN_CHANNEL = 10003

/** An archived thread takes no change, and no new message if it is locked. */
const ARCHIVED = 50083
const LOCKED = 160005

/** Refusals of the place, with the missing right if the code stands for one. */
const PLACE: Readonly<Record<number, readonly [why: Gone, right?: string]>> = {
  [UNKNOWN_CHANNEL]: ['deleted'],
  /** Unknown guild. */
  10004: ['deleted'],
  /** No access, and during an outage. */
  50001: ['forbidden'],
  /** No direct messages to this user. */
  50007: ['forbidden'],
  /** No text channel. */
  50008: ['forbidden'],
  /** Some right, or the bot is timed out. */
  50013: ['forbidden'],
  /** No common server. */
  50278: ['forbidden'],
  /** No further follow-ups in this place. */
  40094: ['forbidden'],
  /** No reply without the history. */
  160002: ['forbidden', rights.history],
  [LOCKED]: ['forbidden', rights.threads],
}

/** Invalid file, file too large. */
const BAD_PICTURE = [50046, 50045]

/** Request too large, nothing to send, invalid JSON, a harmful link. */
const BAD_CONTENT = [40005, 50006, 50109, 240000, INVALID]

/** A feature that is off, an application that is not there yet, an overloaded resource, Discord's own network. */
const PASSING = [40006, 110001, 130000, 40333]

/** Unknown interaction, unknown message, unknown webhook, invalid webhook token: too late. */
const LATE = [10062, 10008, 10015, 50027]

/** Already acknowledged, already published: an earlier try had arrived. No channel to publish from. */
const DONE = [40060, 40033, 50024]

/** Whether Discord does not know a channel. */
export function isUnknownChannel(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === UNKNOWN_CHANNEL
}

/** Whether a thread has to be woken first. */
export function isArchived(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === ARCHIVED
}

/** What an operator does when Discord refuses the token. */
const REFUSED_TOKEN =
  'Discord refuses the token: reset it in the developer portal (Bot, Reset Token) and put the new one into DISCORD_TOKEN.'

/** What a failed call of Discord's REST API means. Pure. */
export function classifyError(error: unknown): Failure {
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
  if (error instanceof UnexpectedResponse) {
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

function judgeAnswer({ status, code: given, message: said }: DiscordAPIError): Failure {
  // Not Discord's own answer, whose codes are numbers: a proxy's page tells nothing of a message or chat.
  if (status !== 401 && typeof given !== 'number') return { next: 'retry', code: String(status) }
  const code = `${status} ${typeof given === 'number' ? given : ''}`.trim()
  if (DONE.includes(Number(given))) return { next: 'done', code }
  if (LATE.includes(Number(given))) return { next: 'message-missing', code }
  if (status === 401) return { next: 'stop', code, message: REFUSED_TOKEN }
  if (PASSING.includes(Number(given))) return { next: 'retry', code }
  if (given === ARCHIVED) {
    return { next: 'rejected', code, of: 'place', reason: 'archived', right: rights.threads, said }
  }
  if (BAD_PICTURE.includes(Number(given))) {
    return { next: 'rejected', code, of: 'content', isPicture: true, reason: 'picture' }
  }
  if (BAD_CONTENT.includes(Number(given))) return { next: 'rejected', code, of: 'content' }
  const place = PLACE[Number(given)]
  if (!place && status !== 403) return { next: 'rejected', code, of: 'place', said }
  const [why = 'forbidden', right] = place ?? []
  return { next: 'gone', code, why, ...(right !== undefined && { right }), said }
}

/**
 * The refusal of a channel, with the right that the client reads as missing: Discord's answer seldom names one.
 * Pure.
 */
export function withRight(
  failure: Extract<Failure, { next: 'gone' }>,
  channel: string,
  rights: KnownRights | undefined,
) {
  const right = failure.why === 'forbidden' ? rights?.lacking(channel) : undefined
  return right === undefined ? failure : { ...failure, right }
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
