import { text as readAll } from 'node:stream/consumers'
import { unreadable } from '../announcements/correction.ts'
import { withoutHidden, withoutIdleDirections } from '../content/characters.ts'
import { parseMarkdown } from '../content/markdown.ts'
import type { Message } from '../message.ts'
import { renderDiscord } from '../render/discord.ts'
import { renderTelegram } from '../render/telegram.ts'
import { figure } from '../texts/plurals.ts'

/** Longest text, in UTF-16 units: enough for any announcement, and short enough not to delay the sender. */
const TEXT_LENGTH = 20_000

/** Reads a text, from standard input if `value` is `-`. Resolves to an error in words if the text is unusable. */
export async function readText(value = ''): Promise<Message | string> {
  const text = value === '-' ? await readAll(process.stdin) : value
  if (text.trim() === '') return 'Missing --text "…" (or --text - to read from a pipe).'
  if (text.length > TEXT_LENGTH) {
    return `The text is too long (${figure(text.length)} characters; the limit is ${figure(TEXT_LENGTH)}).`
  }
  const parsed = parseMarkdown(withoutIdleDirections(withoutHidden(text)))
  if ('problems' in parsed) {
    const lines = parsed.problems.map(each => `Line ${each.line}: ${each.message} ${each.fix}`)
    return `Can’t send this text.\n${[...new Set(lines)].join('\n')}`
  }
  const fault = unreadable(text)
  if (fault) return fault
  for (const { line, message, fix } of parsed.warnings) {
    console.error(`Warning: line ${line}: ${message} ${fix}`)
  }
  const said = { body: parsed.body }
  const isEmpty = renderTelegram(said).length === 0 || renderDiscord(said).length === 0
  return isEmpty ? 'The text has no visible content.' : said
}
