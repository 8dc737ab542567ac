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

/** A copy of the shipped briefing that an editor works on. */
async function open() {
  const directory = await mkdtemp(join(tmpdir(), 'sitrep-news-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  await cp(CONTENT, directory, { recursive: true })
  const clock = manualClock('2023-05-01T12:00:00Z')
  const log = sentences(() => {})
  const options = { directory, clock, timeZone: 'UTC', log, hasDrafts: true, onChange() {} }
  let editions = openEditions(options)
  await editions.load()
  const news = createContentNews(
    { published: () => editions.published(), registry: () => editions.registry() },
    clock,
    'Europe/Sarajevo',
  )
  news.updates()
  onTestFinished(() => editions.stop())
  return {
    directory,
    drafts: news.drafts,
    texts: () =>
      news
        .updates()
        .map(message => renderText(message, { columns: 80, style: 'grid', colour: false })),
    async edit(path: string, change: (text: string) => string) {
      const file = join(directory, path)
      const text = await readFile(file, 'utf8').catch(() => '')
      await writeFile(file, change(text))
      await editions.stop()
      const edited = openEditions(options)
      await edited.load()
      editions = edited
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
  await edit('exercises.yaml', text => text.replace('end: 2023-06-10', 'end: 2023-06-12'))
  await edit(THREATS, text => text.replace('Cybersecurity Threats', 'Attacks on networks'))
  const [exercises = '', sections = ''] = texts()
  expect(exercises).toMatch('Defender 2023')
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
