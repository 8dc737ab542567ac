import { visit } from 'unist-util-visit'
import { directionLeftOut } from './characters.ts'
import { parseText } from './markdown.ts'
import { linked } from './plain-links.ts'
import type { Finding, Problem } from './problem.ts'
import { BARE, COMMENTS, TYPED } from './typed-marks.ts'
import type { YamlSource, YamlText } from './yaml.ts'

/** Keys whose values readers do not see as text. */
const UNREAD_KEYS = new Set([
  ...['id', 'command', 'commands', 'aliases', 'asOf', 'events', 'exercises', 'language', 'draft'],
  ...['accent', 'icon'],
  ...['start', 'end', 'status'],
])

/** Longest text that is searched for Markdown, in UTF-16 units. A longer one is a problem anyway. */
const SEARCHED = 2000

/** Returns warnings about texts of a YAML file that readers would not see as the editor meant them, and comments as problems. */
export function checkFields(file: string, { texts }: YamlSource): Problem[] {
  return texts
    .filter(({ key, value }) => !UNREAD_KEYS.has(key) && value.length <= SEARCHED)
    .flatMap(text => [
      ...[...check(text)].map(finding => ({ file, ...finding, isWarning: true as const })),
      ...[...commentsIn(text)].map(finding => ({ file, ...finding })),
    ])
}

function* commentsIn({ key, value, lineOf }: YamlText): Generator<Finding> {
  const [mark] = COMMENTS.exec(value) ?? []
  if (mark === undefined) return
  const message = `\`${mark}\` begins no comment in \`${key}\`, so readers would see the remark.`
  yield {
    line: lineOf(mark),
    message,
    fix: 'Write the remark on a line of its own, with `# ` before it.',
  }
}

function* check({ key, value, cut, isPlain, lineOf }: YamlText): Generator<Finding> {
  if (cut !== undefined) {
    const message = `\`${cut}\` is not part of \`${key}\`, because YAML takes it for a comment or a name.`
    const fix = 'Put quotes around the whole text, or the comment on a line of its own.'
    yield { line: lineOf(value.split('\n')[0] ?? ''), message, fix }
  }
  const [, open, close] = isPlain ? (CURLY.exec(value) ?? []) : []
  if (open !== undefined) {
    const message = `Readers see the quotes \`${open}\` and \`${close}\` of \`${key}\`, because YAML takes only straight ones.`
    const fix = `Write \`"…"\`, or \`"${open}…${close}"\` if readers should see them.`
    yield { line: lineOf(open), message, fix }
  }
  const leftOut = directionLeftOut(value)
  if (leftOut) yield { line: lineOf(value), ...leftOut }
  const marked = markdownIn(value)
  if (marked !== undefined) {
    const message = `\`${key}\` is plain text, so readers see the marks of \`${marked}\`.`
    yield { line: lineOf(marked), message, fix: 'Write it without the marks.' }
  }
  // A mark in an address is none.
  for (const node of linked(value)) {
    if (node.type !== 'text') continue
    for (const [pattern, explain] of [...TYPED, BARE]) {
      for (const [found] of node.value.matchAll(pattern)) {
        yield { line: lineOf(found), ...explain(found) }
      }
    }
  }
}

/** A text between typographic quotes, which has none inside. */
const CURLY = /^([“”„‟«‘‚])[^“”„‟«»]+([”“»’])$/

const MARKED = ['strong', 'emphasis', 'delete', 'inlineCode', 'link', 'image', 'html']

/** The characters with which Markdown of these kinds begins. */
const BEGIN = /[*_~`![<]/

/** Returns the first part of a text that Markdown would not show as it is. */
function markdownIn(text: string): string | undefined {
  // Most texts have no mark, and need no parser.
  if (!BEGIN.test(text)) return undefined
  let found: string | undefined
  visit(parseText(text), node => {
    const { start, end } = node.position ?? {}
    const part = text.slice(start?.offset, end?.offset)
    // An address without brackets is a link in plain text too.
    if (!MARKED.includes(node.type) || !start || part.search(BEGIN) !== 0) return true
    found = part
    return false
  })
  return found
}
