import { EventEmitter, once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createContentNews } from '../../src/app/content-news.ts'
import { openEditions } from '../../src/app/edition-source.ts'
import { sentences } from '../../src/log.ts'
import { renderText } from '../../src/render/text.ts'
import { manualClock } from '../platforms/pauses.ts'

const CONTENT = join(import.meta.dirname, '../../content')
const FLOODS = join(import.meta.dirname, '../../examples/floods')

/** A copy of a folder that an editor works on, an hour before midnight in UTC. The page is not open. */
async function open(content = CONTENT) {
  const directory = await mkdtemp(join(tmpdir(), 'sitrep-news-'))
  await cp(content, directory, { recursive: true })
  const clock = manualClock('2023-05-01T23:00:00Z')
  const reads = new EventEmitter()
  const editions = openEditions({
    ...{ directory, clock, timeZone: 'UTC', log: sentences(() => {}), hasDrafts: true },
    onChange() {},
    onRead: () => reads.emit('read'),
  })
  onTestFinished(async () => {
    await editions.stop()
    await rm(directory, { recursive: true })
  })
  await editions.watch()
  const { drafts, updates } = createContentNews(editions, clock, 'Europe/Sarajevo')
  return {
    drafts,
    problems: editions.problems,
    texts: () =>
      updates().map(each => renderText(each, { columns: 80, style: 'grid', colour: false })),
    /** Writes a file. Resolves once the edit has been read. */
    async edit(path: string, change: (text: string) => string) {
      const file = join(directory, path)
      const text = await readFile(file, 'utf8').catch(() => '')
      const read = once(reads, 'read')
      await writeFile(file, change(text))
      await read
    },
    /** Resolves once the content has been read on the next day. */
    async passMidnight() {
      const read = once(reads, 'read')
      await clock.advance({ hours: 1 })
      await read
    },
  }
}

const THREATS = 'sections/02-threats.md'

test('an edit is told as subscribers would be told, and nothing once it is undone', async () => {
  const { texts, edit } = await open()
  expect(texts()).toEqual([])
  let before = ''
  await edit(THREATS, text => {
    before = text
    return text.replace('Cybersecurity Threats', 'Attacks on networks')
  })
  const [text = '', ...more] = texts()
  expect(more).toEqual([])
  expect(text).toMatch('Threats and challenges')
  expect(text).toMatch('Attacks on networks')
  expect(text).toMatch('Cybersecurity Threats')
  await edit(THREATS, () => before)
  expect(texts()).toEqual([])
})

test('exercises and sections are updates of their own, as in a chat that follows everything', async () => {
  const { texts, edit } = await open()
  await edit('events.yaml', text => text.replace('end: 2023-06-10', 'end: 2023-06-12'))
  await edit(THREATS, text => text.replace('Cybersecurity Threats', 'Attacks on networks'))
  const [events = '', sections = ''] = texts()
  expect(events).toMatch('Defender 2023')
  expect(sections).toMatch('Attacks on networks')
})

test('a draft is listed, and is no update', async () => {
  const { drafts, texts, edit } = await open()
  expect(drafts()).toEqual([])
  const head = '---\ncommand: shelters\ntitle: Shelters\nsummary: Where they are.\n---\n'
  await edit('sections/_08-shelters.md', () => `${head}\nThere are three.\n`)
  expect(drafts()).toEqual([{ command: 'shelters', title: 'Shelters' }])
  expect(texts()).toEqual([])
})

test('a broken edit leaves the update of the last edition, and one that fixes it changes the update', async () => {
  const { problems, texts, edit } = await open()
  await edit(THREATS, text => text.replace('Cybersecurity Threats', 'Attacks on networks'))
  const before = texts()
  await edit(THREATS, text => text.replace('command: threats', 'comand: threats'))
  expect(problems()[0]).toMatchObject({ file: THREATS })
  expect(texts()).toEqual(before)
  await edit(THREATS, text =>
    text.replace('comand: threats', 'command: threats').replace('Attacks on', 'Raids on'),
  )
  expect(problems()).toEqual([])
  expect(texts().join()).toMatch('Raids on networks')
})

test('dates that move on with the day are no update, and later edits are', async () => {
  const { texts, edit, passMidnight } = await open(FLOODS)
  await passMidnight()
  expect(texts()).toEqual([])
  await edit('events.yaml', text => text.replace('All 7 sirens', 'All 8 sirens'))
  const [text = '', ...more] = texts()
  expect(more).toEqual([])
  expect(text).toMatch('Siren test')
  expect(text).toMatch('All 8 sirens')
})
