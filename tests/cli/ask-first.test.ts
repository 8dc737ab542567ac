import { PassThrough } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { TOKEN } from '../platforms/telegram/server.ts'
import { newDatabase, openTestStore, temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

afterEach(() => void vi.unstubAllGlobals())

const saying = (text: string) => message([paragraph(text)])

/** A database with an announcement, and a terminal that answers "y" after `before` has run. */
async function openScene(before: (scene: Scene) => Promise<unknown>) {
  const url = await newDatabase('sqlite')
  const { store } = await openTestStore({ url })
  const env = { DATABASE_URL: url, TELEGRAM_TOKEN: TOKEN }
  const audience = { topic: 'announcements', platforms: ['telegram'] }
  const fields = { key: 'a', kind: 'announcement', audience, message: saying('Hello.') } as const
  const { id } = await store.broadcasts.create(fields)
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stdout = Object.assign(new PassThrough(), { isTTY: true })
  let asked = ''
  stdout.on('data', async chunk => {
    asked += chunk
    if (!asked.endsWith('[y/N] ')) return
    await before({ store, id })
    stdin.write('y\n')
  })
  const terminal = Object.create(process, { stdin: { value: stdin }, stdout: { value: stdout } })
  vi.stubGlobal('process', terminal)
  return {
    ...{ store, id },
    broadcast: (...args: string[]) =>
      runHere(['broadcast', ...args], { env, cwd: temporaryFolder() }),
  }
}

type Scene = Pick<Awaited<ReturnType<typeof openTestStore>>, 'store'> & { readonly id: number }

test('a correction that the operator has confirmed at the terminal is written', async () => {
  const { store, id, broadcast } = await openScene(async () => undefined)
  expect((await broadcast('--correct', '1', '--text', 'Hello again.')).code).toBe(0)
  expect(await store.broadcasts.find(id)).toMatchObject({ revision: 2, isRetracted: false })
})

test.for<[string[], string]>([
  [['--correct', '1', '--text', 'Hello again.'], 'a retraction'],
  [['--retract', '1'], 'a correction'],
])('%j does not undo %s that comes while it asks', async ([args, change]) => {
  const { store, id, broadcast } = await openScene(({ store, id }) =>
    change === 'a retraction'
      ? store.broadcasts.retract(id, saying('Gone.'))
      : store.broadcasts.revise(id, saying('Corrected.')),
  )
  expect(await broadcast(...args)).toMatchObject({
    err: 'Announcement #1 has changed in the meantime. Nothing changed.\n',
    code: 64,
  })
  const isRetracted = change === 'a retraction'
  expect(await store.broadcasts.find(id)).toMatchObject({ revision: 2, isRetracted })
})

test('an undone announcement is not corrected, and the reason is named', async () => {
  const { store, broadcast } = await openScene(async () => undefined)
  const audience = { topic: 'announcements', platforms: ['telegram'] }
  const startsAt = Temporal.Now.instant().add({ minutes: 5 })
  const fields = { key: 'b', kind: 'announcement', audience, message: saying('B.') } as const
  const { id } = await store.broadcasts.create({ ...fields, startsAt })
  await broadcast('--cancel', String(id))
  expect(await broadcast('--correct', String(id), '--text', 'C.', '--yes')).toMatchObject({
    err: `Can’t correct announcement #${id}, because it’s undone.\n`,
    code: 64,
  })
})
