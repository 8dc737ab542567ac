import type { UserText } from '../bot.ts'
import { type Names, readMarkdown } from '../parsing/discord.ts'

/** Returns a function that reads the Markdown behind a command: see `BotRequest.written`. */
export function bodyAfterCommand(line: string, names?: Names) {
  return (words: number): UserText | undefined => {
    const source = textBehind(line, words)
    return source === undefined ? undefined : { ...readMarkdown(source, names), source }
  }
}

/** Returns the text behind a command and `words` words of its own, with its line breaks; undefined if it is empty. */
function textBehind(line: string, words: number): string | undefined {
  const [head = ''] = new RegExp(`^\\s*/?\\S+(?:\\s+\\S+){${words}}\\s*`).exec(line) ?? []
  const text = head === '' ? '' : line.slice(head.length)
  return text.trim() === '' ? undefined : text
}
