import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { toString as textOf } from 'mdast-util-to-string'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createBriefing } from '../../src/app/briefing.ts'
import { type EditionSource, openEditions } from '../../src/app/edition-source.ts'
import { createService } from '../../src/app/service.ts'
import { ANONYMOUS } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { contentPaths, loadEdition } from '../../src/content/load.ts'
import { loadDrafts as loadAll } from '../../src/content/load-drafts.ts'
import { sentences } from '../../src/log.ts'
import { runHere } from '../cli/command.ts'
import { folder, section } from '../content/fixture.ts'
import { query } from '../store/raw.ts'
import { newDatabase } from '../store/stores.ts'

let root: string
let opened: EditionSource[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sitrep-drafts-'))
  mkdirSync(join(root, 'sections'))
  for (const { path, text } of folder()) write(path, text)
})

afterEach(async () => {
  for (const editions of opened) await editions.stop()
  opened = []
  rmSync(root, { recursive: true })
})

const draft = (command: string, title: string, body = 'Words.') =>
  section(`command: ${command}\ntitle: ${title}\nsummary: S`, body)

function write(path: string, text: string | Buffer): void {
  writeFileSync(join(root, path), text)
}

/** The titles of the sections that answers and posts come from, and the problems. */
async function load(hasDrafts: boolean) {
  const { editions } = createBriefing(readConfig({ CONTENT_DIR: root }), { hasDrafts })
  opened.push(editions)
  await editions.load()
  return {
    shown: editions.registry().edition.sections.map(({ title }) => title),
    posted: editions.published()?.sections.map(({ title }) => title),
    problems: editions.problems().map(({ file }) => file),
  }
}

test('drafts are shown where they are asked for, and posts are made without them', async () => {
  write('sections/_06-new.md', draft('fresh', 'New'))
  expect(await load(true)).toEqual({ shown: ['Alpha', 'New'], posted: ['Alpha'], problems: [] })
  expect(await load(false)).toEqual({ shown: ['Alpha'], posted: ['Alpha'], problems: [] })
})

test('a draft takes the place of its file, and links name it with its mark or without', async () => {
  write('sections/_01-alpha.md', draft('alpha', 'Alpha again', '[a](02-b.md) and [b](_02-b.md)'))
  write('sections/_02-b.md', draft('b', 'B', '[a](01-alpha.md)'))
  write('_edition.yaml', `${folder()[0]?.text.replace('A briefing', 'A draft')}`)
  expect(await load(true)).toMatchObject({ shown: ['Alpha again', 'B'], posted: ['Alpha'] })
})

test('a whole edition is a draft until its line is taken out', async () => {
  write('edition.yaml', `${folder()[0]?.text}draft: true\n`)
  expect((await load(true)).shown).toEqual(['Alpha'])
  await expect(load(false)).rejects.toThrow('edition.yaml:10: This edition is a draft')
  renameSync(join(root, 'edition.yaml'), join(root, '_edition.yaml'))
  expect((await load(true)).shown).toEqual(['Alpha'])
  await expect(load(false)).rejects.toThrow('edition.yaml:1: The file is missing.')
})

/** The titles that are shown with the drafts, and the places and causes that problems name. */
async function loadDrafts() {
  const { shown } = await load(true)
  const found = opened.at(-1)?.problems() ?? []
  return { shown, problems: found.map(({ file, line, message }) => `${file}:${line}: ${message}`) }
}

test.each([
  ['front matter', 'no front matter', '1: The front matter is missing.'],
  ['text', draft('fresh', 'New', '![](https://x.org/a.png)'), '7: This image has no words.'],
  [
    'a taken command',
    draft('alpha', 'New'),
    '2: The name `alpha` is taken by sections/01-alpha.md (line 2).',
  ],
  [
    'a taken title',
    draft('fresh', 'Alpha'),
    '3: The title `Alpha` is taken by sections/01-alpha.md (line 3).',
  ],
  ['bytes', Buffer.from('caf\xe9', 'latin1'), '1: There are bytes here that are not UTF-8 text.'],
  ['size', 'x'.repeat(65_537), '1: The file has 65537 bytes; 65536 is the most.'],
])('a draft with a fault of its %s is left out alone', async (_, text, cause) => {
  write('sections/_06-new.md', text)
  write('sections/_07-good.md', draft('good', 'Good', '[new](_06-new.md), [new](06-new.md)'))
  const { shown, problems } = await loadDrafts()
  expect(shown).toEqual(['Alpha', 'Good'])
  expect(problems[0]).toBe(`sections/_06-new.md:${cause}`)
  expect(problems.filter(each => !each.startsWith('sections/_06-new.md'))).toEqual([])
})

test('the last file steps in for a draft that is left out', async () => {
  write('sections/_01-alpha.md', 'no front matter')
  write('_events.yaml', '- {}')
  write('sections/_06-new.md', draft('fresh', 'New'))
  const { shown, problems } = await loadDrafts()
  expect(shown).toEqual(['Alpha', 'New'])
  expect(new Set(problems.map(each => each.split(':')[0]))).toEqual(
    new Set(['_events.yaml', 'sections/_01-alpha.md']),
  )
})

test.each([
  ['a command', 'sections/_01-alpha.md', draft('aleph', 'Aleph'), '[a](/alpha)'],
  [
    'a built-in command',
    '_edition.yaml',
    `${folder()[0]?.text}commands: {receipt: false}\n`,
    '[a](/receipt)',
  ],
])('a draft that takes %s from a published link has the problem', async (_, path, text, link) => {
  write('sections/02-beta.md', draft('beta', 'Beta', `x\n\n${link}`))
  write(path, text)
  write('sections/_06-new.md', draft('fresh', 'New'))
  const { shown, problems } = await loadDrafts()
  expect(shown).toEqual(['Alpha', 'Beta', 'New'])
  const command = /\/\w+/.exec(link)?.[0]
  expect(problems).toEqual([
    `${path}:1: With this draft, sections/02-beta.md has a problem in line 9: There is no command \`${command}\`.`,
  ])
  expect(opened.at(-1)?.problems()).toMatchObject([
    { fix: 'Change this draft, or write a draft `sections/_02-beta.md` as well.' },
  ])
})

test('two drafts that take one command each from a published file are both left out', async () => {
  const named = (title: string, alias: string) =>
    draft(title.toLowerCase(), title).replace('summary', `aliases: [${alias}]\nsummary`)
  write('sections/01-alpha.md', named('Alpha', 'one'))
  write('sections/02-beta.md', named('Beta', 'two'))
  write('sections/03-gamma.md', draft('gamma', 'Gamma', '[a](/one) [b](/two)'))
  write('sections/_01-alpha.md', draft('alpha', 'Alpha again'))
  write('sections/_02-beta.md', draft('beta', 'Beta again'))
  write('sections/_06-new.md', draft('fresh', 'New'))
  const { shown, problems } = await loadDrafts()
  expect(shown).toEqual(['Alpha', 'Beta', 'Gamma', 'New'])
  expect(problems.map(each => each.split(':')[0])).toEqual([
    'sections/_01-alpha.md',
    'sections/_02-beta.md',
  ])
})

test('drafts are not blamed for a published file with problems of its own', async () => {
  write('sections/02-beta.md', 'no front matter')
  write('sections/_06-new.md', draft('fresh', 'New'))
  const { editions } = createBriefing(readConfig({ CONTENT_DIR: root }), { hasDrafts: true })
  opened.push(editions)
  await expect(editions.load()).rejects.toThrow(/^\S+02-beta\.md:1: .*missing\. [^\n]*$/)
})

test('a draft with problems is left out and told', async () => {
  write('sections/_06-new.md', 'no front matter')
  expect(await load(true)).toEqual({
    shown: ['Alpha'],
    posted: ['Alpha'],
    problems: ['sections/_06-new.md'],
  })
})

test('each edit is told with its problems, whether it is in use or not', async () => {
  const reads: (() => void)[] = []
  const editions = openEditions({
    directory: root,
    timeZone: 'UTC',
    clock: systemClock,
    log: sentences(() => {}),
    hasDrafts: true,
    onChange() {},
    onRead: () => reads.shift()?.(),
  })
  opened.push(editions)
  await editions.watch()
  const edit = async (text: string) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    reads.push(resolve)
    write('sections/01-alpha.md', text)
    await promise
    return editions.problems()
  }
  expect(await edit(draft('alpha', 'Alpha', '![](https://example.org/a.png)'))).toEqual([
    {
      file: 'sections/01-alpha.md',
      line: 7,
      message: 'This image has no words.',
      fix: 'Write what it shows: `![words](…)`.',
    },
  ])
  expect(await edit(draft('alpha', 'Alpha', 'A :tada:.'))).toMatchObject([{ isWarning: true }])
  expect(await edit(draft('alpha', 'Alpha', 'A word.'))).toEqual([])
})

test('a draft that is published as it was shown is a change for posts', async () => {
  write('sections/_06-new.md', draft('fresh', 'New'))
  const { promise, resolve } = Promise.withResolvers<void>()
  let changes = 0
  const editions = openEditions({
    directory: root,
    timeZone: 'UTC',
    clock: systemClock,
    log: sentences(() => {}),
    hasDrafts: true,
    onChange() {
      changes += 1
    },
    onRead: resolve,
  })
  opened.push(editions)
  await editions.watch()
  renameSync(join(root, 'sections/_06-new.md'), join(root, 'sections/06-new.md'))
  await promise
  expect(changes).toBe(1)
  expect(editions.published()?.sections.map(({ title }) => title)).toEqual(['Alpha', 'New'])
})

/** Runs the command line in this process, in the folder of the content. */
const run = (...args: string[]) => runHere(args, { env: { CONTENT_DIR: root }, cwd: root })

/** Opens the prompt as a process of its own, whose input ends at once. Resolves to its standard error. */
function promptErrors(): Promise<string> {
  const main = join(import.meta.dirname, '../../src/main.ts')
  const env = { PATH: process.env.PATH, CONTENT_DIR: root }
  return new Promise(resolve => {
    const args = [main, 'ask', '--drafts']
    execFile(process.execPath, args, { env, cwd: root }, (_, __, err) => resolve(err)).stdin?.end()
  })
}

test('the command line prints warnings and goes on, and shows drafts if it is told to', async () => {
  write('sections/02-beta.md', draft('beta', 'Beta', 'x\nA :tada:.'))
  write('sections/_06-new.md', draft('fresh', 'New'))
  const checked = await run('check')
  expect(checked.code).toBe(0)
  expect(checked.err).toBe(
    `${root}/sections/02-beta.md:8: \`:tada:\` is shown as it is typed. Write the emoji itself, such as 🎉.\n`,
  )
  expect(checked.out).toContain('2 sections, 1 exercise, 1 warning.')
  expect((await run('ask', '/fresh')).code).toBe(64)
  expect((await run('ask', '--drafts', '/fresh')).out).toMatch(/^New\n/)
})

test('the command line names each draft that is left out, and answers from the others', async () => {
  write('sections/_06-new.md', 'no front matter')
  write('sections/_07-more.md', draft('more', 'More', 'See [new](_06-new.md).'))
  const asked = await run('ask', '--drafts', '/more')
  expect([asked.code, asked.out.split('\n')[0]]).toEqual([0, 'More'])
  expect(asked.err).toBe(
    `${root}/sections/_06-new.md:1: The front matter is missing. Start the file with a line \`---\`, the keys, and another line \`---\`. (draft, left out)\n`,
  )
  expect(await promptErrors()).toContain('(draft, left out)')
})

test('a draft is marked below its title, and nothing else is', async () => {
  write('sections/_06-new.md', draft('fresh', 'New', '## Gauges\n\n| a |\n| - |\n| Zebra |'))
  write(
    'sections/_07-more.md',
    `${draft('more', 'More').replace('summary: S', 'summary: S\nexercises: true')}`,
  )
  const { editions, bot } = createBriefing(readConfig({ CONTENT_DIR: root }), { hasDrafts: true })
  opened.push(editions)
  await editions.load()
  const shown = async (line: string) => {
    const reply = await bot.parse(line).answer(ANONYMOUS)
    return (reply?.message.body.children ?? []).slice(0, 2).map(node => textOf(node))
  }
  for (const line of ['/fresh', '/more details', '/tables gauges', '/tables more-exercises']) {
    expect((await shown(line))[1], line).toBe('Draft, not published yet')
  }
  const labels = async (line: string) => {
    const reply = await bot.parse(line).answer(ANONYMOUS)
    return reply?.message.actions?.map(({ label }) => label) ?? []
  }
  for (const line of ['/briefing', '/help']) {
    expect((await labels(line)).slice(0, 3), line).toEqual(['Alpha', 'New (draft)', 'More (draft)'])
  }
  expect(await labels('/alpha')).toContain('Next: New (draft)')
  expect(await shown('/tables')).toContainEqual(expect.stringContaining('New (draft)'))
  expect(await shown('/search zebra')).toEqual(['1 result for “zebra”', 'Draft, not published yet'])
  for (const line of ['/alpha', '/briefing', '/exercises', '/search first', '/nothing', '/help']) {
    expect((await shown(line)).join(), line).not.toMatch(/draft/i)
  }
})

test.each([
  [
    'edition.yaml',
    ['/alpha', '/briefing', '/about', '/exercises', '/next', '/search words', '/digest'],
  ],
  ['events.yaml', ['/exercises', '/exercises first', '/next']],
])('each answer of a draft of %s is marked', async (file, lines) => {
  renameSync(join(root, file), join(root, `_${file}`))
  const { editions, bot } = createBriefing(readConfig({ CONTENT_DIR: root }), { hasDrafts: true })
  opened.push(editions)
  await editions.load()
  for (const line of lines) {
    const reply = await bot.parse(line).answer(ANONYMOUS)
    const [, mark] = reply?.message.body.children ?? []
    expect(mark && textOf(mark), line).toBe('Draft, not published yet')
    expect(JSON.stringify(reply?.message.actions ?? []), line).not.toContain('(draft)')
  }
})

test('no post is made from an edition that is a draft as a whole', async () => {
  write('edition.yaml', `${folder()[0]?.text}draft: true\n`)
  expect(await load(true)).toEqual({
    shown: ['Alpha'],
    posted: undefined,
    problems: ['edition.yaml'],
  })
})

test('the schedule of the local chat begins with the edition that is published', async () => {
  const text = folder()[0]?.text ?? ''
  write('edition.yaml', `${text.replace('A briefing', 'A draft')}draft: true\n`)
  const url = await newDatabase('sqlite')
  const config = readConfig({ PORT: '0', DATABASE_URL: url, CONTENT_DIR: root })
  const app = createService(config)
  onTestFinished(() => app.stop())
  await app.start()
  const titles = async () =>
    (await query(url, 'select content from editions')).map(
      row => JSON.parse((row as { content: string }).content).edition.title,
    )
  // Posting begins a moment after the start.
  await setTimeout(1500)
  expect(await titles()).toEqual([])
  write('edition.yaml', text)
  await vi.waitFor(async () => expect(await titles()).toEqual(['A briefing']), 15_000)
})

test('the check lists the problems of drafts as warnings, marked, and those of the edition as problems', async () => {
  write('sections/_06-new.md', 'no front matter')
  write('sections/_07-x.MD', 'x')
  const warned = await run('check')
  expect(warned.code).toBe(0)
  expect(warned.err.split('\n').map(line => line.replace(`${root}/`, ''))).toEqual([
    'sections/_06-new.md:1: The front matter is missing. Start the file with a line `---`, the keys, and another line `---`. (draft, left out)',
    'sections/_07-x.MD:1: This file is not read, because its name does not end in `.md`. Rename it to `sections/_07-x.md`. (draft)',
    '',
  ])
  expect(warned.out).toContain('1 section, 1 exercise, 2 warnings.')
  write('sections/02-b.md', draft('b', 'B', '[x](/nothing)'))
  const broken = await run('check')
  expect(broken.code).toBe(65)
  expect(broken.err).toMatch(
    /_06-new\.md:1: .* \(draft, left out\)\n.*\nThe content has 1 problem:\n.*02-b\.md:7: /,
  )
})

test('the check of an edition that is a draft tells so, with its problems as warnings', async () => {
  write('edition.yaml', `${folder()[0]?.text}draft: true\n`)
  const checked = await run('check')
  expect([checked.code, checked.out]).toEqual([
    0,
    'Content: a draft, which no bot can serve, 1 warning.\n',
  ])
  expect(checked.err).toContain('edition.yaml:10: This edition is a draft')
  write('sections/02-b.md', draft('b', 'B', '[x](/nothing)'))
  const broken = await run('check')
  expect(broken.code).toBe(0)
  expect(broken.err).toMatch(/02-b\.md:7: There is no command `\/nothing`\..* \(draft\)\n/)
})

/** Writes published sections with an alias each, and drafts without it. Each other section links to its alias. */
function writeBreaking(count: number, sound: number): void {
  const number = (index: number) => String(index).padStart(2, '0')
  for (let index = 10; index < 10 + count; index++) {
    const name = `part${index}`
    const front = `command: ${name}\ntitle: Part ${index}\naliases: [old${index}]\nsummary: S`
    write(
      `sections/${number(index)}-a.md`,
      section(front, `[a](/old${index === 10 ? 9 + count : index - 1})`),
    )
    write(`sections/_${number(index)}-a.md`, draft(name, `Part ${index}`))
  }
  for (let index = 0; index < sound; index++) {
    write(`sections/_0${index}-sound.md`, draft(`sound${index}`, `Sound ${index}`))
  }
}

/** Loads the folder with its drafts. Counts the loads. */
async function loadCounted() {
  const builtin = new Set(['help'])
  const published = await loadEdition(root, builtin)
  let loads = 0
  const loaded = await loadAll(published, await contentPaths(root), leftOut => {
    loads += 1
    return loadEdition(root, builtin, undefined, { hasDrafts: true, leftOut })
  })
  return { ...loaded, published, loads }
}

test('many drafts that break links of published files are found with about one load each', async () => {
  writeBreaking(15, 9)
  // Only these links are left when all drafts of the linked sections stand in.
  for (let index = 10; index < 25; index++) {
    const link = `[a](/old${index})`
    write(`sections/${index + 30}-b.md`, draft(`link${index}`, `Link ${index}`, link))
  }
  const { result, leftOut, published, loads } = await loadCounted()
  expect(published.problems).toBeUndefined()
  expect(leftOut.map(({ file }) => file)).toEqual(
    Array.from({ length: 15 }, (_, index) => `sections/_${index + 10}-a.md`),
  )
  expect(result.edition?.sections).toHaveLength(1 + 15 + 15 + 9)
  expect(loads).toBeLessThanOrEqual(17)
})

test('drafts that break a published file only together are all left out after a bounded number of loads', async () => {
  const published = await loadEdition(root, new Set(['help']))
  const paths = Array.from({ length: 200 }, (_, index) => `sections/_${index}-a.md`)
  const problem = { file: 'sections/01-alpha.md', line: 9, message: 'M.', fix: 'F.' }
  let loads = 0
  const { result, leftOut } = await loadAll(published, paths, async without => {
    loads += 1
    const broken = { problems: [problem], warnings: [], pictureStates: {} }
    return without.length < paths.length ? broken : published
  })
  expect(result).toBe(published)
  expect(leftOut.map(({ file }) => file)).toEqual(paths)
  expect(loads).toBe(62)
})
