import { visit } from 'unist-util-visit'
import { directionLeftOut } from './characters.ts'
import { plain } from './markdown.ts'
import type { Finding, Problem } from './problem.ts'
import { EMOJI_NAMES, emojiName, PLACEHOLDERS, placeholder } from './shown-text.ts'
import type { YamlSource, YamlText } from './yaml.ts'

/** Keys whose values readers do not see as text. */
const UNREAD_KEYS = new Set([
  ...['id', 'command', 'commands', 'aliases', 'asOf', 'exercises', 'language', 'draft'],
  ...['accent', 'icon'],
  ...['start', 'end', 'status'],
])

/** Longest text that is searched for Markdown, in UTF-16 units. A longer one is a problem anyway. */
const SEARCHED = 2000

/** Returns warnings about texts of a YAML file that readers would not see as the editor meant them. */
export function checkFields(file: string, { texts }: YamlSource): Problem[] {
  return texts
    .filter(({ key, value }) => !UNREAD_KEYS.has(key) && value.length <= SEARCHED)
    .flatMap(text => [...check(text)])
    .map(finding => ({ file, ...finding, isWarning: true }))
}

function* check({ key, value, cut, lineOf }: YamlText): Generator<Finding> {
  if (cut !== undefined) {
    const message = `\`${cut}\` is not part of \`${key}\`, because YAML takes it for a comment or a name.`
    const fix = 'Put quotes around the whole text, or the comment on a line of its own.'
    yield { line: lineOf(value.split('\n')[0] ?? ''), message, fix }
  }
  const leftOut = directionLeftOut(value)
  if (leftOut) yield { line: lineOf(value), ...leftOut }
  const marked = markdownIn(value)
  if (marked !== undefined) {
    const message = `\`${key}\` is plain text, so readers see the marks of \`${marked}\`.`
    yield { line: lineOf(marked), message, fix: 'Write it without the marks.' }
  }
  for (const [name] of value.matchAll(EMOJI_NAMES)) yield { line: lineOf(name), ...emojiName(name) }
  for (const [found] of value.matchAll(PLACEHOLDERS)) {
    yield { line: lineOf(found), ...placeholder(found) }
  }
}

const MARKED = ['strong', 'emphasis', 'delete', 'inlineCode', 'link', 'image']

/** The characters with which Markdown of these kinds begins. */
const BEGIN = /[*_~`![<]/

/** Returns the first part of a text that Markdown would not show as it is. */
function markdownIn(text: string): string | undefined {
  // Most texts have no mark, and need no parser.
  if (!BEGIN.test(text)) return undefined
  let found: string | undefined
  visit(plain.parse(text), node => {
    const { start, end } = node.position ?? {}
    const part = text.slice(start?.offset, end?.offset)
    // An address without brackets is a link in plain text too.
    if (!MARKED.includes(node.type) || !start || part.search(BEGIN) !== 0) return true
    found = part
    return false
  })
  return found
}
