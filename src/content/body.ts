import type { Heading, Nodes, Paragraph, Root, Table } from 'mdast'
import { checkAdmonition } from './admonitions.ts'
import { directionLeftOut, findForbidden, withoutDirection } from './characters.ts'
import { checkImage } from './check-image.ts'
import { isLinkable, isLocalLink } from './local-links.ts'
import { checkNotes } from './notes.ts'
import { picturePaths } from './picture-paths.ts'
import { plainText } from './plain-text.ts'
import type { Finding, Problem } from './problem.ts'
import { TITLE_LENGTH } from './schema.ts'
import { checkText, textIn } from './shown-text.ts'
import { DEPTH, TOO_DEEP } from './source-limits.ts'
import { checkCode, checkTyped } from './typed-forms.ts'
import { PLACEHOLDERS, placeholder } from './typed-marks.ts'
import { walk } from './walk.ts'

/**
 * Most nodes of a body. A visit of 20,000 nodes blocks the event loop for 10 to 15 ms. 60 KiB of
 * prose, lists and tables have about 3,000 nodes.
 */
export const NODES = 20_000

export const TOO_MANY = {
  message: `This file has more than ${NODES} pieces of text, such as words in bold or cells.`,
  fix: 'Split it up.',
}

/** The surroundings of a node. */
interface Place {
  readonly source: string
  readonly depth: number
  readonly parent?: Nodes
  /** The node before it, among the children of its parent. */
  readonly above?: Nodes | undefined
  /** The heading above the node that names its tables. */
  readonly heading?: Heading | undefined
  /** Whether a quote or a note is around the node. */
  readonly isQuoted?: boolean
  /** Whether a table or a note is around the node. */
  readonly isWords?: boolean
  /** Whether links may lead to sections and commands. */
  readonly hasSections: boolean
  /** The addresses of references, by their identifiers. */
  readonly addresses: ReadonlyMap<string, string>
  /** The identifiers of references to images alone. */
  readonly images: ReadonlySet<string>
}

/**
 * Finds everything in a body that a chat cannot show as the editor means it.
 *
 * @param hasSections whether links may lead to sections and commands, which the caller checks.
 */
export function checkBody(
  file: string,
  root: Root,
  source: string,
  hasSections = false,
): Problem[] {
  const addresses = new Map<string, string>()
  const [images, links] = [new Set<string>(), new Set<string>()]
  walk(root, node => {
    if (node.type === 'definition' && !addresses.has(node.identifier)) {
      addresses.set(node.identifier, node.url)
    }
    if (node.type === 'imageReference') images.add(node.identifier)
    if (node.type === 'linkReference') links.add(node.identifier)
  })
  const place = { source, depth: 0, hasSections, addresses, images: images.difference(links) }
  return [...checkSize(root), ...check(root, place), ...checkNotes(root)].map(finding => ({
    file,
    ...finding,
  }))
}

function* checkSize(root: Root): Generator<Finding> {
  let count = 0
  let last: Nodes | undefined
  walk(root, node => {
    count += 1
    if (count <= NODES + 1) last = node
  })
  if (!last || count <= NODES) return
  yield finding(last, TOO_MANY.message, TOO_MANY.fix)
}

function* check(node: Nodes, place: Place): Generator<Finding> {
  const { source, depth } = place
  if (depth > DEPTH) {
    yield finding(node, TOO_DEEP.message, TOO_DEEP.fix)
    return
  }
  if (node.type === 'table') yield* checkTable(node, place)
  if (node.type === 'code') yield* checkCode(node, source)
  if (node.type === 'blockquote') yield* checkAdmonition(node)
  if (node.type === 'paragraph') {
    yield* checkLostTable(node, place)
    yield* checkTyped(node, source, place.isQuoted ?? false)
  }
  if (['paragraph', 'heading', 'tableCell'].includes(node.type)) yield* checkText(node, source)
  yield* checkNode(node, place)
  if (!('children' in node)) return
  const isQuoted = place.isQuoted || ['blockquote', 'footnoteDefinition'].includes(node.type)
  const isWords = place.isWords || ['table', 'footnoteDefinition'].includes(node.type)
  let { heading } = place
  let above: Nodes | undefined
  for (const child of node.children) {
    if (node.type === 'root' && child.type === 'heading') heading = child
    const inner = { ...place, depth: depth + 1, parent: node, isQuoted, isWords, heading, above }
    yield* check(child, inner)
    above = child
  }
}

function* checkTable(table: Table, { isQuoted, heading, source }: Place): Generator<Finding> {
  if (isQuoted) {
    yield finding(table, 'This table stands in a quote or a note.', 'Take it out, on its own.')
  }
  const title = heading && plainText(heading).replace(TAKEN_HTML, '').trim()
  if (heading && (title === '' || [...(title ?? '')].length > TITLE_LENGTH)) {
    const message = 'The heading above names a table, and so a button.'
    yield finding(heading, message, `Give it 1 to ${TITLE_LENGTH} characters.`)
  }
  const [header, ...rows] = table.children
  const width = header?.children.length ?? 0
  if (rows.length === 0) {
    const fix = 'Add a row below the line of dashes, or take the table out.'
    yield { ...finding(table, 'This table has a header and no row.', fix), isWarning: true }
  }
  const hasBars = (row: Nodes) => /(?<!\\)\|/.test(sourceOf(row, source))
  const isText = rows.map(row => header && hasBars(header) && !hasBars(row))
  for (const [index, row] of rows.entries()) {
    const cells = row.children.length
    if (isText[index]) {
      if (isText[index - 1]) continue
      const message =
        'This text is a row of the table above, because no empty line is between them.'
      const found = finding(row, message, 'Put an empty line above it.')
      yield width === 1 ? { ...found, isWarning: true } : found
      continue
    }
    if (cells === width) continue
    const message = `This row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header ${width}.`
    yield finding(row, message, 'Add or remove a `|`; write `\\|` for one that is text.')
  }
}

/** Finds a paragraph that is meant as a table: its line of dashes has another width than its header, or is missing. */
function* checkLostTable(node: Paragraph, { source, above }: Place): Generator<Finding> {
  const { start, end } = node.position ?? {}
  const text = source.slice(start?.offset, end?.offset)
  if (!start || !text.includes('|')) return
  const isDelimiter = (line: string) => /^\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t:-]*$/.test(line.trim())
  if (text.split('\n').some(isDelimiter)) {
    const fix =
      'Give the line of dashes as many cells as the header, with an empty line above both.'
    yield finding(node, 'This looks like a table but is none.', fix)
    return
  }
  const widths = textIn(node, text, start.offset ?? 0)
    .split('\n')
    .map(widthOf)
  const first = widths.findIndex(
    ({ cells, isFramed }, index) =>
      cells > 0 && (widths[index + 1]?.cells === cells || (isFramed && cells > 1)),
  )
  if (first < 0) return
  const isCut = above?.type === 'table' && first === 0
  const rule = `|${'---|'.repeat(widths[first]?.cells ?? 1)}`
  yield {
    line: start.line + first,
    message: `${isCut ? 'This row is text, because an empty line ends the table above' : 'These rows are text, because a table has a line of dashes below its header'}.`,
    fix: isCut ? 'Take out the empty line.' : `Write \`${rule}\` below the header.`,
    isWarning: true,
  }
}

/** The number of cells of a line that looks like a row of a table, or 0; and whether bars begin and end it. */
function widthOf(line: string): { readonly cells: number; readonly isFramed: boolean } {
  const row = line.replace(/^[\s>]+/, '').trimEnd()
  const isFramed = /^\|(?!\|).*[^|]\|$/.test(row)
  const inner = isFramed ? row.slice(1, -1) : row
  const isRow = isFramed || /[^|\s] +\| +[^|\s]/.test(row)
  return { cells: isRow ? inner.split('|').length : 0, isFramed }
}

function* checkNode(node: Nodes, around: Place): Generator<Finding> {
  const { parent, hasSections, addresses, images, isWords = false } = around
  const text = [
    'value' in node ? node.value : 'url' in node ? node.url : '',
    'alt' in node ? (node.alt ?? '') : '',
  ].join('\n')
  // The position is absent if the parser has made the node of a part of a text.
  const place = node.position ? node : (parent ?? node)
  const forbidden = findForbidden(withoutDirection(text))
  if (forbidden) {
    const message = `There is a character that cannot be shown (${forbidden.code}).`
    yield finding(place, message, 'Delete it.')
  }
  const leftOut = directionLeftOut(text)
  if (leftOut) yield { ...finding(place, leftOut.message, leftOut.fix), isWarning: true }
  const isOfImage =
    node.type === 'definition' && images.has(node.identifier) && picturePaths(node.url)
  const isLocal = hasSections && (isLocalLink(node) || isOfImage)
  if ('url' in node && node.type !== 'image' && !isLinkable(node.url) && !isLocal) {
    const message = `The address \`${node.url}\` cannot be offered to readers.`
    const local = hasSections ? ', the file of a section, or its command with a slash' : ''
    yield finding(place, message, `Write a whole address: https://…, http://… or mailto:…${local}.`)
  }
  for (const [found] of ('url' in node ? node.url : '').matchAll(PLACEHOLDERS)) {
    yield { ...finding(place, '', ''), ...placeholder(found) }
  }
  if (node.type === 'image' || node.type === 'imageReference') {
    const address = 'url' in node ? node.url : (addresses.get(node.identifier) ?? '')
    for (const found of checkImage(node, { address, hasSections, isWords })) {
      yield { ...finding(place, '', ''), ...found }
    }
  }
  if (node.type === 'html' && node.value.replace(TAKEN_HTML, '').trim() !== '') {
    const isLineEnd =
      LINE_END.test(node.value) && !/<[a-z/]/i.test(node.value.replace(TAKEN_HTML, ''))
    if (/^<!--/.test(node.value) && !node.value.includes('-->')) {
      yield finding(place, 'This comment is not closed.', 'Write `-->` behind it.')
      return
    }
    // Behind a comment at the beginning of a line, the whole line is HTML.
    if (/^<!--/.test(node.value) && !/<[a-z/!?]/i.test(node.value.replace(TAKEN_HTML, ''))) {
      const message = 'This text is part of the comment before it.'
      yield finding(place, message, 'Put the text on the next line, below the comment.')
      return
    }
    const how = /^<img\b/i.test(node.value) ? 'Write `![words](map.png)`' : 'Write it in Markdown'
    const fix = isLineEnd
      ? 'Put an empty line below the `<br>`, or write it at the end of a line.'
      : `${how}; put a \`\\\` before a \`<\` that is text.`
    yield finding(place, 'HTML cannot be shown in a chat.', fix)
  }
}

/** The HTML that is taken: comments, which are for editors, and line ends. */
const TAKEN_HTML = /<!--[\s\S]*?-->|<br[ \t]*\/?>/gi

const LINE_END = /^<br\b/i

function sourceOf({ position }: Nodes, source: string): string {
  return source.slice(position?.start.offset, position?.end.offset)
}

function finding(node: Nodes, message: string, fix: string): Finding {
  return { line: node.position?.start.line ?? 1, message, fix }
}
