import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createPictures, openDrawings } from '../../src/app/pictures.ts'
import { createPictureFiles, hashOf } from '../../src/content/picture-files.ts'
import { sentences } from '../../src/log.ts'
import type { ContentPicture, DrawnPicture } from '../../src/picture.ts'
import { startBot } from '../bot-process.ts'
import { pictureFolder } from '../content/picture-folder.ts'
import { png } from '../pictures.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { openTelegramServer, UPLOADED } from '../platforms/telegram/server.ts'
import { query } from '../store/raw.ts'
import { newDatabase, openTestStore, temporaryFolder } from '../store/stores.ts'

const log = sentences(() => {})
const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

const drawn = (text: string): DrawnPicture => ({
  type: 'png',
  drawing: { kind: 'table', theme: 'light', rows: [[[{ text }]], [[{ text: 'B' }]]] },
})

test('pictures come from the store, the content folder and the drawings; a missing one is none', async () => {
  const content = pictureFolder()
  content.write('map.png', png(40, 30))
  onTestFinished(() => content[Symbol.dispose]())
  const { store } = await openTestStore({ url: await newDatabase('sqlite') })
  const id = await store.pictures.add(png(3, 2), 'png')
  const directory = temporaryFolder()
  const drawings = openDrawings(`file:${join(directory, 'sitrep.db')}`, log)
  const pictures = createPictures({ store, files: createPictureFiles(content.root), drawings })
  const map: ContentPicture = { path: 'map.png', hash: hashOf(png(40, 30)), type: 'png' }
  expect((await pictures.read({ id, type: 'png' }))?.bytes).toEqual(new Uint8Array(png(3, 2)))
  expect((await pictures.read(map))?.bytes).toEqual(new Uint8Array(png(40, 30)))
  const table = Buffer.from((await pictures.read(drawn('A')))?.bytes ?? [])
  expect(table.subarray(0, 8)).toEqual(SIGNATURE)
  rmSync(join(content.root, 'map.png'))
  await drawings.close()
  expect(statSync(join(directory, 'sitrep.db-pictures')).mode & 0o777).toBe(0o700)
  for (const missing of [{ id: 99, type: 'png' } as const, map, drawn('late')]) {
    expect(await pictures.read(missing)).toBeUndefined()
  }
})

test('with PostgreSQL the drawings use a temporary folder, which goes with the process', async () => {
  const directory = temporaryFolder()
  vi.stubEnv('TMPDIR', directory)
  onTestFinished(() => void vi.unstubAllEnvs())
  const drawings = openDrawings('postgres://localhost/sitrep', log)
  await drawings.read(drawn('A'))
  await expect.poll(() => readdirSync(directory)).toHaveLength(1)
  await drawings.close()
  expect(readdirSync(directory)).toEqual([])
})

test('with PostgreSQL the temporary folders of killed processes go after a week', async () => {
  const directory = temporaryFolder()
  vi.stubEnv('TMPDIR', directory)
  onTestFinished(() => void vi.unstubAllEnvs())
  const day = 86_400
  const ages = { 'sitrep-pictures-old': 8, 'sitrep-pictures-new': 6, 'of-another-program': 8 }
  for (const [name, days] of Object.entries(ages)) {
    mkdirSync(join(directory, name))
    const changed = Date.now() / 1000 - days * day
    utimesSync(join(directory, name), changed, changed)
  }
  await openDrawings('postgres://localhost/sitrep', log).close()
  expect(readdirSync(directory).sort()).toEqual(['of-another-program', 'sitrep-pictures-new'])
})

test('a bot draws a table for a chat that has chosen images, once for all its processes', async () => {
  const server = await openTelegramServer()
  onTestFinished(() => server.close())
  const content = pictureFolder()
  onTestFinished(() => content[Symbol.dispose]())
  content.write('map.png', png(640, 360))
  content.body('![Map of the gauges](map.png)\n\n| River | Level |\n| - | - |\n| Drin | 4.20 m |')
  const url = `file:${join(temporaryFolder(), 'sitrep.db')}`
  const more = { CONTENT_DIR: content.root }
  const shown = server.shown('700')
  const ask = async (line: string) => {
    server.push(messageUpdate(line))
    return (await shown.next()).body
  }
  const first = startBot('first', server, url, 3000, more)
  expect((await ask('/settings tables picture')).photo).toBe(UPLOADED)
  const sent = [await ask('/beta details'), (await shown.next()).body]
  expect(sent.map(({ photo }) => photo)).toEqual([UPLOADED, UPLOADED])
  expect(sent[0].caption).toMatch(/Map of the gauges/)
  expect(sent[1].caption).toMatch(/<b>Drin<\/b> · 4\.20 m/)
  for (const file of ['photo-1', 'photo-3']) {
    const drawn = server.files.get(file) ?? Buffer.alloc(0)
    expect(drawn.subarray(0, 8)).toEqual(SIGNATURE)
    expect(drawn.length).toBeGreaterThan(2000)
  }
  const cache = `${url.slice('file:'.length)}-pictures`
  await expect.poll(() => readdirSync(cache)).toHaveLength(2)
  await expect.poll(() => query(url, 'select name from telegram_files')).toHaveLength(3)
  first.child.kill('SIGKILL')
  await first.exit
  startBot('second', server, url, 3000, more)
  server.push(messageUpdate('/beta details'))
  const photos = () =>
    server.calls
      .filter(({ from, method }) => from === '/second' && method === 'sendPhoto')
      .map(({ body }) => body.photo)
  const all = expect.arrayContaining(['photo-2', 'photo-3'])
  await expect.poll(photos, { timeout: 40_000 }).toEqual(all)
  expect(photos()).not.toContain(UPLOADED)
}, 60_000)
