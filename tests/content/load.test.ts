import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadEdition } from '../../src/content/load.ts'
import { ContentError } from '../../src/content/problem.ts'
import { folder } from './fixture.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sitrep-load-'))
  for (const { path, text } of folder()) write(path, text)
})

afterEach(() => {
  rmSync(root, { recursive: true })
})

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

async function problems(directory = root) {
  return (await loadEdition(directory, new Set())).problems
}

test('a folder is read with its byte order marks', async () => {
  write('edition.yaml', `\uFEFF${folder()[0]?.text}`)
  expect((await loadEdition(root, new Set())).edition?.title).toBe('A briefing')
})

test('bytes that are no UTF-8 are told with their line, beside all other problems', async () => {
  write('sections/02-beta.md', Buffer.from('---\ncommand: beta\ntitle: caf\xe9\n---\n', 'latin1'))
  expect(await problems()).toEqual([
    {
      file: 'sections/02-beta.md',
      line: 2,
      message: '`summary` is missing.',
      fix: 'Add a line `summary: …`.',
    },
    {
      file: 'sections/02-beta.md',
      line: 3,
      message: 'There are bytes here that are not UTF-8 text.',
      fix: 'Save the file with the encoding UTF-8.',
    },
  ])
})

test.each([
  [
    'utf-16 with its mark',
    Buffer.from(`\uFEFF${'---\ncommand: beta\ntitle: B\n---\n'}`, 'utf16le'),
  ],
  ['utf-16 without a mark', Buffer.from('---\ncommand: beta\ntitle: B\n---\n', 'utf16le')],
  ['utf-16 of Cyrillic', Buffer.from('Река и мост стоят у берега моря. '.repeat(9), 'utf16le')],
  ['big-endian utf-16', Buffer.from('\uFEFF---\ncommand: beta\n---\n', 'utf16le').swap16()],
])('a file in %s is one problem', async (_, bytes) => {
  write('sections/02-beta.md', bytes)
  expect(await problems()).toEqual([
    {
      file: 'sections/02-beta.md',
      line: 1,
      message: 'This is UTF-16 text, not UTF-8 text.',
      fix: 'Save the file as plain text with the encoding UTF-8.',
    },
  ])
})

test('a file of another program under the name of a section is one problem', async () => {
  const zip = Buffer.concat([
    Buffer.from('PK\x03\x04\x14\0\x06\0'),
    Buffer.alloc(400, '\xd0\xc9', 'latin1'),
  ])
  write('sections/02-beta.md', zip)
  expect((await problems())?.map(({ message }) => message)).toEqual([
    'This is a file of another program, not UTF-8 text.',
  ])
})

test('a file over 64 KiB is refused, and not read for further problems', async () => {
  write('edition.yaml', `${folder()[0]?.text}nonsense: ${'x'.repeat(64 * 1024)}\n`)
  expect(await problems()).toMatchObject([{ file: 'edition.yaml', line: 1, fix: 'Split it up.' }])
})

test('a problem of the only section is named', async () => {
  for (const { path } of folder().filter(file => file.path.startsWith('sections/'))) {
    rmSync(join(root, path))
  }
  write('sections/01-only.md', 'x'.repeat(64 * 1024 + 1))
  expect(await problems()).toMatchObject([{ file: 'sections/01-only.md', fix: 'Split it up.' }])
})

test('a folder that is not there is one problem', async () => {
  expect(await problems(join(root, 'nowhere'))).toMatchObject([
    { file: '', message: 'The folder cannot be read (ENOENT).' },
  ])
})

/** Puts a link to itself in the place of a file or a folder: no user can read it, while root may read every file. */
function makeUnreadable(path: string): void {
  rmSync(path, { recursive: true, force: true })
  symlinkSync(path, path)
}

test('a folder or a file that the system refuses to read is named, beside other problems', async () => {
  const fix = 'Check the folder and its permissions'
  const all = { file: '', message: 'The folder cannot be read (ELOOP).' }
  const loop = join(root, 'loop')
  makeUnreadable(loop)
  expect(await problems(loop)).toMatchObject([{ ...all, fix: `${fix}; CONTENT_DIR names it.` }])
  makeUnreadable(join(root, 'sections/01-alpha.md'))
  rmSync(join(root, 'edition.yaml'))
  expect((await problems())?.map(({ file, message }) => `${file} ${message}`)).toEqual([
    'edition.yaml The file is missing.',
    'sections/01-alpha.md The file cannot be read (ELOOP).',
  ])
  makeUnreadable(join(root, 'sections'))
  expect(await problems()).toMatchObject([{ ...all, file: 'sections', fix: `${fix}.` }])
})

test('a folder or an unreadable file in place of a file is listed with all other problems', async () => {
  mkdirSync(join(root, 'sections/02-beta.md'))
  execFileSync('mkfifo', [join(root, 'sections/03-pipe.md')])
  symlinkSync('nowhere', join(root, 'sections/04-link.md'))
  rmSync(join(root, 'edition.yaml'))
  expect((await problems())?.map(({ file, message }) => `${file} ${message}`)).toEqual([
    'edition.yaml The file is missing.',
    'sections/02-beta.md This is not a file.',
    'sections/03-pipe.md This is not a file.',
    'sections/04-link.md The file cannot be read (ENOENT).',
  ])
})

test('problems print as file, line, what and mend, with the folder in front', async () => {
  rmSync(join(root, 'edition.yaml'))
  const error = new ContentError((await problems()) ?? [], 'content')
  expect(error.message).toBe(
    'content/edition.yaml:1: The file is missing. Create it; content/README.md lists its keys.',
  )
})

test('control characters in a broken file or its name do not reach the terminal', async () => {
  write('sections/02-\x1b[31mx.md', '---\ncommand: "\\e[31mX"\ntitle: T\nsummary: S\n---\n')
  const { message } = new ContentError((await problems()) ?? [], 'content')
  expect(message).toContain(' [31mX` cannot be the name of a command')
  expect(message).not.toMatch(/(?!\n)\p{Cc}/u)
})

test('an event has its own zone, or that of the edition, or else the bot’s, and each reminder once', async () => {
  const times = 'start: 2027-01-10T10:00, end: 2027-01-10T11:00'
  const event = (more: string) => `- {name: A, participants: All, status: scheduled, ${more}}\n`
  write(
    'events.yaml',
    [
      event(`id: own, ${times}, zone: Asia/Tokyo, reminders: [7d, 1w, 2h, start]`),
      event(`id: none, ${times}`),
      event('id: days, start: 2027-01-10, end: 2027-01-11'),
    ].join(''),
  )
  const eventsOf = async () =>
    (await loadEdition(root, new Set(), undefined, { timeZone: 'Europe/Paris' })).edition?.events
  const zones = async () => (await eventsOf())?.map(({ zone }) => zone)
  expect(await zones()).toEqual(['Asia/Tokyo', 'Europe/Paris', undefined])
  expect((await eventsOf())?.[0]?.reminders).toEqual([7, '2h', 'start'])
  write('edition.yaml', `${folder()[0]?.text}timezone: America/New_York\n`)
  expect(await zones()).toEqual(['Asia/Tokyo', 'America/New_York', undefined])
})
