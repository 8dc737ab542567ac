const BYTES = 64 * 1024 - 200

/** Repeats a text up to just below 64 KiB, with room for front matter. */
export function fill(part: string): string {
  return part.repeat(BYTES / Buffer.byteLength(part))
}

const table = (row: string, count: number) => `| a | b |\n| - | - |\n${row.repeat(count)}`

/** Bodies of up to 64 KiB that are taken, of kinds that take the parser or a renderer long. */
export const COSTLY: Readonly<Record<string, string>> = {
  'lines of www': fill('www.example.org/x\n'),
  'a list of www': fill('- www.example.org\n'),
  'a list of mail addresses': fill('- desk@example.org\n'),
  'names of hosts': fill('a.example.org '),
  'web addresses': fill('https://a.example/x '),
  'links, apart': fill('[a](https://example.org)\n\n'),
  'receivers of a mail': `[a](mailto:${Array.from({ length: 2000 }, (_, i) => `a${i}@example.org`)})`,
  'quotes of a line': fill(
    '> They came to the port in the north, and they left on the same day as well.\n\n',
  ),
  'lines of one quote': fill('> a\n'),
  'backticks that close nothing': fill('` `` '),
  rules: fill('---\n\n'),
  'rules and paragraphs': '---\n\nbcd\n\n'.repeat(6600),
  'headings of a letter': '# a\n'.repeat(9000),
  'headings, apart': fill('### abc def\n\n'),
  'tasks that end in a colon': '- [ ] a:\n'.repeat(6000),
  'items that end in a colon': fill('- abc def:\n'),
  'words that end in a colon': fill('word:\n\n'),
  'numbered items': fill('1. abcdef\n'),
  'struck words': fill(`${'~~abcdef~~ '.repeat(900)}\n\n`),
  'lines of a letter': fill('a\n'),
  'line ends': fill('> abc  \n'),
  'rows of a table': table('|c|d|\n', 3000),
  'rows with links': table('| [c](https://e.org) | dddddddddddd |\n', 1500),
  'tables of a row': fill('## Head\n\n| aa | bb |\n| - | - |\n| some words | other |\n\n'),
  'a header of many cells': ['abc|', '-|', 'abc|'].map(cell => `|${cell.repeat(1500)}\n`).join(''),
  'cards with a long name': `| a | ${'word '.repeat(100)}|\n|-|-|\n${'|c|d e|\n'.repeat(500)}`,
  'fences of a line': fill('```\na\n```\n'),
  'code of one line': `~~~\n${'`'.repeat(60_000)}\n~~~`,
  'text without blanks': fill('部队抵达港口，船只离开。'),
  'brackets behind an address': `http://a.b/${')'.repeat(3900)} `,
  'opening brackets behind addresses': fill('https://a.b/(((((((((( '),
  'dots and letters': fill('a.'),
  dots: fill('.'),
  slashes: fill('/abc '),
  'marks of accounts': fill('@a'),
  tildes: fill('~ '),
  'IP addresses': fill('1.1.1.1 '),
  'lines of an IP address': fill('1.1.1.1\n'),
  'IP addresses with a port': fill('1.1.1.1:80 '),
  'networks of IP addresses': fill('10.0.0.1/24 '),
  'schemes of mail': fill('mailto:'),
  'schemes of mail in brackets': fill('(mailto:'),
  'mail addresses in brackets': fill('(mailto:a@b.org'),
  'hosts of a dash': fill('(https://-'),
  'schemes of mail, apart': fill(`${'(mailto:'.repeat(499)} `),
  'web addresses in an open bracket': `[${fill(`${'(http://a.b'.repeat(360)} `)}`,
  prose: fill('The quick brown fox jumps over the lazy dog. '),
}
