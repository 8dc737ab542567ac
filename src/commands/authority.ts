import type { Message } from '../message.ts'
import type { BotRequest } from '../platform.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import type { Answered, Moderators } from './command.ts'

/** In whose name something is done, and how far that reaches. */
export interface Authority {
  /** `telegram:42` */
  readonly actor: string
  /** The server whose channels alone are concerned; everybody's, where there is none. */
  readonly within?: string
}

/**
 * In whose name a moderator acts; nothing where whoever asks is none. Roles count where the platform names
 * them: in their own server, and so not in a direct message. Pure.
 */
export function moderatorOf(request: BotRequest, { users, roles }: Moderators): string | undefined {
  const { user, place } = request
  // Whoever is at this machine could change everything anyway.
  if (place?.platform === 'web') return 'web:local'
  if (user === undefined) return undefined
  const isOne = users.includes(user) || request.roles?.some(role => roles.includes(role)) === true
  return isOne ? user : undefined
}

/** Whether somebody may be told what is for moderators alone: as one, where nobody else reads it. Pure. */
export function isForModerators(request: BotRequest, moderators: Moderators): boolean {
  return request.place?.kind === 'private' && moderatorOf(request, moderators) !== undefined
}

/** Runs what only a moderator may; whoever else asks learns who may. */
export async function asModerator(
  request: BotRequest,
  moderators: Moderators,
  run: (actor: string) => Promise<Message>,
): Promise<Answered> {
  const actor = moderatorOf(request, moderators)
  return actor === undefined ? { refused: say(texts.moderatorsOnly) } : run(actor)
}

/**
 * Runs what a moderator may for everybody, and whoever manages a server that has added the bot for that
 * server alone: by what they may at this moment.
 */
export async function withAuthority(
  request: BotRequest,
  moderators: Moderators,
  run: (authority: Authority) => Promise<Answered>,
): Promise<Answered> {
  const actor = moderatorOf(request, moderators)
  if (actor !== undefined) return run({ actor })
  const { user, place, member = true, mayManage } = request
  const isServer = place?.platform === 'discord' && place.within !== undefined && member
  if (isServer && user !== undefined && (await mayManage?.()) === true) {
    return run({ actor: user, within: place.within })
  }
  return { refused: say(texts.sendersOnly) }
}
