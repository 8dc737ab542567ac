import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CheckResult } from '../../src/check-result.ts'
import { openAnswering } from '../doctor/answering-server.ts'
import { ME, TOKEN } from '../platforms/telegram/server.ts'
import { temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

const DISCORD_TOKEN = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.GtestA.never-a-secret-0000000000000000000000'

const read = (out: string) => JSON.parse(out) as CheckResult[]
const errors = (out: string) =>
  read(out).flatMap(({ part, level }) => (level === 'error' ? [part] : []))

/** A Telegram that knows the bot. */
const answerAsTelegram = (path: string) => ({
  body: { ok: true, result: /getMe$/.test(path) ? ME : { url: '', pending_update_count: 0 } },
})

test('an installation without a token and a database has warnings and no error, and stays as it is', async () => {
  const cwd = temporaryFolder()
  const { out, err, code } = await runHere(['doctor'], { cwd, env: { PORT: '0' } })
  expect([err, code]).toEqual(['', 0])
  expect(out).toMatch(/^warning {2}configuration: No token is set/)
  expect(out).toMatch(
    /\n {9}→ To run a bot, set TELEGRAM_TOKEN or DISCORD_TOKEN, or go to the folder of its \.env\.\n/,
  )
  expect(out).toContain(`There is no database at ${cwd}/data/sitrep.db.`)
  expect(out).toMatch(/\nok {7}images: /)
  expect(out).toMatch(/\n0 errors, 2 warnings and \d ok\.\n$/)
  expect(out).not.toContain('\u001b')
  expect(readdirSync(cwd)).toEqual([])
})

test('a wrong configuration is exit code 78, and the machine is checked all the same', async () => {
  const env = { PORT: 'eighty', TELEGRAM_TOKEN: 'secret-value', TELEGRAM_TOKENS: 'x' }
  const { out, err, code } = await runHere(['doctor', '--json'], { cwd: temporaryFolder(), env })
  expect([err, code]).toEqual(['', 78])
  expect(errors(out)).toEqual(['configuration', 'configuration'])
  expect(read(out).map(({ text }) => text)).toContain(
    'TELEGRAM_TOKENS isn’t a setting. Do you mean TELEGRAM_TOKEN?',
  )
  expect(read(out).map(({ part }) => part)).toContain('time-zones')
  expect(out).not.toContain('secret-value')
})

test.for(['0', 'eighty'])('a .env that others can read has a fix, with PORT %s', async port => {
  const cwd = temporaryFolder()
  const file = join(cwd, '.env')
  writeFileSync(file, `PORT=${port}\n`)
  chmodSync(file, 0o604)
  const { out } = await runHere(['doctor', '--json'], { cwd })
  expect(read(out)).toContainEqual({
    ...{ part: 'configuration', level: 'warning' },
    text: `Other users of this machine can open ${file} (mode 0604).`,
    fix: `Run \`chmod 600 ${file}\`.`,
  })
})

test('the first part in the order of a start decides the exit code', async () => {
  const cwd = temporaryFolder()
  writeFileSync(
    join(cwd, 'sitrep.db'),
    'no database, but a text that is as long as its head, or longer',
  )
  writeFileSync(join(cwd, 'feed.ics'), 'no calendar')
  const telegram = await openAnswering(answerAsTelegram)
  const discord = await openAnswering(() => ({
    status: 401,
    body: { code: 0, message: DISCORD_TOKEN },
  }))
  const other = await openAnswering(() => ({ body: `${TOKEN} is not ready` }))
  const env = {
    ...{ TELEGRAM_TOKEN: TOKEN, TELEGRAM_API_URL: telegram.url },
    ...{ DISCORD_TOKEN, DISCORD_API_URL: discord.url, PORT: String(other.port) },
    ...{ DATABASE_URL: 'file:sitrep.db', CALENDAR_FEEDS: join(cwd, 'feed.ics') },
    ...{ BACKUP_DIR: 'backups' },
  }
  const { out, code } = await runHere(['doctor', '--json'], { cwd, env })
  expect(code).toBe(74)
  expect(errors(out)).toEqual(['database', 'bot', 'discord'])
  expect(out).not.toMatch(/neverSecret|never-a-secret/)
  const found = read(out)
  const of = (part: string) => found.filter(each => each.part === part).map(({ text }) => text)
  expect(of('telegram')[0]).toBe(`Telegram accepts the token of @${ME.username}.`)
  expect(of('calendars')).toEqual([
    'Can’t read calendar 1 (feed.ics). The answer isn’t an iCalendar file. Events read from it before stay.',
  ])
  expect(of('clock')).toEqual(['This machine’s clock agrees with Telegram and Discord.'])
  expect(of('bot')).toEqual([
    `Another program than Sitrep answers at http://127.0.0.1:${other.port}.`,
  ])
  expect(of('network')).toHaveLength(2)
  expect(of('backups')).toEqual([`There is no backup in ${join(cwd, 'backups')} yet.`])
  expect(existsSync(join(cwd, 'backups'))).toBe(false)
  expect(existsSync(join(cwd, 'sitrep.db-wal'))).toBe(false)
})

test('broken content is exit code 65, with the first problem', async () => {
  const cwd = temporaryFolder()
  const env = { PORT: '0', CONTENT_DIR: join(cwd, 'none') }
  const { out, code } = await runHere(['doctor', '--json'], { cwd, env })
  expect([code, errors(out)]).toEqual([65, ['content']])
  expect(read(out)[0]?.text).toContain(`${cwd}/none`)
})

test('an unknown option is exit code 64, and --help shows the options', async () => {
  expect(await runHere(['doctor', '--fast'])).toMatchObject({ code: 64 })
  expect(await runHere(['doctor', '--help'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^bin\/sitrep doctor \[--json\]\n/),
  })
})
