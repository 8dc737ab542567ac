import {
  DiscordAPIError,
  DiscordjsError,
  DiscordjsErrorCodes,
  HTTPError,
  RateLimitError,
} from 'discord.js'
import type { UnreachableReason } from '../../platform.ts'
import type { Failure, KnownRights } from '../../poster.ts'
import { texts } from '../../texts.ts'
import { classifyConnectionError } from '../retry.ts'
import { readWait } from '../retry-after.ts'

const rights = texts.rights.discord

/** Code for an invalid form body. */
const INVALID = 50035

/** Returns whether Discord rejects the content of a body. */
export function isInvalid(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === INVALID
}

/** Code for an unknown channel. The poster fetches the channel before it treats the channel as deleted. */
const UNKNOWN_CHANNEL = 10003

/** Codes for a change in an archived thread, and for a message in a locked thread. */
const ARCHIVED = 50083
const LOCKED = 160005

/** Codes of refusals by a chat, with the missing right if the code stands for one. */
const CHAT_REFUSALS: Readonly<Record<number, readonly [why: UnreachableReason, right?: string]>> = {
  [UNKNOWN_CHANNEL]: ['deleted'],
  /** Unknown guild. */
  10004: ['deleted'],
  /** No access; also sent during an outage. */
  50001: ['forbidden'],
  /** No direct messages to this user. */
  50007: ['forbidden'],
  /** Not a text channel. */
  50008: ['forbidden'],
  /** A right is missing, or the bot is timed out. */
  50013: ['forbidden'],
  /** No common server. */
  50278: ['forbidden'],
  /** No further follow-ups in this chat. */
  40094: ['forbidden'],
  /** No reply without the right to read the message history. */
  160002: ['forbidden', rights.history],
  [LOCKED]: ['forbidden', rights.threads],
}

/** Codes for a refused picture: invalid file, file too large. */
const BAD_PICTURE = [50046, 50045]

const REFUSED_PICTURE = { isPicture: true, reason: 'picture' } as const

/** Codes for refused content: request too large, empty message, invalid JSON, harmful link, invalid form body. */
const BAD_CONTENT = [40005, 50006, 50109, 240000, INVALID]

/**
 * Codes for failures that pass: feature switched off, application not available yet, overloaded resource, error in
 * Discord's own network.
 */
const PASSING = [40006, 110001, 130000, 40333]

/**
 * Codes for a call that came too late: unknown interaction, message, webhook or scheduled event, invalid webhook token.
 */
const LATE = [10062, 10008, 10015, 10070, 50027]

/**
 * Codes for a call that has nothing left to do: already acknowledged, already published (an earlier attempt arrived),
 * a message in a channel that cannot be published from, and a scheduled event that is over or cancelled.
 */
const DONE = [40060, 40033, 50024, 180000]

/** Returns whether Discord does not know the channel. */
export function isUnknownChannel(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === UNKNOWN_CHANNEL
}

/** Returns whether a thread has to be unarchived first. */
export function isArchived(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.code === ARCHIVED
}

/** Instruction to the operator for a token that Discord refuses. */
const REFUSED_TOKEN =
  'Discord rejected the token. Reset it in the Developer Portal (Bot > Reset Token), and put it into DISCORD_TOKEN or its file.'

/** Classifies the error of a call of Discord's REST API by the next step. Pure. */
export function classifyError(error: unknown): Failure {
  if (error instanceof RateLimitError) {
    const wait = readWait(Math.max(error.retryAfter, error.timeToReset) / 1000)
    const isOfToken = error.global || error.scope === 'global'
    return { next: 'retry', code: '429', ...wait, alone: !isOfToken }
  }
  if (error instanceof DiscordAPIError) return classifyResponse(error)
  if (error instanceof HTTPError) return { next: 'uncertain', code: String(error.status) }
  if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid) {
    return { next: 'stop', code: error.code, message: REFUSED_TOKEN }
  }
  return classifyConnectionError(error)
}

function classifyResponse({ status, code: apiCode, message: said }: DiscordAPIError): Failure {
  const code = `${status} ${typeof apiCode === 'number' ? apiCode : ''}`.trim()
  // A proxy may answer this before Discord. No body is too large without a file.
  if (status === 413) return { next: 'rejected', code, of: 'content', ...REFUSED_PICTURE }
  // Discord's own codes are numbers. A proxy's page says nothing about the message or the chat.
  if (status !== 401 && typeof apiCode !== 'number') return { next: 'retry', code }
  if (DONE.includes(Number(apiCode))) return { next: 'done', code }
  if (LATE.includes(Number(apiCode))) return { next: 'message-missing', code }
  if (status === 401) return { next: 'stop', code, message: REFUSED_TOKEN }
  if (PASSING.includes(Number(apiCode))) return { next: 'retry', code }
  if (apiCode === ARCHIVED) {
    return { next: 'rejected', code, of: 'place', reason: 'archived', right: rights.threads, said }
  }
  if (BAD_PICTURE.includes(Number(apiCode))) {
    return { next: 'rejected', code, of: 'content', ...REFUSED_PICTURE }
  }
  if (BAD_CONTENT.includes(Number(apiCode))) return { next: 'rejected', code, of: 'content' }
  const place = CHAT_REFUSALS[Number(apiCode)]
  if (!place && status !== 403) return { next: 'rejected', code, of: 'place', said }
  const [why = 'forbidden', right] = place ?? []
  return { next: 'gone', code, why, ...(right !== undefined && { right }), said }
}

/**
 * Adds to the refusal of a channel the right that is missing according to the client's caches, because Discord's
 * response seldom names one.
 */
export function withRight(
  failure: Extract<Failure, { next: 'gone' }>,
  channel: string,
  rights: KnownRights | undefined,
) {
  const right = failure.why === 'forbidden' ? rights?.lacking(channel) : undefined
  return right === undefined ? failure : { ...failure, right }
}

/** Close codes of the gateway after which a new connection cannot help, with the cure for the operator. */
export const CLOSED_FOR_GOOD: Readonly<Record<number, string>> = {
  4004: REFUSED_TOKEN,
  4010: 'Discord rejected the shard. Another process shards this bot manually; stop it.',
  4011: 'Discord needs more shards. Update Sitrep, which shards automatically.',
  4012: 'Discord no longer supports this gateway version. Update Sitrep.',
  4013: 'Discord doesn’t know an intent that Sitrep asks for. Update Sitrep.',
  4014: 'Discord doesn’t allow an intent that Sitrep asks for. Update Sitrep, which needs no privileged intent.',
}
