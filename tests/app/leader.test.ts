import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../bot-process.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { webPerson } from '../platforms/web-person.ts'
import { query } from '../store/raw.ts'
import { newDatabase, temporaryFolder } from '../store/stores.ts'

const PERSON = { id: 42, is_bot: false, first_name: 'Ada' }
const CHAT = { id: 42, type: 'private' } as const

/** Prepares content that can be edited, a database with one subscriber, and the start of a bot in its own process. */
async function openScene() {
  const telegram = await openTelegramServer()
  onTestFinished(() => telegram.close())
  const url = await newDatabase('sqlite')
  const content = temporaryFolder()
  cpSync(join(import.meta.dirname, '../../content'), content, { recursive: true })
  const serve = () =>
    startBot('bot', telegram, url, 5000, {
      CONTENT_DIR: content,
      CHANGE_SETTLE: '1s',
      UNLIMITED: '1',
    })
  const shown = telegram.shown('42')
  let read = 0
  return {
    ...{ telegram, url, serve },
    async type(line: string): Promise<string> {
      telegram.push(messageUpdate(line, { from: PERSON, chat: CHAT }))
      return next()
    },
    next,
    edit(path: string, from: string, to: string) {
      const text = readFileSync(join(content, path), 'utf8')
      expect(text).toContain(from)
      writeFileSync(join(content, path), text.replace(from, to))
    },
  }

  /** The text of the message that comes next. */
  async function next(): Promise<string> {
    await shown.next()
    const sent = telegram.calls.filter(({ method }) => method === 'sendMessage')
    read += 1
    return String(sent[read - 1]?.body.text)
  }
}

test('an edit is posted after its settling time, and a digest that came due while no bot ran is posted at the next start', async () => {
  const { telegram, url, serve, type, next, edit } = await openScene()
  const first = serve()
  await first.seen('started')
  expect(await type('/subscribe')).toMatch(/^✅ Subscribed/)
  const year = new Date().getUTCFullYear() + 1
  edit(
    'exercises.yaml',
    'start: 2023-06-01\n  end: 2023-06-10',
    `start: ${year}-06-01\n  end: ${year}-06-10`,
  )
  const news = await next()
  expect(news).toContain('Defender 2023')
  expect(news).toContain(`Moved from 1–10 June 2023 to 1–10 June ${year}.`)
  expect(first.count('news.settled')).toBe(1)
  // Its button leaves the post where it is, and is answered below.
  const post = telegram.calls.findLast(({ method }) => method === 'sendMessage')?.body
  const [[button]] = JSON.parse(JSON.stringify(post)).reply_markup.inline_keyboard
  expect(button).toEqual({ text: 'Exercises', callback_data: '+/exercises' })
  first.child.kill('SIGKILL')
  await first.exit

  const hour = new Date().getUTCHours()
  const due = new Date().setUTCMinutes(0, 0, 0)
  await query(
    url,
    `update chats set zone = 'UTC', cadence = 'daily', hour = ${hour}, next_digest_at = ${due} returning id`,
  )
  const second = serve()
  let digest = await next()
  // Telegram delivers the last update again, because it was not acknowledged.
  while (!digest.includes(' · digest of ')) digest = await next()
  expect(digest).toMatch(/^(?:<b>)?Defender 2023 .* · digest of \d+ \w+/)
  expect(digest).toContain('Defender 2023')
  await second.seen('broadcast.finished')
})

test('the local chat posts to itself, unless its database is a bot’s', async () => {
  const url = await newDatabase('sqlite')
  const content = temporaryFolder()
  cpSync(join(import.meta.dirname, '../../content'), content, { recursive: true })
  const telegram = await openTelegramServer()
  onTestFinished(() => telegram.close())
  const local = {
    TELEGRAM_TOKEN: '',
    TELEGRAM_API_URL: '',
    CONTENT_DIR: content,
    CHANGE_SETTLE: '1s',
  }
  const own = startBot('local', telegram, url, 5000, local)
  const { address } = await own.seen('started')
  const ada = await webPerson(String(address))
  await ada.type('/subscribe')
  expect((await ada.read())[0]).toMatch(/^✅ Subscribed/)
  const path = join(content, 'exercises.yaml')
  const year = new Date().getUTCFullYear() + 1
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('2023-06', `${year}-06`))
  expect((await ada.read())[0]).toMatch(/^Defender 2023/)
  await ada.press('Exercises')
  expect((await ada.read())[0]).toMatch(/^Exercises\n/)
  await ada.type('/status')
  expect((await ada.read())[0]).toMatch(/^Status\n/)

  await query(url, "update chats set platform = 'telegram' returning id")
  for (const line of ['/status', '/audit', '/announce Hello.', '/retract']) {
    await ada.type(line)
    expect((await ada.read())[0]).toMatch(/^You can’t do this here, because/)
  }
  own.child.kill('SIGTERM')
  await own.exit
  const other = startBot('local', telegram, url, 5000, local)
  await other.seen('local.silent')
})
