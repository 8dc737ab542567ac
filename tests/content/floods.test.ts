import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isPast } from '../../src/briefing/event-state.ts'
import { reservedNames } from '../../src/commands/builtin.ts'
import { diffEditions, NOTHING_CHANGED } from '../../src/content/diff.ts'
import { loadEdition } from '../../src/content/load.ts'
import { localOn } from './fixture.ts'

const floods = join(import.meta.dirname, '../../examples/floods')
const cache = mkdtempSync(join(tmpdir(), 'sitrep-floods-'))

async function load(day: string, folder = floods) {
  return loadEdition(folder, reservedNames, cache, { today: Temporal.PlainDate.from(day) })
}

test.for(['2027-01-01', '2027-02-28', '2028-02-29', '2027-06-30', '2026-11-30', '2026-12-31'])(
  'on %s the example has no problems, and something lies ahead and behind',
  async day => {
    const { edition, problems, warnings } = await load(day)
    expect({ problems, warnings }).toEqual({ problems: undefined, warnings: [] })
    const today = Temporal.PlainDate.from(day)
    expect(edition?.asOf).toBe(day)
    expect(edition?.relativeTo).toBe(day)
    const past = (edition && localOn(today, edition))?.events.filter(isPast) ?? []
    const ahead = edition?.events.filter(each => each.start > day) ?? []
    expect([past.length, ahead.length]).toEqual([2, 8])
    expect(ahead.map(({ start }) => start)).toContain(`${today.add({ days: 1 })}T11:00`)
  },
)

test('a day later nothing counts as changed, and an edit of the same day does', async () => {
  const [today, tomorrow] = [await load('2026-11-30'), await load('2026-12-01')]
  if (!today.edition || !tomorrow.edition) throw new Error('The example has problems.')
  expect(tomorrow.digest).not.toBe(today.digest)
  expect(diffEditions(today.edition, tomorrow.edition)).toBe(NOTHING_CHANGED)
  const [first, ...others] = today.edition.events
  if (!first) throw new Error('The example has no exercise.')
  const events = [{ ...first, status: 'cancelled' as const }, ...others]
  expect(diffEditions(today.edition, { ...today.edition, events }).events).toHaveLength(1)
})

test('a malformed relative date is a problem of its file and line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sitrep-floods-'))
  cpSync(floods, folder, { recursive: true })
  const path = join(folder, 'events.yaml')
  const text = readFileSync(path, 'utf8').replace('{{today+14d}}', '{{today+two weeks}}')
  writeFileSync(path, text)
  const line = text.split('\n').findIndex(each => each.includes('two weeks')) + 1
  const { problems } = await load('2026-11-30', folder)
  expect(problems).toEqual([
    {
      file: 'events.yaml',
      line,
      message: '`{{today+two weeks}}` is not a relative date.',
      fix: 'Write {{today}}, {{today+3d}}, {{today-2w}} or {{today+3d in words}}.',
    },
  ])
})

test('no word of the shipped subject is in the example', async () => {
  const { edition } = await load('2026-11-30')
  const { events, ...rest } = edition ?? {}
  const words = JSON.stringify([events, rest])
  expect(words).toContain('Quillhaven')
  expect(words).not.toMatch(
    /NATO|Balkan|Kosovo|Bosnia|Albania|Macedonia|Serbia|Montenegro|Croatia|Slovenia|alliance|militar|troop|soldier|defen[cs]e|partner/i,
  )
})
