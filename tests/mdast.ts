import fc from 'fast-check'
import type { BlockContent, Nodes, PhrasingContent, Root, Table, TableCell } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import stringWidth from 'string-width'
import { anyCharacter } from './properties.ts'

/** The address of all links in these trees. */
const ADDRESS = 'https://x.org/a_b?c=1&d'

/** Text of any kind: scripts, emoji with joiners, markup of every platform, line ends, controls. */
const word = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: anyCharacter, maxLength: 8 }) },
  fc.constantFrom(
    ...['<b>', '&amp;', '*', '_', '`', '```', '||', '~~', '> ', '# ', '- ', '1. ', '[x](y)', '\\'],
    ...['@everyone', '/threats', '#tag', 'notes.sh', 'https://x.org', '<t:1:R>', '$USD'],
    ...['漢字漢字漢字', 'שלום', 'مرحبا', '👩‍👩‍👧‍👦', '🇽🇰', 'é', '\u202Eabc', '\u200B', '﷽'],
    ...['\n', '\r\n', '\t', '\0', '\x1b[31m', '\u2028', 'x'.repeat(300)],
  ),
)

const text = fc
  .array(word, { maxLength: 8 })
  .map((words): PhrasingContent => ({ type: 'text', value: words.join(' ') }))

const value = fc.array(word, { maxLength: 4 }).map(words => words.join(' '))

const phrasing = fc.letrec<{ one: PhrasingContent; some: PhrasingContent[] }>(tie => ({
  some: fc.array(tie('one'), { maxLength: 4 }),
  one: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: text },
    value.map((value): PhrasingContent => ({ type: 'inlineCode', value })),
    value.map((value): PhrasingContent => ({ type: 'html', value })),
    value.map((alt): PhrasingContent => ({ type: 'image', url: 'https://x.org/i.png', alt })),
    fc.constant<PhrasingContent>({ type: 'break' }),
    value.map(
      (value): PhrasingContent => ({ type: 'time', start: '2026-06-01', end: '2026-06-10', value }),
    ),
    fc
      .record({
        type: fc.constantFrom('strong' as const, 'emphasis' as const, 'delete' as const),
        children: tie('some'),
      })
      .map((node): PhrasingContent => node),
    tie('some').map((children): PhrasingContent => ({ type: 'link', url: ADDRESS, children })),
  ),
}))

const table = fc
  .record({
    rows: fc.array(fc.array(phrasing.some, { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 5,
    }),
    align: fc.array(fc.constantFrom('left' as const, 'right' as const, 'center' as const, null)),
  })
  .map(
    ({ rows, align }): Table => ({
      type: 'table',
      align,
      children: rows.map(cells => ({
        type: 'tableRow',
        children: cells.map(children => ({ type: 'tableCell', children })),
      })),
    }),
  )

const blocks = fc.letrec<{ one: BlockContent; some: BlockContent[] }>(tie => ({
  some: fc.array(tie('one'), { maxLength: 5 }),
  one: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    {
      weight: 4,
      arbitrary: phrasing.some.map((children): BlockContent => ({ type: 'paragraph', children })),
    },
    table,
    fc
      .record({ depth: fc.constantFrom(1 as const, 2, 3, 4, 5, 6), children: phrasing.some })
      .map((node): BlockContent => ({ type: 'heading', ...node })),
    fc
      .record({ value, lang: fc.option(fc.constantFrom('ts', 'sh'), { nil: null }) })
      .map((node): BlockContent => ({ type: 'code', ...node })),
    value.map((value): BlockContent => ({ type: 'html', value })),
    fc.constant<BlockContent>({ type: 'thematicBreak' }),
    tie('some').map((children): BlockContent => ({ type: 'blockquote', children })),
    fc
      .record({
        items: fc.array(tie('some'), { minLength: 1, maxLength: 4 }),
        ordered: fc.boolean(),
        spread: fc.boolean(),
        start: fc.option(fc.integer({ min: 0, max: 999 }), { nil: null }),
        checked: fc.constantFrom(null, true, false),
      })
      .map(
        ({ items, ordered, spread, start, checked }): BlockContent => ({
          type: 'list',
          ordered,
          spread,
          start: ordered ? start : null,
          children: items.map(children => ({ type: 'listItem', spread, checked, children })),
        }),
      ),
  ),
}))

/** Any Markdown tree that a parser could make, and some texts that it could not. */
export const tree: fc.Arbitrary<Root> = blocks.some.map(children => ({ type: 'root', children }))

/**
 * The words of a tree in the order of reading, as any rendering must keep them, and then those of each cell of a table's
 * header, which a grid shows once above the rows, and cards beside each value. Where a rendering puts a link's address
 * behind it, a word ends there (though one may run into the link).
 */
export function wordsOf(root: Root, addressBehindLink = false): string[][] {
  const headers: TableCell[] = []
  const found: string[] = []
  let run = ''
  const end = () => {
    // A mark stands for a control character in every rendering.
    found.push(...split(run.replace(/(?![\t\n\r])\p{Cc}/gu, '\uFFFD')))
    run = ''
  }
  const read = (node: Nodes) => {
    // A link without words is shown as its address, with blanks around it.
    const bare = node.type === 'link' && textOf(node).trim() === ''
    const border = BLOCKS.has(node.type) || bare
    if (border) end()
    if (node.type === 'break') run += '\n'
    else if (node.type === 'image') run += kept(node.alt ?? '')
    else if ('value' in node) run += kept(node.value)
    if ('children' in node) {
      for (const child of node.children) {
        // Raw HTML is a block or a part of a sentence, depending on where it stands.
        if (CONTAINERS.has(node.type)) end()
        if (node.type === 'table' && child === node.children[0])
          headers.push(...node.children[0].children)
        else read(child)
      }
    }
    if (border || (addressBehindLink && node.type === 'link')) end()
  }
  read(root)
  return [found, ...headers.map(cell => wordsOf(asTree(cell), addressBehindLink)[0] ?? [])]
}

/** A text as every rendering keeps it: composed, and without the marks that Telegram deletes. */
function kept(text: string): string {
  return text.normalize().replace(/[\u030A\u0333\u033F\u202A-\u202E]/g, '')
}

function asTree({ children }: TableCell): Root {
  return { type: 'root', children: [{ type: 'paragraph', children }] }
}

/** Characters that a rendering may put around a link's address. */
const MARKS = /[<>]/g

const CONTAINERS = new Set(['root', 'blockquote', 'listItem'])

const BLOCKS = new Set([
  ...['root', 'paragraph', 'heading', 'code', 'thematicBreak', 'blockquote', 'list', 'listItem'],
  ...['table', 'tableRow', 'tableCell'],
])

/**
 * Words in Unicode's composed form: which of two canonically equal forms a rendering uses does not
 * matter. What has no width of its own, such as a lone joiner or accent, is no word and parts none.
 */
function split(text: string): string[] {
  return (
    text
      .normalize()
      .replaceAll('~', '')
      // A rendering puts the address behind a link that the platform would not accept.
      .replaceAll(` (${ADDRESS})`, '')
      .replace(MARKS, ' ')
      .replace(/[\u200B\u2060]/g, '')
      .split(/\s+/)
      .map(word => word.replace(/^[\p{M}\p{DI}\p{Cf}]+/u, ''))
      .filter(word => stringWidth(word) > 0)
  )
}

/**
 * Whether the words of each row stand in `shown` in their order and whole, whatever stands between them. The name of a
 * column on a card ends in a colon.
 */
export function inOrder(rows: readonly (readonly string[])[], shown: string): boolean {
  const tokens = split(shown)
  return rows.every(words => {
    let from = 0
    return words.every(word => {
      const at = tokens.findIndex(
        (token, index) => index >= from && (token === word || token === `${word}:`),
      )
      from = at + 1
      return at >= 0
    })
  })
}
