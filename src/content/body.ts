import type { Nodes, Paragraph, Root, Table } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { findForbidden } from './characters.ts'
import type { Problem } from './problem.ts'
import { TITLE_LENGTH } from './schema.ts'

/** Most levels of nesting. A tree of this depth is safe to visit by recursion. */
export const DEPTH = 20

type Finding = Omit<Problem, 'file'>

/**
 * Most marks of emphasis and brackets in a paragraph. The time to parse them grows with their
 * square.
 */
const MARKS = 2000

/** A line that begins with more than {@link DEPTH} marks of quotes and lists. */
const DEEP_LINE = new RegExp(`^(?:[ \\t]*(?:>|[-+*]|\\d{1,9}[.)])){${DEPTH + 1}}`)

/**
 * Finds text that the parser would need minutes for, because the thread answers no request while it
 * parses. A file of 64 KiB that passes is parsed in less than a second.
 */
export function checkSource(source: string): Finding | undefined {
  let marks = 0
  for (const [index, text] of source.split('\n').entries()) {
    const line = index + 1
    if (DEEP_LINE.test(text)) return { line, ...TOO_DEEP }
    marks = text.trim() === '' ? 0 : marks + (text.match(/[*_[\]]/g)?.length ?? 0)
    if (marks > MARKS) {
      const message = `This paragraph has more than ${MARKS} of the marks * _ [ ].`
      return { line, message, mend: 'Divide it with empty lines.' }
    }
  }
  return undefined
}

const TOO_DEEP = {
  message: `This is nested more than ${DEPTH} levels deep.`,
  mend: 'Nest it less deeply.',
}

/**
 * Most nodes of a body. A visit of 20,000 nodes blocks the event loop for 10 to 15 ms. 60 KiB of
 * prose, lists and tables have about 3,000 nodes.
 */
const NODES = 20_000

/** Finds everything in a body that a chat cannot show as the editor means it. */
export function checkBody(file: string, root: Root, source: string): Problem[] {
  return [...checkSize(root), ...check(root, root, source, 0)].map(finding => ({
    file,
    ...finding,
  }))
}

function* checkSize(root: Root): Generator<Finding> {
  let count = 0
  let last: Nodes | undefined
  visit(root, node => {
    count += 1
    last = node
    return count <= NODES
  })
  if (!last || count <= NODES) return
  const message = `This file has more than ${NODES} pieces of text, such as words in bold or cells.`
  yield finding(last, message, 'Split it up.')
}

function* check(root: Root, node: Nodes, source: string, depth: number): Generator<Finding> {
  if (depth > DEPTH) {
    yield finding(node, TOO_DEEP.message, TOO_DEEP.mend)
    return
  }
  if (node.type === 'table') yield* checkTable(root, node)
  if (node.type === 'paragraph') yield* checkBrokenTable(node, source)
  yield* checkNode(node)
  if (!('children' in node)) return
  for (const child of node.children) yield* check(root, child, source, depth + 1)
}

function* checkTable(root: Root, table: Table): Generator<Finding> {
  const position = root.children.indexOf(table)
  if (position < 0) {
    yield finding(table, 'This table stands in a list or a quote.', 'Take it out, on its own.')
  }
  const heading = root.children.slice(0, Math.max(0, position)).findLast(isHeading)
  const title = heading && textOf(heading).trim()
  if (heading && (title === '' || (title?.length ?? 0) > TITLE_LENGTH)) {
    const message = 'The heading above names a table, and so a button.'
    yield finding(heading, message, `Give it 1 to ${TITLE_LENGTH} characters.`)
  }
  const [header, ...rows] = table.children
  const width = header?.children.length ?? 0
  for (const row of rows) {
    const cells = row.children.length
    if (cells === width) continue
    const message = `This row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header ${width}.`
    yield finding(row, message, 'Add or remove a `|`; write `\\|` for one that is text.')
  }
}

/** Finds a paragraph with a line of dashes and bars: a table whose header has another width. */
function* checkBrokenTable(node: Paragraph, source: string): Generator<Finding> {
  const text = source.slice(node.position?.start.offset, node.position?.end.offset)
  const isDelimiter = (line: string) => /^\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t:-]*$/.test(line.trim())
  if (!text.split('\n').some(isDelimiter)) return
  const mend = 'Give the line of dashes as many cells as the header, with an empty line above both.'
  yield finding(node, 'This looks like a table but is none.', mend)
}

function* checkNode(node: Nodes): Generator<Finding> {
  const text = 'value' in node ? node.value : 'url' in node ? node.url : ''
  const forbidden = findForbidden(text)
  if (forbidden) {
    const message = `There is a character that cannot be shown (${forbidden.code}).`
    yield finding(node, message, 'Delete it.')
  }
  if ('url' in node && !isLinkable(node.url)) {
    const message = `The address \`${node.url}\` cannot be offered to readers.`
    yield finding(node, message, 'Write a whole address: https://…, http://… or mailto:….')
  }
  if (node.type === 'footnoteDefinition') {
    const mend = 'Put it into the text, in brackets.'
    yield finding(node, 'A footnote cannot be shown in a chat.', mend)
  }
  if (node.type === 'html' && node.value.replace(/<!--[\s\S]*?-->/g, '').trim() !== '') {
    const mend = 'Write it in Markdown; put a `\\` before a `<` that is text.'
    yield finding(node, 'HTML cannot be shown in a chat.', mend)
  }
  const unresolved =
    node.type === 'text' && /\[[^\][]*\]\[[^\][]*\]|\[\^[^\][\s]+\]/.exec(node.value)?.[0]
  if (unresolved) {
    const mend = 'Add a line `[…]: https://…`, or put a `\\` before the first bracket.'
    yield finding(node, `\`${unresolved}\` refers to nothing.`, mend)
  }
}

/**
 * Whether a link may lead to an address: only http, https and mailto, because `javascript:` would
 * run code.
 */
function isLinkable(address: string): boolean {
  return URL.canParse(address) && /^(https?:\/\/[^/]|mailto:.)/i.test(address)
}

function isHeading(node: Nodes): boolean {
  return node.type === 'heading'
}

function finding(node: Nodes, message: string, mend: string): Finding {
  return { line: node.position?.start.line ?? 1, message, mend }
}
