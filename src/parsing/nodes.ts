import type { Nodes, Paragraph, PhrasingContent, Text } from 'mdast'
import type { UserText } from '../bot.ts'
import type { TimeStyle } from '../message.ts'

/** A parsed text of a user, and the losses that readers on other platforms will notice. */
export type Reading = Pick<UserText, 'body' | 'lost'>

/**
 * Converts a text without markup into paragraphs. Empty lines separate them; other line ends stay.
 * Pure.
 */
export function paragraphs(text: string): Paragraph[] {
  return text
    .split(/\n\s*\n/)
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(part => ({ type: 'paragraph', children: lines(part) }))
}

/**
 * Converts line ends into breaks, because a line end in a chat is a line break, unlike in Markdown.
 * Pure.
 */
export function lines(text: string): PhrasingContent[] {
  return text
    .split('\n')
    .flatMap((line, index): PhrasingContent[] => [
      ...(index > 0 ? [{ type: 'break' as const }] : []),
      ...(line === '' ? [] : [{ type: 'text' as const, value: line }]),
    ])
}

/** Merges neighbouring texts, and removes empty ones. Pure. */
export function mergeTexts(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  const merged: PhrasingContent[] = []
  for (const node of nodes) {
    const last = merged.at(-1)
    const isTyped = (each: Text) => each.data?.isTyped ?? false
    if (node.type === 'text' && last?.type === 'text' && isTyped(node) === isTyped(last)) {
      merged[merged.length - 1] = { ...last, value: last.value + node.value }
    } else merged.push(node)
  }
  return merged.filter(node => node.type !== 'text' || node.value !== '')
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/**
 * Creates a time node from Unix seconds. Its text is `written`, or the time in UTC. Undefined if RFC 3339
 * cannot express the instant, because its years have four digits. Pure.
 */
export function instant(
  seconds: number,
  written?: string,
  style?: TimeStyle,
): PhrasingContent | undefined {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return undefined
  const at = date.toISOString().replace(/\.\d+Z$/, 'Z')
  if (!/^\d{4}-/.test(at)) return undefined
  const value = written ?? `${DATE.format(date)}, ${at.slice(11, 16)} UTC`
  return { type: 'time', at, ...(style && { style }), value }
}

/** Whether a tree has more than `levels` levels. Pure. */
export function isDeeper(node: Nodes, levels: number): boolean {
  if (levels < 0) return true
  return 'children' in node && node.children.some(child => isDeeper(child, levels - 1))
}
