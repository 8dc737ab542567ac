import { parseMarkdown } from '../src/content/markdown.ts'
import { renderDiscord } from '../src/render/discord.ts'
import { renderTelegram } from '../src/render/telegram.ts'
import { renderText } from '../src/render/text.ts'

/** Returns a text as Telegram, Discord and a terminal show it. Throws if the text has problems. */
export function shown(source: string): readonly (string | false | undefined)[] {
  const parsed = parseMarkdown(source)
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message)
  const [telegram] = renderTelegram(parsed)
  const [discord] = renderDiscord(parsed)[0]?.components[0].components ?? []
  return [
    telegram?.method === 'sendMessage' && telegram.text,
    discord?.type === 10 && discord.content,
    renderText(parsed, { columns: 60, style: 'grid', colour: false }),
  ]
}
