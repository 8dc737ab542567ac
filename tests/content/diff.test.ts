import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeBlocks } from '../../src/briefing/changes.ts'
import { diffEditions } from '../../src/content/diff.ts'
import type { Edition, Exercise } from '../../src/content/edition.ts'
import { message } from '../../src/message.ts'
import { renderText } from '../../src/render/text.ts'
import { runs } from '../properties.ts'
import { edition, section } from './fixture.ts'

const TABLE = (rows: readonly string[]) => `Words.

More words.

## Places

| Place | Force | Since |
|---|---|---|
${rows.map(row => `| ${row} |`).join('\n')}
`

const alpha = (body: string, summary = 'The first section.') =>
  edition({
    'sections/01-alpha.md': section(`command: alpha\ntitle: Alpha\nsummary: ${summary}`, body),
  })

/** The differences as lines of text. */
function told(before: Edition, after: Edition): string[] {
  const body = changeBlocks(diffEditions(before, after))
  return renderText(message(body), { columns: 200, style: 'grid', colour: false })
    .split('\n')
    .filter(line => line !== '' && !/^─+$/.test(line))
}

test('rows are known by their first cell: new, changed cell by cell, or gone', () => {
  const before = alpha(
    TABLE(['Mitrovica | KFOR | 1999', 'Camp A | none | 2001', 'Peja | KFOR | 1999']),
  )
  const after = alpha(
    TABLE(['Peja | EUFOR | 1999', 'Mitrovica | KFOR | 1999', 'Brčko | none | 2004']),
  )
  expect(told(before, after)).toEqual([
    'Alpha',
    '• Brčko added to “Places”.',
    '• Peja in “Places”: Force: ~~KFOR~~ → EUFOR',
    '• Camp A removed from “Places”.',
  ])
})

test('a row whose first cell is there twice is told from its namesake by its place', () => {
  const before = alpha(TABLE(['Peja | KFOR | 1999', 'Peja | EUFOR | 2004']))
  const after = alpha(TABLE(['Peja | KFOR | 1999', 'Peja | EUFOR | 2005', 'Peja | UN | 2006']))
  expect(told(before, after)).toEqual([
    'Alpha',
    '• Peja added to “Places”.',
    '• Peja in “Places”: Since: ~~2004~~ → 2005',
  ])
})

test('a column that comes, goes, or is called otherwise is told by its name', () => {
  const table = (head: string, row: string) =>
    alpha(`| ${head} |\n|${'---|'.repeat(head.split('|').length)}\n| ${row} |`)
  const before = table('Place | Force | Since', 'Peja | KFOR | 1999')
  expect(told(before, table('Place | Since', 'Peja | 1999'))).toEqual([
    ...['Alpha', '• Column “Force” removed.'],
  ])
  expect(told(before, table('Place | Town | Force | Since', 'Peja | yes | EUFOR | 1999'))).toEqual([
    ...['Alpha', '• Column “Town” added.', '• Peja: Force: ~~KFOR~~ → EUFOR'],
  ])
  expect(told(before, table('Town | Force | Since', 'Peja | KFOR | 1999'))).toEqual([
    ...['Alpha', '• Column “Town” added.', '• Column “Place” removed.'],
  ])
  // Two of the same name, or of none, are told apart by their order.
  const [one, two] = ['1 | 2', '9 | 2'].map(cells => table('N | V | V', `One | ${cells}`))
  expect(one && two ? told(one, two) : []).toEqual(['Alpha', '• One: V: ~~1~~ → 9'])
})

test('a row, a cell or a link that was struck, or that leads elsewhere, is a change', () => {
  const one = (row: string) => alpha(`| Event | Date |\n| --- | --- |\n| ${row} |`)
  const was = one('Concert | 16 May')
  expect(told(was, one('~~Concert~~ | 16 May'))).toEqual([
    ...['Alpha', '• ~~Concert~~: Event: “Concert” → “~~Concert~~”'],
  ])
  expect(told(was, one('~~Concert~~ | ~~16 May~~'))[1]).toMatch(/; Date: “16 May” → “~~16 May~~”$/)
  expect(told(was, one('Concert | ~~16 May~~ 17 May'))).toEqual([
    ...['Alpha', '• Concert: Date: “16 May” → “~~16 May~~ 17 May”'],
  ])
  const [linked, moved] = ['a', 'b'].map(path => one(`Concert | [form](https://x.org/${path})`))
  expect(linked && moved && told(linked, moved)).toEqual([
    ...['Alpha', '• Concert: Date: “form (https://x.org/a)” → “form (https://x.org/b)”'],
  ])
  expect(told(was, one('**Concert** | _16 May_'))).toEqual([])
})

test.for([
  [
    'a sentence that is struck',
    'We meet at noon.',
    'We ~~meet at noon~~.',
    '“We meet at noon.” → “We ~~meet at noon~~.”',
  ],
  ['a task that is ticked', '- [ ] Boats', '- [x] Boats', '~~☐~~ ☑ Boats'],
  ['a list item that becomes a task', '- Boats', '- [ ] Boats', '☐ Boats'],
  [
    'a link that leads elsewhere',
    '[Sign](https://x.org/a) up.',
    '[Sign](https://x.org/b) up.',
    '“Sign (https://x.org/a) up.” → “Sign (https://x.org/b) up.”',
  ],
  [
    'a link that is taken away',
    '[Sign](https://x.org/a) up.',
    'Sign up.',
    '“Sign (https://x.org/a) up.” → “Sign up.”',
  ],
  [
    'an image of another address',
    '![Map](https://x.org/a.png)',
    '![Map](https://x.org/b.png)',
    '“Map (picture) (https://x.org/a.png)” → “Map (picture) (https://x.org/b.png)”',
  ],
  [
    'a line break that parts two words',
    'Skadar\\\nDrin',
    'SkadarDrin',
    '~~Skadar Drin~~ → SkadarDrin',
  ],
  [
    'other words',
    'The road is closed.',
    'Trains run again.',
    '~~The road is closed.~~ → Trains run again.',
  ],
])('%s is shown before and after', ([, before = '', after = '', line = '']) => {
  expect(told(alpha(before), alpha(after))).toEqual(['Alpha', `• ${line}`])
  expect(told(alpha(after), alpha(after))).toEqual([])
})

test('a long passage is shown around its changes, and a new or removed one by its beginning', () => {
  const filler = 'The water stands high along both banks of the river, and crews watch the dykes.'
  const [was, is] = ['nine', 'ten'].map(
    hour => `${filler} The ferry sails at ${hour} o’clock. ${filler}`,
  )
  expect(told(alpha(was ?? ''), alpha(is ?? ''))).toEqual([
    'Alpha',
    '• …crews watch the dykes. The ferry sails at ~~nine~~ ten o’clock. The water stands high along…',
  ])
  const short = alpha('One.')
  const start = `${filler} The ferry sails at`
  expect(told(short, alpha(`One.\n\n${was}`))).toEqual(['Alpha', `• New: ${start}…`])
  expect(told(alpha(`One.\n\n${was}`), short)).toEqual(['Alpha', `• Removed: ~~${start}…~~`])
})

test('a long passage with a link is shown around what changed, not where its lines wrap', () => {
  const filler =
    '[Water](https://x.org/w) stands high along both banks of the river, and crews watch the dykes all day and night.'
  const wrapped = filler.replace(', and', ',\nand')
  expect(told(alpha(`${filler} It rains.`), alpha(wrapped))).toEqual([
    'Alpha',
    '• ~~…crews watch the dykes all day and night. It rains.~~ → …crews watch the dykes all day and night.',
  ])
})

test('a passage that moves is no change, and one that is new before another is no rewriting of it', () => {
  expect(told(alpha('One.\n\nTwo.\n\nThree.'), alpha('Three.\n\nOne.\n\nTwo.'))).toEqual([])
  expect(told(alpha('One.\n\nTwo.'), alpha('Zero.\n\nOne.\n\nTwo.'))).toEqual([
    'Alpha',
    '• New: Zero.',
  ])
  expect(told(alpha('One is here.\n\nTwo.'), alpha('Zero.\n\nOne is not here.\n\nTwo.'))).toEqual([
    'Alpha',
    '• One is not here.',
    '• New: Zero.',
  ])
})

test.for([
  ['bold words', 'We meet at noon.', 'We **meet** at `noon`.'],
  ['lines that wrap elsewhere', 'Skadar\nand Drin', 'Skadar and\nDrin'],
])('%s say the same', ([, before = '', after = '']) => {
  expect(told(alpha(before), alpha(after))).toEqual([])
})

test('a title that alone has changed is told as well', () => {
  const after = edition({
    'sections/01-alpha.md': section('command: alpha\ntitle: Omega\nsummary: The first section.'),
  })
  expect(told(edition(), after)).toEqual(['Omega', '• Renamed from “Alpha”.'])
})

test('passages are compared in their places', () => {
  const before = alpha('One.\n\nTwo is here.\n\n* three\n* four')
  const after = alpha('One.\n\nTwo was here.\n\n* three\n* four\n* five', 'It has changed.')
  expect(told(before, after)).toEqual([
    'Alpha',
    '• New summary: It has changed.',
    '• Two ~~is~~ was here.',
    '• New: five',
  ])
})

test('sections come and go', () => {
  const before = edition({
    'sections/02-beta.md': section('command: beta\ntitle: Beta\nsummary: S.'),
  })
  const after = edition({
    'sections/03-gamma.md': section('command: gamma\ntitle: Gamma\nsummary: S.'),
  })
  expect(told(before, after)).toEqual([
    ...['Gamma', '• New section: S.'],
    ...['Beta', '• Section removed.'],
  ])
})

test('a section with 40 changes is reported with the first ones and the number of the others', () => {
  const rows = (value: number) =>
    Array.from({ length: 40 }, (_, row) => `Row ${row} | ${value} | x`)
  const lines = told(alpha(TABLE(rows(1))), alpha(TABLE(rows(2))))
  expect(lines).toHaveLength(14)
  expect(lines.at(-1)).toBe('• …and 28 more changes')
})

test('the change of an exercise is described by its dates and its status', () => {
  const before: Exercise = {
    ...{ id: 'e', name: 'Shield', start: '2026-06-28', end: '2026-07-03' },
    ...{ participants: 'All', status: 'scheduled' },
  }
  const of = (was: Partial<Exercise>, is: Partial<Exercise>) => {
    const [one, two] = [was, is].map(more => ({
      ...edition(),
      exercises: [{ ...before, ...more }],
    }))
    return one && two ? told(one, two).slice(1) : []
  }
  expect(of({}, { start: '2026-07-01' })).toEqual([
    '• Shield: moved from 28 June – 3 July to 1–3 July 2026',
  ])
  expect(of({}, { start: '2027-01-01', end: '2027-01-02' })).toEqual([
    '• Shield: moved from 28 June – 3 July 2026 to 1–2 January 2027',
  ])
  expect(of({}, { status: 'postponed' })).toEqual([
    '• Shield: postponed, was 28 June – 3 July 2026; no new dates yet',
  ])
  expect(of({ status: 'postponed' }, { start: '2026-09-01', end: '2026-09-01' })).toEqual([
    '• Shield: rescheduled to 1 September 2026',
  ])
  expect(of({ status: 'cancelled' }, {})).toEqual(['• Shield: back on: 28 June – 3 July 2026'])
  expect(of({}, { name: 'Sword', location: 'Peja', participants: 'Some' })).toEqual([
    '• Sword: renamed from Shield; participants: Some; place: Peja',
  ])
  expect(of({ note: 'A note.' }, {})).toEqual(['• Shield: note removed'])
})

test('an edition differs from itself in nothing, and from any other in something', () => {
  const rows = fc.array(fc.constantFrom('a | 1 | x', 'b | 2 | y', 'a | 3 | z', 'c | 4 | w'), {
    minLength: 1,
  })
  fc.assert(
    fc.property(rows, rows, (one, two) => {
      const [before, after] = [alpha(TABLE(one)), alpha(TABLE(two))]
      expect(diffEditions(before, before)).toEqual({ sections: [], exercises: [] })
      // The order of rows says nothing, but for rows of the same name.
      const sorted = (each: readonly string[]) => JSON.stringify([...each].sort())
      if (sorted(one) !== sorted(two)) expect(diffEditions(before, after).sections).toHaveLength(1)
    }),
    { numRuns: runs(60) },
  )
})
