import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { loadEdition } from '../../src/content/load.ts'
import { parseEdition } from '../../src/content/parse.ts'
import { temporaryFolder } from '../store/stores.ts'

const shipped = join(import.meta.dirname, '../../content')
let content: string
let cache: string

beforeEach(() => {
  content = join(temporaryFolder(), 'content')
  cache = join(temporaryFolder(), 'cache')
  cpSync(shipped, content, { recursive: true })
})

const load = (reserved: string[] = []) => loadEdition(content, new Set(reserved), cache)
const kept = () => readdirSync(cache)

test('an edition that is recalled is the very same as the one that was made', async () => {
  const files = ['edition.yaml', 'events.yaml'].concat(
    readdirSync(join(content, 'sections')).map(name => `sections/${name}`),
  )
  const read = files.map(path => ({ path, text: readFileSync(join(content, path), 'utf8') }))
  const made = (await load()).edition
  expect(kept()).toHaveLength(1)
  expect((await load()).edition).toStrictEqual(made)
  expect(made).toEqual(parseEdition(read, new Set()).edition)
})

test('whatever it depends on makes another one', async () => {
  await load()
  const path = join(content, 'edition.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^title: .*$/m, 'title: Another one'))
  expect((await load()).edition?.title).toBe('Another one')
  // A name that is taken by now is a problem of the same files.
  expect((await load(['threats'])).problems).toHaveLength(1)
  expect(kept()).toHaveLength(2)
})

test('problems are never recalled, nor does a sound edition hide them', async () => {
  await load()
  writeFileSync(join(content, 'events.yaml'), '- nonsense')
  expect((await load()).problems?.length).toBeGreaterThan(0)
  expect((await load()).problems?.length).toBeGreaterThan(0)
  expect(kept()).toHaveLength(1)
})

test('one that is damaged is made anew, and one that cannot be kept is made each time', async () => {
  const { edition } = await load()
  const [name = ''] = kept()
  writeFileSync(join(cache, name), '{"half')
  expect((await load()).edition).toStrictEqual(edition)
  expect(JSON.parse(readFileSync(join(cache, name), 'utf8')).edition).toEqual(edition)
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  expect((await loadEdition(content, new Set(), join(file, 'deeper'))).edition).toStrictEqual(
    edition,
  )
  const closed = join(temporaryFolder(), 'closed')
  mkdirSync(closed)
  chmodSync(closed, 0o500)
  expect((await loadEdition(content, new Set(), closed)).edition).toStrictEqual(edition)
})

test('warnings are kept with the edition, whose digest they do not change', async () => {
  const path = join(content, 'sections/08-more.md')
  const write = (body: string) =>
    writeFileSync(path, `---\ncommand: more\ntitle: More\nsummary: S\n---\n\n${body}\n`)
  write('Words.')
  const { digest } = await load()
  write('<!-- :tada: -->\n\nWords.')
  expect(await load()).toMatchObject({ digest, warnings: [] })
  write('Words :tada: here.')
  const warnings = [{ file: 'sections/08-more.md', line: 7, isWarning: true }]
  expect(await load()).toMatchObject({ warnings })
  expect(await load()).toMatchObject({ warnings })
})

test('few are kept: the latest', async () => {
  const path = join(content, 'edition.yaml')
  const text = readFileSync(path, 'utf8')
  for (let number = 1; number <= 8; number++) {
    writeFileSync(path, text.replace(/^title: .*$/m, `title: Number ${number}`))
    await load()
  }
  expect(kept()).toHaveLength(5)
  expect(
    kept()
      .map(name => readFileSync(join(cache, name), 'utf8'))
      .join(),
  ).toMatch('Number 8')
})
