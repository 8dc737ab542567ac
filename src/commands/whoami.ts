import { message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { say } from './chat-access.ts'
import type { Command } from './command.ts'
import { moderatorOf } from './moderators.ts'

const words = texts.whoami

/** Tells a user the ID that the variable MODERATORS takes. */
export const whoamiCommand: Command = {
  name: 'whoami',
  aliases: ['id', 'myid'],
  ...texts.commands.whoami,
  group: 'data',
  parameters: [],
  private: true,
  usesStore: true,
  onlyReads: true,
  run: async ({ request, moderators }) => {
    const { user } = request.actor
    if (user === undefined) return say(words.unknown)
    const isModerator = moderatorOf(request, moderators) !== undefined
    return message([
      paragraph(words.before, { type: 'inlineCode', value: user }, '.'),
      paragraph(isModerator ? words.moderator : words.reader),
    ])
  },
}
