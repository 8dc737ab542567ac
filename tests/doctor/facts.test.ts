import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { judgeFolder, readFolder } from '../../src/app/doctor/disk.ts'
import { askReadiness } from '../../src/app/doctor/running-bot.ts'
import { temporaryFolder } from '../store/stores.ts'
import { openAnswering } from './answering-server.ts'

const never = new AbortController().signal

test('a folder that does not exist yet has the facts of the folder above, in which it is created', () => {
  const folder = temporaryFolder()
  const { free, ...facts } = readFolder(join(folder, 'data'), 'the database', [
    join(folder, 'x.db'),
  ])
  expect(facts).toEqual({
    path: join(folder, 'data'),
    has: 'the database',
    obstacle: undefined,
    locked: [],
    exposed: undefined,
  })
  expect(free).toBeGreaterThan(0)
})

test('a missing folder above, and a file in the place of a folder, are named with what to do', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const judged = (path: string) =>
    judgeFolder({ ...readFolder(path, 'the backups'), free: undefined }, false)
  expect(judged(join(folder, 'a/b'))).toEqual([
    {
      part: 'disk',
      level: 'warning',
      text: `There is no folder ${join(folder, 'a')}, in which Sitrep creates the folder of the backups.`,
      fix: 'Create it for the bot’s user, or choose another path for the backups.',
    },
  ])
  for (const path of [file, join(file, 'b')]) {
    expect(judged(path)).toEqual([
      {
        part: 'disk',
        level: 'warning',
        text: `The folder of the backups can’t be ${path}, because a part of this path is a file.`,
        fix: 'Choose another path for the backups.',
      },
    ])
  }
})

test('a file that other users can open is named', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'data'))
  const file = join(folder, 'data/sitrep.db')
  writeFileSync(file, '')
  chmodSync(file, 0o644)
  const { exposed } = readFolder(join(folder, 'data'), 'the database', [file])
  if (process.platform === 'win32') expect(exposed).toBeUndefined()
  else expect(exposed?.fix).toContain(`chmod 600 ${file}`)
})

test('a closed port is refused, and the answer of a program is read', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const closed = once(server, 'close')
  server.close()
  await closed
  expect(await askReadiness(`http://127.0.0.1:${port}`, never)).toBe('refused')
  const { url, paths } = await openAnswering(() => ({ status: 503, body: { ready: false } }))
  expect(await askReadiness(url, never)).toEqual({ status: 503, body: '{"ready":false}' })
  expect(paths).toEqual(['/readyz'])
})

test('an answer without an end is read to a limit, and one that stops is given up in time', async () => {
  const server = createServer((request, response) => {
    response.writeHead(200)
    if (request.url === '/slow/readyz') return void response.write('{"ready":')
    const write = () => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', write)
    }
    write()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const endless = await askReadiness(url, never)
  expect(typeof endless === 'object' && endless.body.length).toBeLessThan(1_000_000)
  expect(await askReadiness(`${url}/slow`, AbortSignal.timeout(200))).toBe('silent')
})
