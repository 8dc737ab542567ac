/** Bytes of a file, less room for front matter. */
const ROOM = 64 * 1024 - 200

const fill = (part: string) => part.repeat(ROOM / Buffer.byteLength(part))
const table = (row: string) => `| a | b |\n| - | - |\n${fill(row)}`

/** Bodies of sections, each just below 64 KiB, that take a parser or a renderer long, or readers nothing. */
export const WORST_BODIES: Record<string, string> = {
  'headings below a letter': fill('a\n=\n'),
  'headings of dashes, apart': fill('b\n-\n\n'),
  'quotes in quotes': fill('> '),
  'lists in quotes': fill('> - > - > - > - a\n'),
  'lists in lists': fill('- a\n  - b\n    - c\n      - d\n'),
  'lists of one item': fill('1. a\n2) b\n'),
  'marks of emphasis': fill('*a **b_ '),
  'marks that close nothing': fill('a** '),
  brackets: fill('[a]('),
  'images in links': fill('[![a]'),
  'references to one definition': `[a]: https://a.example\n\n${fill('[a]\n\n').slice(30)}`,
  footnotes: fill('[^a]: b\n\n'),
  'a table of many columns': `${fill('|a').slice(0, 20_000)}|\n${fill('|-').slice(0, 20_000)}|\n${fill('|b').slice(0, 20_000)}|`,
  'a table of many rows': table('|c|d|\n'),
  'tables of one cell': fill('|a|\n|-|\n|b|\n\n'),
  'code in one paragraph': fill('`a` '),
  'backticks that close nothing': fill('` `` '),
  'text struck through': fill('~~a~~ '),
  addresses: fill('a@b.c '),
  'parts of an address': fill('a@a.'),
  'hosts in brackets': fill('www.a.b ('),
}

/** Files of YAML that take long, or more memory than they have bytes. */
export const WORST_YAML: Record<string, string> = {
  'aliases of aliases': Array.from({ length: 40 }, (_, level) =>
    level === 0 ? 'a0: &a0 [x, x]' : `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
  ).join('\n'),
  'lists in lists': '['.repeat(ROOM),
  'keys in keys': Array.from({ length: 340 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  'unknown keys': Array.from({ length: 6000 }, (_, key) => `k${key}: 1`).join('\n'),
  'one key again and again': fill('id: a\n'),
  'quotes that are left open': fill('a: "\n'),
}
