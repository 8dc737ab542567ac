import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { imageSize } from 'image-size'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

const root = join(import.meta.dirname, '../..')

/** Runs `ask` where the shipped content is. */
const ask = (...args: string[]) => runHere(['ask', ...args], { cwd: root })

/** A folder for images, and the names and sizes of the images that are in it. */
function openFolder() {
  const folder = temporaryFolder()
  return {
    in: (name: string) => join(folder, name),
    images: () =>
      Object.fromEntries(
        readdirSync(folder)
          .sort()
          .map(name => {
            const { type, width } = imageSize(readFileSync(join(folder, name)))
            return [name, `${type} ${width}`]
          }),
      ),
  }
}

test('the table of an answer is saved as an image, and its words are printed', async () => {
  const folder = openFolder()
  const file = folder.in('threats.png')
  const { out, err, code } = await ask('threats', '--style', 'picture', '--out', file)
  expect({ err, code }).toEqual({ err: `Saved ${file}.\n`, code: 0 })
  expect(out).toContain('Challenge: Ethnic Nationalism\n')
  expect(folder.images()).toEqual({ 'threats.png': 'png 1080' })
})

test('several images are numbered before the extension', async () => {
  const folder = openFolder()
  const file = folder.in('events.v1.png')
  const { out, err } = await ask('exercises', '--style', 'dark-picture', '--out', file)
  expect(err).toBe(`Saved ${file} and ${folder.in('events.v1-2.png')}.\n`)
  expect(out).toMatch(/\n\nToday, .+\n\n• Defender 2023: 1–10 June 2023, past\n/)
  expect(folder.images()).toEqual({ 'events.v1.png': 'png 1080', 'events.v1-2.png': 'png 1080' })
})

test('light and dark images differ', async () => {
  const folder = openFolder()
  for (const style of ['picture', 'dark-picture']) {
    await ask('threats', '--style', style, '--out', folder.in(style))
  }
  const [light, dark] = ['picture', 'dark-picture'].map(name => readFileSync(folder.in(name)))
  expect(light?.equals(dark ?? Buffer.of())).toBe(false)
})

test.each(['a.png', 'a-2.png'])(
  'without --force, %s is not replaced, and nothing is saved',
  async name => {
    const folder = openFolder()
    writeFileSync(folder.in(name), 'kept')
    const args = ['exercises', '--style', 'picture', '--out', folder.in('a.png')]
    const { out, err, code } = await ask(...args)
    expect(out).toMatch(/^Exercises\n/)
    expect(err).toBe(
      `Nothing saved, because there is already ${folder.in(name)}. Choose another name, or add --force to replace files.\n`,
    )
    expect(code).toBe(73)
    expect(readFileSync(folder.in(name), 'utf8')).toBe('kept')
    expect(await ask(...args, '--force')).toMatchObject({ code: 0 })
    expect(folder.images()).toEqual({ 'a.png': 'png 1080', 'a-2.png': 'png 1080' })
  },
)

test.each([
  ['a folder that is missing', 'none/a.png', 'there’s no such folder', 73],
  ['a folder in the place of the file', '.', 'it’s a folder, not a file', 73],
  ['a full disk', '/dev/full', 'the disk is full', 74],
])('%s ends with a reason and an exit code', async (_, name, reason, exit) => {
  const folder = openFolder()
  const file = name.startsWith('/') ? name : folder.in(name)
  const { err, code } = await ask('threats', '--style', 'picture', '--force', '--out', file)
  expect({ err, code }).toEqual({ err: `Can’t write ${file}: ${reason}.\n`, code: exit })
})

test('a folder in the place of the file is told without --force as well', async () => {
  const folder = openFolder()
  const { err, code } = await ask('threats', '--style', 'picture', '--out', folder.in(''))
  expect({ err, code }).toEqual({
    err: `Can’t write ${folder.in('')}: it’s a folder, not a file.\n`,
    code: 73,
  })
})

test('an answer without a table saves nothing', async () => {
  const folder = openFolder()
  const { out, err, code } = await ask('next', '--style', 'picture', '--out', folder.in('a.png'))
  expect(out).toMatch(/^Next exercise\n/)
  expect(err).toBe(
    'Nothing saved, because this answer has no table or timeline that can be drawn.\n',
  )
  expect(code).toBe(64)
  expect(folder.images()).toEqual({})
})

test('without --out, an answer with images says how to save them', async () => {
  const said = 'Add --out FILE to save the images.\n'
  expect(await ask('threats', '--style', 'picture')).toMatchObject({ err: said, code: 0 })
  expect(await ask('next', '--style', 'picture')).toMatchObject({ err: '', code: 0 })
  expect(await ask('threats', '--style', 'cards')).toMatchObject({ err: '', code: 0 })
})

test('the requests of an answer with images have their captions and descriptions', async () => {
  const bodies = async (platform: string) =>
    JSON.parse((await ask('threats', '--style', 'picture', '--as', platform)).out)
  expect(await bodies('telegram')).toMatchObject([
    { method: 'sendPhoto', caption: expect.stringContaining('Ethnic Nationalism') },
  ])
  expect(JSON.stringify(await bodies('discord'))).toMatch(/"description":"[^"]*Ethnic Nationalism/)
})

test.each([
  [
    ['threats', '--out', 'a.png'],
    '--out saves images. Add --style picture or --style dark-picture.',
  ],
  [
    ['threats', '--out', 'a.png', '--style', 'cards'],
    '--out saves images. Add --style picture or --style dark-picture.',
  ],
  [['--out', 'a.png', '--style', 'picture'], '--out needs a question.'],
  [['threats', '--out', '', '--style', 'picture'], '--out needs the name of a file.'],
  [['threats', '--out', '-', '--style', 'picture'], '--out needs the name of a file.'],
  [
    ['threats', '--out', 'a.jpg', '--style', 'picture'],
    '--out saves PNG images. Give it a name that ends in .png.',
  ],
  [['threats', '--style', 'picture', '--force'], '--force needs --out FILE.'],
])('%j is refused with what to do', async (args, said) => {
  const { out, err, code } = await ask(...args)
  expect({ out, code }).toEqual({ out: '', code: 64 })
  expect(err).toBe(`${said}\nRun bin/sitrep ask --help for the options.\n`)
})
