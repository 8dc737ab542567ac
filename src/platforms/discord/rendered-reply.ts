import { MessageFlags } from 'discord.js'
import type { Reply } from '../../bot.ts'
import { message, paragraph } from '../../message.ts'
import { type CommandIds, withMentions } from '../../render/command-mentions.ts'
import { type DiscordBody, discordSteps } from '../../render/discord.ts'
import { withFile } from '../../render/discord-file.ts'
import { memoize } from '../../render/memoize.ts'
import { finishInSteps } from '../../render/steps.ts'
import { texts } from '../../texts.ts'
import { mayReplace } from '../placement.ts'
import type { Incoming } from './interactions.ts'

/** Discord's limit of follow-ups for a user-installed app in a server that has not added the bot. */
const FOLLOW_UPS = 5

const rendered = memoize((...given) => finishInSteps(discordSteps(...given)))

/** Renders an answer to bodies, with its tables in the chat's style and its commands live. */
export async function render(
  { message: said, tableStyle = 'grid' }: Pick<Reply, 'message' | 'tableStyle'>,
  ids: CommandIds,
): Promise<readonly DiscordBody[]> {
  const bodies = await rendered(withMentions(said, ids.current), tableStyle)
  return said.file ? withFile(bodies, said.file) : bodies
}

/** The bodies of an answer, and whether only the user who asked sees them. */
export interface Prepared {
  readonly bodies: readonly DiscordBody[]
  readonly alone: boolean
}

/** Renders an answer to bodies, and decides whether only the user who asked sees them. */
export async function prepare(
  reply: Reply,
  isPrivate: boolean,
  member: boolean,
  ids: CommandIds,
): Promise<Prepared> {
  const alone = isPrivate || !reply.understood
  const bodies = await render(reply, ids)
  if (member || bodies.length <= FOLLOW_UPS + 1) return { alone, bodies }
  const said = message([paragraph(texts.tooManyParts(bodies.length, FOLLOW_UPS + 1))])
  return { alone: true, bodies: await render({ message: said }, ids) }
}

/** Makes a body ephemeral, so that only the user who asked sees it. */
export function hidden(body: DiscordBody): DiscordBody {
  return { ...body, flags: body.flags | MessageFlags.Ephemeral }
}

/** Returns whether the answer replaces the message whose button was pressed. */
export function isReplaced(
  incoming: Incoming,
  reply: Reply,
  bodies: readonly DiscordBody[],
): boolean {
  const isWhole = incoming.kind === 'press' && incoming.own && incoming.whole
  return isWhole && mayReplace(reply, bodies.length)
}

export function hasUpload(bodies: readonly DiscordBody[]): boolean {
  return bodies.some(({ attachments }) => attachments !== undefined)
}
