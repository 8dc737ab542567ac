import type { Message } from '../message.ts'
import type { Request } from '../platform.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import type { Moderators, Refusal } from './command.ts'

/**
 * In whose name a moderator acts; nothing where whoever asks is none. Roles count where the platform names
 * them: in their own server, and so not in a direct message. Pure.
 */
function moderatorOf(request: Request, { users, roles }: Moderators): string | undefined {
  const { user, place } = request
  // Whoever is at this machine could change everything anyway.
  if (place?.platform === 'web') return 'web:local'
  if (user === undefined) return undefined
  const isOne = users.includes(user) || request.roles?.some(role => roles.includes(role)) === true
  return isOne ? user : undefined
}

/** Runs what only a moderator may; whoever else asks learns who may. */
export async function asModerator(
  request: Request,
  moderators: Moderators,
  run: (actor: string) => Promise<Message>,
): Promise<Message | Refusal> {
  const actor = moderatorOf(request, moderators)
  return actor === undefined ? { refused: say(texts.moderatorsOnly) } : run(actor)
}
