import { ContainerBuilder } from 'discord.js'
import { expect } from 'vitest'
import { type DiscordBody, withoutUploads } from '../src/render/discord.ts'

/** Holds a body to discord.js's own validators and to what Discord takes over all of a message. */
export function expectDiscordTakes({ pictures, ...body }: DiscordBody): void {
  if (pictures) {
    // The refused images become text in the same message.
    expectDiscordTakes(withoutUploads({ ...body, pictures }))
    expect(body.attachments?.length).toBe(pictures.length)
    expect(pictures.length).toBeLessThanOrEqual(10)
  }
  const [container] = body.components
  new ContainerBuilder(container as never).toJSON()
  const parts = container.components
  const length = parts.reduce((sum, part) => sum + (part.type === 10 ? part.content.length : 0), 0)
  const count = parts.reduce(
    (sum, part) => sum + 1 + (part.type === 1 ? part.components.length : 0),
    1,
  )
  expect(length).toBeLessThanOrEqual(4000)
  expect(count).toBeLessThanOrEqual(40)
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(10_000)
  expect(body).toMatchObject({ flags: 1 << 15, allowed_mentions: { parse: [] } })
  const pressed = linesOf(body)
  expect(new Set(pressed).size).toBe(pressed.length)
  for (const part of parts) {
    if (part.type === 1) {
      for (const each of part.components) {
        if (each.type === 3) expect(each.options.length).toBeGreaterThan(0)
      }
    }
    if (part.type === 10) {
      expect(part.content.trim()).not.toBe('')
      const marks = styleMarks(part.content)
      expect(marks.replace(/[^*]/g, '').length % 2).toBe(0)
      expect(marks.replace(/[^~]/g, '').length % 4).toBe(0)
    }
    if (part.type === 1) expect(part.components.length).toBeGreaterThan(0)
  }
}

/** The lines that the buttons and menus of a body type, in their order. */
export function linesOf({ components: [{ components }] }: DiscordBody): string[] {
  const controls = components.flatMap(part => (part.type === 1 ? part.components : []))
  return controls.flatMap(each => {
    if (each.type === 3) return each.options.map(({ value }) => value)
    return 'custom_id' in each ? [each.custom_id] : []
  })
}

/** The marks of style that Discord would see: outside of code and addresses, without escaped ones. */
function styleMarks(content: string): string {
  return content
    .replace(/^(?:> )?```[\s\S]*?^(?:> )?```$/gm, '')
    .replace(/\\.|``\u0020[\s\S]+?\u0020``|`[^`]+`|<[^>]*>/g, '')
    .replace(/[^*~]/g, '')
}

/** The texts and descriptions of a body as readers see them: without marks, escapes, joiners, part numbers. */
export function readDiscord({ components: [{ components }] }: DiscordBody): string {
  return components
    .flatMap(part => {
      if (part.type === 12) return part.items.map(({ description = '' }) => description)
      return part.type === 10 ? [readText(part.content)] : []
    })
    .join('\n')
}

function readText(content: string): string {
  return content
    .replace(/(?:^|\n\n)-# \d+\/\d+$/, '')
    .split(/^((?:> )?```[\s\S]*?^(?:> )?```)$/m)
    .map((piece, index) => (index % 2 === 1 ? readCode(piece) : readInline(piece)))
    .join('\n')
    .replaceAll('\u200B', '')
}

function readCode(fence: string): string {
  return fence.replace(/^> /gm, '').replace(/^```.*\n|\n```$/g, '')
}

function readInline(text: string): string {
  return text
    .replace(/^> ?/gm, '')
    .replace(/^(#{1,3} |\s*(?:- |\d+\. ))/gm, mark => mark.replace(/[#-]/g, ''))
    .replace(
      /\\(.)|``\u0020?([\s\S]+?)\u0020?``|`([^`]+)`|\[([\s\S]*?)\]\(<[^>]*>\)|\u0020\(<https?:[^>]*>\)|<(https?:[^>]*)>|[*_~]+/g,
      // Discord escapes nothing in the words of a link, and brackets in pairs belong to them.
      (_, ...[escaped, double, single, words, url]) =>
        escaped ?? double ?? single ?? words ?? url ?? '',
    )
}
