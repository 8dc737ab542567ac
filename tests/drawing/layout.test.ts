import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sceneOf } from '../../src/drawing/draw.ts'
import type { DrawnCell, TableDrawing } from '../../src/picture.ts'
import { runs } from '../properties.ts'
import { event, SAMPLES } from './samples.ts'
import { faultsOf, linesOf, measure, textsOf } from './scenes.ts'

const word = fc.oneof(
  fc.constantFrom(
    'Drin',
    'at',
    'Shkodër',
    '4.20 m',
    'مستوى',
    'המים',
    '河流水位',
    '水',
    '강 수위가',
    '🇽🇰',
    '👩🏽‍🚒',
    '1️⃣',
  ),
  fc.constantFrom(
    'Donaudampfschifffahrtsgesellschaft',
    'well-known',
    'https://example.org/a/b',
    '(x)',
    '…',
  ),
  fc.string({ unit: fc.constantFrom(...'abcijWM.,-/ é'), minLength: 1, maxLength: 60 }),
)
const text = fc.array(word, { maxLength: 8 }).map(words => words.join(' '))
const flag = fc.option(fc.constant(true as const), { nil: undefined })
const run = fc
  .record({ text, bold: flag, italic: flag, strike: flag, code: flag })
  .map(({ text, ...flags }) => ({
    text,
    ...(flags.bold && { bold: flags.bold }),
    ...(flags.italic && { italic: flags.italic }),
    ...(flags.strike && { strike: flags.strike }),
    ...(flags.code && { code: flags.code }),
  }))
const cell: fc.Arbitrary<DrawnCell> = fc.array(run, { maxLength: 2 })
const table: fc.Arbitrary<TableDrawing> = fc.integer({ min: 1, max: 8 }).chain(columns =>
  fc.record({
    kind: fc.constant('table' as const),
    rows: fc.array(fc.array(cell, { maxLength: columns }), { minLength: 1, maxLength: 6 }),
    align: fc.array(fc.constantFrom('left' as const, 'right' as const, 'center' as const, null)),
  }),
)

/** The letters of a text, without blanks and in any order, because cells from right to left change places. */
const letters = (parts: readonly string[]) =>
  [
    ...parts
      .join('')
      .normalize('NFC')
      .replace(/\s|\ufe0f|\u20e3/g, ''),
  ]
    .sort()
    .join('')

/** The letters of `said` that are not drawn, or not as often. Both are sorted. */
function missing(drawn: string, said: string): string {
  const rest = [...drawn]
  return [...said]
    .filter(letter => {
      while (rest.length > 0 && (rest[0] ?? '') < letter) rest.shift()
      const isDrawn = rest[0] === letter
      if (isDrawn) rest.shift()
      return !isDrawn
    })
    .join('')
}

test('no text of any table is clipped, overlaps another or is lost', { tags: 'slow' }, () => {
  fc.assert(
    fc.property(table, given => {
      const scene = sceneOf({ ...given, theme: 'light' }, measure)
      expect(faultsOf(scene)).toEqual([])
      const [header = [], ...rows] = given.rows
      const body = rows.flatMap(cells => cells.flatMap(each => each.map(({ text }) => text)))
      const drawn = letters(textsOf(scene))
      const said = letters([...header.flat().map(({ text }) => text), ...body])
      expect(missing(drawn, said)).toBe('')
      // Cards repeat their labels.
      expect([...drawn].filter(letter => !`${said}·`.includes(letter))).toEqual([])
    }),
    { numRuns: runs(200) },
  )
})

test('no text of any timeline is clipped or overlaps another', () => {
  const day = fc.integer({ min: -4000, max: 4000 })
  const anyEvent = fc
    .tuple(
      text,
      day,
      fc.nat(400),
      fc.constantFrom('past', 'running', 'upcoming', 'postponed', 'cancelled'),
    )
    .map(([name, start, length, state]) => {
      const first = Temporal.PlainDate.from('2026-11-30').add({ days: start })
      return event(name, `${first}`, `${first.add({ days: length })}`, state)
    })
  const events = fc.array(anyEvent, { maxLength: 12 })
  fc.assert(
    fc.property(events, text, (given, todayText) => {
      const sorted = given.toSorted((a, b) => a.start.localeCompare(b.start))
      const drawing = { kind: 'timeline', today: '2026-11-30', todayText, events: sorted } as const
      const scene = sceneOf({ ...drawing, theme: 'dark' }, measure)
      expect(faultsOf(scene)).toEqual([])
      const said = [todayText, ...sorted.flatMap(each => [each.name, each.stateText, each.dates])]
      expect(missing(letters(textsOf(scene)), letters(said))).toBe('')
    }),
    { numRuns: runs(200) },
  )
})

test('the samples are without faults', () => {
  for (const drawing of Object.values(SAMPLES)) {
    expect(faultsOf(sceneOf({ ...drawing, theme: 'light' }, measure))).toEqual([])
  }
})

test('a column is aligned as its table says, and a cell from right to left by its text', () => {
  const rows = [
    ['A', 'Level'],
    ['B', '1'],
    ['C', 'مستوى'],
  ].map(row => row.map(text => [{ text }]))
  const placed = (align: TableDrawing['align']) =>
    linesOf(sceneOf({ kind: 'table', rows, theme: 'light', ...(align && { align }) }, measure))
      .filter(({ line }) => ['1', 'مستوى'].includes(line.pieces[0]?.text ?? ''))
      .map(({ line, x, area }) => {
        const free = area.width - line.width
        return Math.round(((x - area.x) / free) * 2)
      })
  expect(placed([null, 'right'])).toEqual([2, 2])
  expect(placed([null, 'center'])).toEqual([1, 1])
  expect(placed([null, 'left'])).toEqual([0, 0])
  expect(placed(undefined)).toEqual([0, 2])
})

test('a header of blank cells is not drawn', () => {
  const rows = [
    ['', ' '],
    ['Name', 'Value'],
  ].map(row => row.map(text => [{ text }]))
  const scene = sceneOf({ kind: 'table', rows, theme: 'light' }, measure)
  expect(textsOf(scene)).toEqual(['Name', 'Value'])
  expect(scene.marks.filter(({ kind }) => kind === 'box')).toEqual([])
})

test('the line of today divides the events that have started from those that come', () => {
  const texts = textsOf(sceneOf({ ...SAMPLES.timeline, theme: 'light' }, measure))
  const today = texts.indexOf('Today, 30 November 2026')
  expect(texts.indexOf('Winter readiness week')).toBeLessThan(today)
  expect(texts.indexOf('Medical evacuation drill')).toBeGreaterThan(today)
})

test('a line of a timeline breaks between the dates of an event, and not within them', () => {
  const dates = '29 November 2026 – 28 September 2027'
  const events = [event('Name', '2026-11-29', '2027-09-28', 'running', dates)]
  const drawing = { kind: 'timeline', today: '2026-11-30', todayText: 'Today', events } as const
  const texts = textsOf(sceneOf({ ...drawing, theme: 'light' }, measure))
  expect(texts).toContain('– 28\u00a0September\u00a02027')
})

test('each state has a bar of its own, and its word', () => {
  const states = ['past', 'running', 'upcoming', 'postponed', 'cancelled'] as const
  const forms = states.map(state => {
    const events = [event('Name', '2026-11-01', '2026-12-20', state)]
    const drawing = { kind: 'timeline', today: '2026-11-30', todayText: 'Today', events } as const
    const scene = sceneOf({ ...drawing, theme: 'light' }, measure)
    const bars = scene.marks.filter(mark => mark.kind === 'box' && mark.radius !== undefined)
    const strokes = scene.marks.filter(mark => mark.kind === 'stroke').length
    return JSON.stringify([bars.map(bar => ({ ...bar, x: 0, y: 0 })), strokes])
  })
  expect(new Set(forms).size).toBe(states.length)
})
