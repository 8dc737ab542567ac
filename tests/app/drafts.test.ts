import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBriefing } from '../../src/app/briefing.ts'
import { type EditionSource, openEditions } from '../../src/app/edition-source.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { sentences } from '../../src/log.ts'
import { folder, section } from '../content/fixture.ts'

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

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text)
}

/** The titles of the sections that answers and posts come from, and the problems. */
async function load(hasDrafts: boolean) {
  const { editions } = createBriefing(readConfig({ CONTENT_DIR: root }), { hasDrafts })
  opened.push(editions)
  await editions.load()
  return {
    shown: editions.registry().edition.sections.map(({ title }) => title),
    posted: editions.published().sections.map(({ title }) => title),
    problems: editions.problems().map(({ file }) => file),
  }
}

const draft = (command: string, title: string, body = 'Words.') =>
  section(`command: ${command}\ntitle: ${title}\nsummary: S`, body)

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
  await expect(load(false)).rejects.toThrow('edition.yaml:9: This edition is a draft')
  renameSync(join(root, 'edition.yaml'), join(root, '_edition.yaml'))
  expect((await load(true)).shown).toEqual(['Alpha'])
  await expect(load(false)).rejects.toThrow('edition.yaml:1: The file is missing.')
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
      message: 'This picture has no words.',
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
  expect(editions.published().sections.map(({ title }) => title)).toEqual(['Alpha', 'New'])
})

/** Runs the command line. Resolves to its exit code and output. */
function run(...args: string[]) {
  const main = join(import.meta.dirname, '../../src/main.ts')
  const env = { PATH: process.env.PATH, CONTENT_DIR: root }
  return new Promise<{ code: number; out: string; err: string }>(resolve => {
    execFile(process.execPath, [main, ...args], { env, cwd: root }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    )
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
  write('sections/_06-new.md', 'no front matter')
  const broken = await run('ask', '--drafts', '/beta')
  expect([broken.code, broken.err]).toEqual([
    65,
    expect.stringContaining('sections/_06-new.md:1: The front matter is missing.'),
  ])
})
