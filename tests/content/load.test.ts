import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
      mend: 'Add a line `summary: …`.',
    },
    {
      file: 'sections/02-beta.md',
      line: 3,
      message: 'There are bytes here that are not UTF-8 text.',
      mend: 'Save the file with the encoding UTF-8.',
    },
  ])
})

test('a file over 1 MiB is refused', async () => {
  write('edition.yaml', `${folder()[0]?.text}# ${'x'.repeat(1024 * 1024)}\n`)
  expect(await problems()).toMatchObject([{ file: 'edition.yaml', line: 1, mend: 'Split it up.' }])
})

test('a folder that is not there is one problem', async () => {
  expect(await problems(join(root, 'nowhere'))).toMatchObject([
    { message: `${join(root, 'nowhere')} cannot be read (ENOENT).` },
  ])
})

test('a folder where a file should be is one problem', async () => {
  mkdirSync(join(root, 'sections/02-beta.md'))
  expect(await problems()).toMatchObject([{ message: expect.stringMatching(/\(EISDIR\)\.$/) }])
})

test('problems print as file, line, what and mend, with the folder in front', async () => {
  rmSync(join(root, 'exercises.yaml'))
  const error = new ContentError((await problems()) ?? [], 'content')
  expect(error.message).toBe(
    'content/exercises.yaml:1: The file is missing. Create it; content/README.md lists its keys.',
  )
})
