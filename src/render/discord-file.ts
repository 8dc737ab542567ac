import type { MessageFile } from '../message.ts'
import { texts } from '../texts.ts'
import type { DiscordBody } from './discord.ts'

/** Discord, components V2: the type of a text, and of a file. */
const [TEXT, FILE] = [10, 13] as const

/** Shows a file below the last of the bodies. Pure. */
export function withFile(bodies: readonly DiscordBody[], file: MessageFile): DiscordBody[] {
  return bodies.map((body, index) => {
    if (index < bodies.length - 1) return body
    const [container] = body.components
    const { attachments = [] } = body
    const shown = { type: FILE, file: { url: `attachment://${file.name}` } } as const
    return {
      ...body,
      components: [{ ...container, components: [...container.components, shown] }],
      attachments: [...attachments, { id: attachments.length, filename: file.name }],
      file,
    }
  })
}

/** Replaces the file of a body without images with a line of text, if the chat accepts no file. Pure. */
export function withoutFile({ file: _, attachments: __, ...body }: DiscordBody): DiscordBody {
  const [container] = body.components
  const line = { type: TEXT, content: texts.noFile } as const
  const components = container.components.map(each => (each.type === FILE ? line : each))
  return { ...body, components: [{ ...container, components }] }
}
