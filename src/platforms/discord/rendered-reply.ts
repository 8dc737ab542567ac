import { MessageFlags } from 'discord.js'
import { message, paragraph } from '../../message.ts'
import type { Reply } from '../../platform.ts'
import { type DiscordBody, renderDiscord } from '../../render/discord.ts'
import { memoize } from '../../render/memoize.ts'
import { texts } from '../../texts.ts'

/** Most follow-ups of a user's own installation in a server that has not added the bot. */
const FOLLOW_UPS = 5

const rendered = memoize(renderDiscord)

/** The bodies of an answer, with its tables as the chat wants them. */
export function render({
  message: said,
  tableStyle = 'grid',
}: Pick<Reply, 'message' | 'tableStyle'>) {
  return rendered(said, tableStyle)
}

/** The bodies of an answer, and whether they are for the asker alone. */
export function prepare(reply: Reply, isPrivate: boolean, member: boolean) {
  const alone = isPrivate || !reply.understood
  const bodies = render(reply)
  if (member || bodies.length <= FOLLOW_UPS + 1) return { alone, bodies }
  const said = message([paragraph(texts.tooManyParts(bodies.length, FOLLOW_UPS + 1))])
  return { alone: true, bodies: render({ message: said }) }
}

/** The body as only the asker sees it. */
export function hidden(body: DiscordBody): DiscordBody {
  return { ...body, flags: body.flags | MessageFlags.Ephemeral }
}
