import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEditions } from '../../src/app/edition-source.ts'
import { sentences } from '../../src/log.ts'
import { manualClock } from '../platforms/pauses.ts'

/** Watches a folder whose event begins on `start`. Resolves once it is loaded, an hour before midnight in Berlin. */
async function watchAt(start: string) {
  const directory = mkdtempSync(join(tmpdir(), 'sitrep-midnight-'))
  mkdirSync(join(directory, 'sections'))
  const write = (path: string, text: string) => writeFileSync(join(directory, path), text)
  const head = 'id: a\ntitle: A\nsummary: A.\npublisher: A\nsource: A\nlanguage: en\nlicence: A\n'
  write('edition.yaml', `${head}asOf: 2026-12\n`)
  write(
    'events.yaml',
    `- {id: e, name: E, start: ${start}, end: 2027-02-01, participants: A, status: scheduled}\n`,
  )
  write('sections/01-a.md', '---\ncommand: alpha\ntitle: A\nsummary: A.\n---\n\nWords.\n')
  const clock = manualClock('2026-12-31T22:00:00Z')
  let reads = 0
  const editions = openEditions({
    ...{ directory, clock, timeZone: 'Europe/Berlin', log: sentences(() => {}) },
    onChange() {},
    onRead() {
      reads += 1
    },
  })
  onTestFinished(async () => {
    await editions.stop()
    rmSync(directory, { recursive: true })
  })
  await editions.watch()
  const dates = () => editions.registry().edition.events.map(each => each.start)
  return { clock, dates, reads: () => reads }
}

test('an edition with relative dates is read once more after midnight of its zone', async () => {
  const { clock, dates, reads } = await watchAt('"{{today+1d}}"')
  expect(dates()).toEqual(['2027-01-01'])
  await clock.advance({ hours: 1 })
  await expect.poll(dates, { timeout: 10_000 }).toEqual(['2027-01-02'])
  expect(reads()).toBe(1)
})
