import type { RequestText } from '../bot.ts'
import { type Names, readMarkdown } from '../parsing/discord.ts'

/** Returns the text of a typed line, which is Markdown. */
export function typedMarkdown(line: string, names?: Names): RequestText {
  return {
    typed: line,
    read(offset) {
      const source = line.slice(offset)
      return source.trim() === '' ? undefined : { ...readMarkdown(source, names), source }
    },
  }
}
