import { exampleOf } from '../briefing/introduction.ts'
import type { Registry } from './command.ts'
import { parseLine } from './parse-line.ts'

/** Returns a question that the bot suggests: one that it reads as a search or as the name of a section. Pure. */
export function exampleFrom(registry: Registry): string {
  const { edition } = registry
  const sections = new Set(edition.sections.map(({ command }) => command))
  return exampleOf(edition, line => {
    const parsed = parseLine(registry, line)
    return parsed.kind === 'call' && (parsed.isPlain || sections.has(parsed.command.name))
  })
}
