import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createService } from '../../src/app/service.ts'
import { readConfig } from '../../src/config.ts'
import { startBot } from '../bot-process.ts'
import { folder, section } from '../content/fixture.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { newDatabase, temporaryFolder } from '../store/stores.ts'
import { faultsOf, readCalendar, valueIn } from './reader.ts'

const EVENTS = `- id: first
  name: First
  start: 2026-06-01
  end: 2026-06-10
  participants: All
  status: scheduled
- id: second
  name: Second
  start: 2030-01-10T10:00
  end: 2030-01-10T12:00
  zone: Europe/Sarajevo
  participants: All
  status: scheduled
`

const SECTION = section('command: alpha\ntitle: Alpha\nsummary: With events.\nevents: true')

/** Writes a folder with two events and a section that shows them. */
function write(files: Record<string, string | undefined> = {}, root = temporaryFolder()): string {
  mkdirSync(join(root, 'sections'), { recursive: true })
  const all = { 'events.yaml': EVENTS, 'sections/01-alpha.md': SECTION, ...files }
  for (const { path, text } of folder(all)) writeFileSync(join(root, path), text)
  return root
}

/** Starts the local chat in this process. */
async function open(root: string, url: string) {
  const config = readConfig({
    PORT: '0',
    DATABASE_URL: url,
    CONTENT_DIR: root,
    CHANGE_SETTLE: '1h',
  })
  const app = createService(config)
  onTestFinished(() => app.stop())
  await app.start()
  return {
    stop: () => app.stop(),
    get: (path: string, init?: RequestInit) => fetch(app.address() + path, init),
    /** Sends a Host that fetch would not let through. Resolves to the status. */
    async ask(path: string, host: string) {
      const asked = request(app.address() + path, { headers: { host } }).end()
      const [answer] = await once(asked, 'response')
      answer.resume()
      return answer.statusCode
    },
  }
}

const uidsOf = (text: string) =>
  readCalendar(text).parts.flatMap(part => (part.kind === 'VEVENT' ? valueIn(part, 'UID') : []))

/** Reads a calendar once the first edition is stored, from when on its text stays the same. */
async function settled(get: (path: string) => Promise<Response>): Promise<Response> {
  let answer = await get('/calendar.ics')
  await expect
    .poll(async () => {
      answer = await get('/calendar.ics')
      return answer.clone().text()
    })
    .not.toContain('DTSTAMP:20260101T000000Z')
  return answer
}

test('calendars of all events, of one, and of a section are served, with an ETag', async () => {
  const { get, ask } = await open(write(), await newDatabase('sqlite'))
  const answer = await settled(get)
  expect(answer.status).toBe(200)
  const { etag, ...headers } = Object.fromEntries(answer.headers)
  expect(headers).toMatchObject({
    'content-type': 'text/calendar; charset=utf-8',
    'content-disposition': 'inline; filename="calendar.ics"',
    'cache-control': 'public, max-age=300',
    'x-content-type-options': 'nosniff',
  })
  expect(headers).not.toHaveProperty('access-control-allow-origin')
  expect(etag).toMatch(/^"[\w-]{43}"$/)
  const text = await answer.text()
  expect(faultsOf(text)).toEqual([])
  expect(uidsOf(text)).toEqual(['first@test.sitrep', 'second@test.sitrep'])

  const again = await get('/calendar.ics', { headers: { 'if-none-match': `W/"x", ${etag}` } })
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
  const head = await get('/calendar.ics', { method: 'HEAD' })
  expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', etag])

  const one = await (await get('/calendar/second.ics')).text()
  expect(uidsOf(one)).toEqual(['second@test.sitrep'])
  const ofSection = await get('/calendar/alpha.ics')
  expect(ofSection.headers.get('content-disposition')).toBe('inline; filename="alpha.ics"')
  const sectionText = await ofSection.text()
  expect(sectionText).toContain('X-WR-CALNAME:Alpha\r\n')
  expect(uidsOf(sectionText)).toEqual(uidsOf(text))
  for (const path of ['/calendar/third.ics', '/calendar/%E0%A4%A.ics', '/calendar/__proto__.ics']) {
    const none = await get(path)
    expect([none.status, await none.text()]).toEqual([404, 'There is no such calendar.\n'])
  }
  expect((await get('/calendar/first')).status).toBe(404)
  expect((await get('/calendar.ics', { method: 'POST' })).status).toBe(404)
  // The local chat serves its own machine alone.
  expect(await ask('/calendar.ics', 'evil.example')).toBe(403)
})

test('the same content has the same ETag after a restart, and an edit has another', async () => {
  const [root, url] = [write(), await newDatabase('sqlite')]
  const before = await open(root, url)
  const first = await settled(before.get)
  await before.stop()
  const { get } = await open(root, url)
  const second = await settled(get)
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'))

  write({ 'events.yaml': EVENTS.replace('name: Second', 'name: Renamed') }, root)
  let text = ''
  await expect
    .poll(async () => (text = await (await get('/calendar.ics')).text()), { timeout: 15_000 })
    .toContain('SUMMARY:Renamed')
  expect(uidsOf(text)).toEqual(['first@test.sitrep', 'second@test.sitrep'])
  const events = readCalendar(text).parts.filter(({ kind }) => kind === 'VEVENT')
  // The edit still settles.
  expect(events.map(each => valueIn(each, 'SEQUENCE'))).toEqual(['0', '1'])
  expect((await get('/calendar.ics')).headers.get('etag')).not.toBe(first.headers.get('etag'))
})

test('an edition without events has no calendar', async () => {
  const root = write({
    'events.yaml': undefined,
    'sections/01-alpha.md': section('command: alpha\ntitle: Alpha\nsummary: None.'),
  })
  const { get } = await open(root, await newDatabase('sqlite'))
  for (const path of ['/calendar.ics', '/calendar/alpha.ics']) {
    expect((await get(path)).status).toBe(404)
  }
})

test('a process that stands by serves the calendars as well', async () => {
  const telegram = await openTelegramServer()
  onTestFinished(() => telegram.close())
  const url = await newDatabase('sqlite')
  const start = (name: string) => startBot(name, telegram, url, 60_000, { CONTENT_DIR: write() })
  const first = start('a')
  const { address } = await first.seen('started')
  const active = await settled(path => fetch(`${address}${path}`))
  const second = start('b')
  await second.seen('lease.waiting')
  const { address: other } = await second.seen('started')
  const standby = await fetch(`${other}/calendar.ics`)
  expect([standby.status, standby.headers.get('etag')]).toEqual([200, active.headers.get('etag')])
})
