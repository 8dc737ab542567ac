import type { BotRequest } from '../bot.ts'
import type { Message } from '../message.ts'
import { texts } from '../texts.ts'
import { isInServer, say } from './chat-access.ts'
import type { Answered, Moderators } from './command.ts'

/** The traits of a command for moderators. */
export const FOR_MODERATORS = { private: true, usesStore: true, forModerators: true } as const

/** The traits of a command for moderators and, within their server, for admins: see {@link withAuthority}. */
export const FOR_ADMINS = { ...FOR_MODERATORS, forAdmins: true } as const

/** The user in whose name an action runs, and the reach of the action. */
export interface Authority {
  /** `telegram:42` */
  readonly actor: string
  /** The only server that the action may concern; absent for every server and chat. */
  readonly within?: string
}

/**
 * Returns the name under which a moderator acts; undefined if the user is not a moderator. A role counts only if the
 * request names it: in the role's own server, and not in a direct message. Pure.
 */
export function moderatorOf(
  { actor }: BotRequest,
  { users, roles }: Moderators,
): string | undefined {
  const { user, operator } = actor
  if (operator !== undefined) return operator
  if (user === undefined) return undefined
  const isModerator =
    users.includes(user) || actor.roles?.some(role => roles.includes(role)) === true
  return isModerator ? user : undefined
}

/** Tells whether the answer may mention commands for moderators: the user is a moderator, in a private chat. Pure. */
export function isForModerators(request: BotRequest, moderators: Moderators): boolean {
  return request.chat?.ref.kind === 'private' && moderatorOf(request, moderators) !== undefined
}

/** Runs an action that needs a moderator. Other users get a refusal that says who may. */
export async function asModerator(
  request: BotRequest,
  moderators: Moderators,
  run: (actor: string) => Promise<Message>,
): Promise<Answered> {
  const actor = moderatorOf(request, moderators)
  return actor === undefined ? { refused: say(texts.moderatorsOnly) } : run(actor)
}

/**
 * Runs an action of a moderator, who may act for every chat, or of an admin of a server that has added the bot, who
 * may act for that server alone. Checks the admin's rights when the action runs.
 */
export async function withAuthority(
  request: BotRequest,
  moderators: Moderators,
  run: (authority: Authority) => Promise<Answered>,
): Promise<Answered> {
  const actor = moderatorOf(request, moderators)
  if (actor !== undefined) return run({ actor })
  const { chat } = request
  const { user } = request.actor
  const isAdded = chat && isInServer(chat.ref) && chat.barred !== 'member'
  const within = isAdded ? chat.ref.within : undefined
  if (within !== undefined && user !== undefined && (await chat?.mayManage?.()) === true) {
    return run({ actor: user, within })
  }
  return { refused: say(texts.sendersOnly) }
}
