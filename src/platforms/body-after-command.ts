import { type Names, readMarkdown } from '../parsing/discord.ts'
import type { UserText } from '../platform.ts'

/** What was typed in Markdown behind a command: see `Request.written`. */
export function typed(line: string, names?: Names) {
  return (words: number): UserText | undefined => {
    const source = behind(line, words)
    return source === undefined ? undefined : { ...readMarkdown(source, names), source }
  }
}

/** What stands behind a command and `words` words of its own, with its line ends; nothing where that is nothing. */
function behind(line: string, words: number): string | undefined {
  const [head = ''] = new RegExp(`^\\s*/?\\S+(?:\\s+\\S+){${words}}\\s*`).exec(line) ?? []
  const text = head === '' ? '' : line.slice(head.length)
  return text.trim() === '' ? undefined : text
}
