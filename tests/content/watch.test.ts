import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../src/clock.ts'
import { type LoadResult, loadEdition } from '../../src/content/load.ts'
import type { FileStates } from '../../src/content/picture-files.ts'
import { type ContentWatch, watchContent } from '../../src/content/watch.ts'
import { png } from '../pictures.ts'
import { folder, section } from './fixture.ts'
import { contentPictureOf } from './picture-folder.ts'

let root: string
let loads: LoadResult[]
let pictureStates: FileStates

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sitrep-watch-'))
  loads = []
  for (const { path, text } of folder()) write(path, text)
})

afterEach(() => {
  rmSync(root, { recursive: true })
})

function write(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function watch(clock: Pick<Clock, 'now'> = systemClock): ContentWatch {
  return watchContent({
    directory: root,
    clock,
    load: async () => {
      const result = await loadEdition(root, new Set())
      pictureStates = result.pictureStates
      return result
    },
    pictureStates: () => pictureStates,
    onChange: result => loads.push(result),
  })
}

/** A watch that has loaded what is there. */
async function open(clock?: Pick<Clock, 'now'>): Promise<ContentWatch> {
  const watched = watch(clock)
  loads.push(await watched.load())
  return watched
}

async function poll(watched: ContentWatch, times: number): Promise<void> {
  for (let look = 0; look < times; look++) await watched.poll()
}

function titles(): (string[] | undefined)[] {
  return loads.map(({ edition }) => edition?.sections.map(({ title }) => title))
}

function alpha(title: string): string {
  return section(`command: alpha\ntitle: ${title}\nsummary: S`)
}

test('the content is loaded at the start, and not again while no file changes', async () => {
  await poll(await open(), 4)
  expect(titles()).toEqual([['Alpha']])
})

test('an edit is loaded once it has stood still for a look', async () => {
  const watched = await open()
  write('sections/01-alpha.md', alpha('Changed'))
  await watched.poll()
  expect(titles()).toEqual([['Alpha']])
  await poll(watched, 3)
  expect(titles()).toEqual([['Alpha'], ['Changed']])
})

test('an edit that keeps the size of the file is seen, and so are new and removed files', async () => {
  const watched = await open()
  write('sections/01-alpha.md', alpha('Alph1'))
  await poll(watched, 2)
  write('sections/01-alpha.md', alpha('Alph2'))
  await poll(watched, 2)
  write('sections/02-beta.md', section('command: beta\ntitle: Beta\nsummary: S'))
  await poll(watched, 2)
  rmSync(join(root, 'sections/02-beta.md'))
  await poll(watched, 2)
  expect(titles()).toEqual([['Alpha'], ['Alph1'], ['Alph2'], ['Alph2', 'Beta'], ['Alph2']])
})

test('an image that sections name is watched: changed, gone, under another name, and there again', async () => {
  write('map.png', png(9, 9))
  write('other.png', png(9, 9))
  write('sections/01-alpha.md', section('command: alpha\ntitle: A\nsummary: S', '![M](map.png)'))
  const watched = await open()
  const seen = () =>
    loads.map(({ edition, problems }) => {
      const [image] = edition?.sections[0]?.body.children ?? []
      return contentPictureOf(image)?.hash ?? problems?.[0]?.message
    })
  const first = seen()
  write('other.png', png(10, 9))
  await poll(watched, 4)
  expect(seen()).toEqual(first)
  write('map.png', png(11, 9))
  await poll(watched, 4)
  expect(new Set(seen()).size).toBe(2)
  write('map.png', png(12, 9).subarray(0, 40))
  await poll(watched, 4)
  expect(seen().slice(2)).toEqual([expect.stringContaining('is damaged')])
  renameSync(join(root, 'map.png'), join(root, 'Map.png'))
  await poll(watched, 4)
  expect(seen().slice(3)).toEqual([expect.stringContaining('differ in case')])
  // The folder of the sections comes first.
  write('sections/map.png', png(9, 9))
  await poll(watched, 4)
  expect(seen().slice(4)).toEqual(first)
  rmSync(join(root, 'sections/map.png'))
  rmSync(join(root, 'Map.png'))
  await poll(watched, 4)
  expect(seen().slice(5)).toEqual([expect.stringContaining('There is no file')])
})

test('a file that is still being written is not loaded before it rests', async () => {
  const watched = await open()
  const text = alpha('Written slowly')
  for (let length = 10; length < text.length; length += 10) {
    write('sections/01-alpha.md', text.slice(0, length))
    await watched.poll()
  }
  expect(titles()).toEqual([['Alpha']])
  write('sections/01-alpha.md', text)
  await poll(watched, 2)
  expect(titles()).toEqual([['Alpha'], ['Written slowly']])
})

test('a file left half-written is a problem, and whole again an edition', async () => {
  const watched = await open()
  truncateSync(join(root, 'sections/01-alpha.md'), 20)
  await poll(watched, 2)
  expect(loads[1]?.problems?.[0]).toMatchObject({ file: 'sections/01-alpha.md', line: 1 })
  write('sections/01-alpha.md', alpha('Whole'))
  await poll(watched, 2)
  expect(titles()).toEqual([['Alpha'], undefined, ['Whole']])
})

test('a folder that vanishes is a problem, and back again an edition', async () => {
  const watched = await open()
  cpSync(root, `${root}-kept`, { recursive: true })
  rmSync(root, { recursive: true })
  await poll(watched, 2)
  cpSync(`${root}-kept`, root, { recursive: true })
  rmSync(`${root}-kept`, { recursive: true })
  await poll(watched, 2)
  expect(titles()).toEqual([['Alpha'], undefined, ['Alpha']])
})

test('drafts and the files of editors are passed over', async () => {
  const watched = await open()
  for (const name of ['_draft.md', '.#01-alpha.md', '01-alpha.md~', 'notes.txt', '4913']) {
    write(`sections/${name}`, 'not a section')
  }
  await poll(watched, 3)
  expect(titles()).toEqual([['Alpha']])
})

test('nothing is loaded while Git holds its lock, however long the files stand still', async () => {
  const watched = await open()
  write('.git/index.lock', '')
  write('sections/01-alpha.md', alpha('Half of a checkout'))
  await poll(watched, 5)
  write('sections/01-alpha.md', alpha('The whole checkout'))
  rmSync(join(root, '.git/index.lock'))
  await poll(watched, 3)
  expect(titles()).toEqual([['Alpha'], ['The whole checkout']])
})

test('the lock of the repository that a link leads to counts, and that of a linked worktree', async () => {
  const kept = root
  const target = mkdtempSync(join(tmpdir(), 'sitrep-watch-'))
  cpSync(root, join(target, 'briefing'), { recursive: true })
  mkdirSync(join(target, 'elsewhere'))
  writeFileSync(join(target, '.git'), `gitdir: ${join(target, 'elsewhere')}\n`)
  symlinkSync(join(target, 'briefing'), join(kept, 'link'))
  root = join(kept, 'link')
  const watched = await open()
  writeFileSync(join(target, 'elsewhere/index.lock'), '')
  write('sections/01-alpha.md', alpha('Half'))
  await poll(watched, 4)
  expect(titles()).toEqual([['Alpha']])
  rmSync(join(target, 'elsewhere/index.lock'))
  await poll(watched, 2)
  expect(titles()).toEqual([['Alpha'], ['Half']])
  rmSync(target, { recursive: true })
  root = kept
})

test('a file that changes while it is loaded is loaded again', async () => {
  const watched = watchContent({
    directory: root,
    clock: systemClock,
    load: async () => {
      const result = await loadEdition(root, new Set())
      if (loads.length === 1 && !changed) {
        changed = true
        write('sections/01-alpha.md', alpha('Changed during the load'))
      }
      return result
    },
    onChange: result => loads.push(result),
  })
  let changed = true
  loads.push(await watched.load())
  changed = false
  write('sections/01-alpha.md', alpha('Changed'))
  await poll(watched, 4)
  expect(titles()).toEqual([['Alpha'], ['Changed during the load']])
})

test('a file replaced by another of the same size and time is seen', async () => {
  const watched = await open()
  const path = join(root, 'sections/01-alpha.md')
  const { mtime } = statSync(path)
  const text = readFileSync(path, 'utf8')
  writeFileSync(`${path}.new`, text.replace('title: Alpha', 'title: Omega'))
  renameSync(`${path}.new`, path)
  utimesSync(path, mtime, mtime)
  await poll(watched, 2)
  expect(titles()).toEqual([['Alpha'], ['Omega']])
})

test('a lock that a crashed Git left behind does not stop edits for ever', async () => {
  const watched = await open({ now: () => Temporal.Instant.from('2026-01-01T00:02:00Z') })
  write('.git/index.lock', '')
  const twoMinutesAgo = new Date('2026-01-01T00:00:00Z')
  utimesSync(join(root, '.git/index.lock'), twoMinutesAgo, twoMinutesAgo)
  write('sections/01-alpha.md', alpha('Changed'))
  await poll(watched, 2)
  expect(titles()).toEqual([['Alpha'], ['Changed']])
})

test('a real checkout, back and forth, shows no edition that is half of each branch', async () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
      cwd: root,
      stdio: 'ignore',
    })
  const SECTIONS = 60
  const branch = (name: string) => {
    for (let number = 10; number < 10 + SECTIONS; number++) {
      const front = `command: c${number}\ntitle: ${name} ${number}\nsummary: S`
      write(`sections/${number}-x.md`, section(front))
    }
    git('add', '-A')
    git('commit', '-m', name)
  }
  rmSync(join(root, 'sections'), { recursive: true })
  git('init', '-b', 'one')
  branch('one')
  git('checkout', '-b', 'two')
  branch('two')

  const watched = await open()
  for (const name of ['one', 'two', 'one', 'two', 'one']) {
    const checkout = spawn('git', ['checkout', '-q', name], { cwd: root, stdio: 'ignore' })
    const done = once(checkout, 'exit')
    while (checkout.exitCode === null) await watched.poll()
    await done
    await poll(watched, 2)
  }
  const seen = titles().map(edition =>
    [...new Set(edition?.map(title => title.split(' ')[0]))].join(' and '),
  )
  expect(seen).toEqual(['two', 'one', 'two', 'one', 'two', 'one'])
  expect(titles().every(edition => edition?.length === SECTIONS)).toBe(true)
  expect(existsSync(join(root, '.git/index.lock'))).toBe(false)
})

test('started, it picks an edit up by itself, and stopped it leaves nothing behind', async () => {
  const { promise: changed, resolve } = Promise.withResolvers<void>()
  const watched = watchContent({
    directory: root,
    clock: systemClock,
    load: () => loadEdition(root, new Set()),
    onChange: result => {
      loads.push(result)
      if (loads.length === 2) resolve()
    },
  })
  loads.push(await watched.load())
  watched.start()
  // The watch does not keep a process alive; this test does.
  const alive = setInterval(() => {}, 1000)
  const before = performance.now()
  write('sections/01-alpha.md', alpha('Changed'))
  await changed
  const took = performance.now() - before
  await watched.stop()
  clearInterval(alive)
  expect(took).toBeLessThan(20_000)
  expect(titles()).toEqual([['Alpha'], ['Changed']])
  expect(readdirSync(join(root, 'sections'))).toEqual(['01-alpha.md'])
})
