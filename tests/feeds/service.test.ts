import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../bot-process.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { newDatabase, temporaryFolder } from '../store/stores.ts'
import { calendar, vevent } from './calendars.ts'

const PERSON = { id: 42, is_bot: false, first_name: 'Ada' }

test('a bot answers with the events of a calendar, and still does after a restart without the calendar', async () => {
  const telegram = await openTelegramServer()
  onTestFinished(() => telegram.close())
  const url = await newDatabase('sqlite')
  const folder = temporaryFolder()
  const content = join(folder, 'content')
  cpSync(join(import.meta.dirname, '../../content'), content, { recursive: true })
  // Without a file of events, the command is there because of the calendar.
  rmSync(join(content, 'events.yaml'))
  const feed = join(folder, 'own.ics')
  writeFileSync(
    feed,
    calendar(vevent('camp', 'SUMMARY:Camp by the river', 'DTSTART;VALUE=DATE:20990601')),
  )
  const serve = () =>
    startBot('bot', telegram, url, 5000, {
      CONTENT_DIR: content,
      CALENDAR_FEEDS: feed,
      UNLIMITED: '1',
    })
  const shown = telegram.shown('42')
  const ask = async (line: string) => {
    telegram.push(messageUpdate(line, { from: PERSON, chat: { id: 42, type: 'private' } }))
    await shown.next()
    return String(telegram.calls.findLast(({ method }) => method === 'sendMessage')?.body.text)
  }

  const first = serve()
  await first.seen('started')
  await expect
    .poll(() => first.readyz(), { timeout: 10_000 })
    .toMatchObject({ parts: { feeds: { status: '1 event of 1 calendar', ready: true } } })
  expect(await ask('/exercises all')).toContain('Camp by the river')
  first.child.kill('SIGTERM')
  await first.exit

  rmSync(feed)
  const second = serve()
  await second.seen('started')
  expect(await ask('/exercises all')).toContain('Camp by the river')
})
