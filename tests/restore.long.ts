import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBot } from './bot-process.ts'
import { runHere } from './cli/command.ts'
import { announcement, saying } from './delivery/scene.ts'
import { messageUpdate } from './platforms/telegram/person.ts'
import { openTelegramServer } from './platforms/telegram/server.ts'
import { newDatabase, openTestStore, temporaryFolder } from './store/stores.ts'

const PERSON = { id: 42, is_bot: false, first_name: 'Ada' }

test('a bot whose database is restored starts at once, and sends nothing that it sent after the backup', async () => {
  const telegram = await openTelegramServer()
  onTestFinished(() => telegram.close())
  const url = await newDatabase('sqlite')
  const cwd = temporaryFolder()
  const file = join(cwd, 'copy.db')
  const run = (...args: string[]) => runHere(args, { cwd, env: { DATABASE_URL: url } })
  const start = () => startBot('bot', telegram, url, 10_000, { UNLIMITED: '1' })
  const shown = telegram.shown('42')
  const ask = async (line: string) => {
    telegram.push(messageUpdate(line, { from: PERSON, chat: { id: 42, type: 'private' } }))
    await shown.next()
  }
  /** Announces from a process beside the bot. */
  const announce = async (text: string, startsAt?: Temporal.Instant) => {
    const { store } = await openTestStore({ url })
    const more = { message: saying(text), ...(startsAt && { startsAt }) }
    const { id } = await store.broadcasts.create(announcement(more))
    await store.close()
    return id
  }
  const count = (text: string) =>
    telegram.calls.filter(
      ({ method, body }) => method === 'sendMessage' && String(body.text).includes(text),
    ).length

  const first = start()
  await first.seen('started')
  await ask('/subscribe')
  const soon = Temporal.Now.instant().add({ seconds: 3 })
  const last = await announce('Begun before the backup.', soon)
  expect(await run('backup', '--out', file)).toMatchObject({ err: '', code: 0 })
  expect(Temporal.Instant.compare(Temporal.Now.instant(), soon)).toBe(-1)
  await shown.next()
  await announce('After the backup.')
  await shown.next()
  expect(await run('restore', file, '--yes')).toMatchObject({
    err: expect.stringContaining('Stop it first'),
    code: 74,
  })
  first.child.kill('SIGTERM')
  await first.exit
  expect(await run('restore', file, '--yes')).toMatchObject({
    out: expect.stringContaining('1 post had begun and stopped here'),
    code: 0,
  })

  const second = start()
  await second.seen('lease.acquired')
  expect(second.count('lease.waiting')).toBe(0)
  await second.seen('started')
  await ask('/threats')
  expect(await announce('After the restore.')).toBeGreaterThan(last + 10_000)
  await shown.next()
  await second.seen('broadcast.finished')
  expect(count('Begun before the backup.')).toBe(1)
  expect(count('After the backup.')).toBe(1)
  expect(count('After the restore.')).toBe(1)
  expect(await second.readyz()).toMatchObject({ ready: true })
})
