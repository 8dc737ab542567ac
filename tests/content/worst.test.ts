import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { reservedNames } from '../../src/commands/builtin.ts'
import { loadEdition } from '../../src/content/load.ts'
import { startBot } from '../bot-process.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { emptyDatabase, temporaryFolder } from '../store/stores.ts'
import { section } from './fixture.ts'
import { WORST_BODIES, WORST_YAML } from './worst.ts'

/** CPU time of the main thread that no turn of its event loop may exceed, in milliseconds. */
const TURN_MS = 500

const WORST = 'sections/08-worst.md'

/** A copy of the shipped briefing with one file more, or one replaced. */
function contentWith(path: string, text: string): string {
  const folder = join(temporaryFolder(), 'content')
  cpSync(join(import.meta.dirname, '../../content'), folder, { recursive: true })
  writeFileSync(join(folder, path), text)
  return folder
}

const worst = (body: string) => section('command: worst\ntitle: Worst\nsummary: S', body)

function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Loads a folder; with the most CPU time that one turn of the event loop took meanwhile. */
async function load(folder: string, cpuMs = 500) {
  let turnMs = 0
  let last = cpu()
  let isLoading = true
  const turns = (async () => {
    while (isLoading) {
      last = cpu()
      await new Promise(resolve => setImmediate(resolve))
      turnMs = Math.max(turnMs, cpu() - last)
    }
  })()
  const cache = join(temporaryFolder(), 'cache')
  const result = await loadEdition(folder, reservedNames, cache, { cpuMs })
  isLoading = false
  await turns
  return { ...result, turnMs }
}

const LONG = { timeout: 60_000 }

test.for(Object.keys(WORST_BODIES))(
  'a section of %s is refused, and nothing waits for it',
  LONG,
  async kind => {
    const { problems, turnMs } = await load(contentWith(WORST, worst(WORST_BODIES[kind] ?? '')))
    expect(problems?.[0]).toMatchObject({ file: WORST, line: expect.any(Number) })
    expect(turnMs).toBeLessThan(TURN_MS)
  },
)

test.for(Object.keys(WORST_YAML))(
  'YAML of %s is refused, and nothing waits for it',
  LONG,
  async kind => {
    const text = WORST_YAML[kind] ?? ''
    for (const [file, written] of [
      ['edition.yaml', text],
      [WORST, section(text)],
    ] as const) {
      const { problems, turnMs } = await load(contentWith(file, written))
      expect(problems?.[0]).toMatchObject({ file, line: expect.any(Number) })
      expect(turnMs).toBeLessThan(TURN_MS)
    }
  },
)

test('two files over the limit and other faults are reported together', LONG, async () => {
  const folder = contentWith(WORST, worst('a\n=\n'.repeat(16_000)))
  writeFileSync(join(folder, 'sections/09-bad.md'), worst('b\n-\n'.repeat(16_000)))
  rmSync(join(folder, 'exercises.yaml'))
  const { problems } = await load(folder)
  expect(problems?.map(({ file, message }) => `${file} ${message}`)).toEqual([
    'exercises.yaml The file is missing.',
    `${WORST} Reading this file takes longer than 0.5 s.`,
    'sections/09-bad.md Reading this file takes longer than 0.5 s.',
  ])
})

test(
  'questions are answered while the worst file is read, which is then refused',
  LONG,
  async () => {
    const telegram = await openTelegramServer()
    onTestFinished(() => telegram.close())
    const folder = contentWith('edition.yaml', '')
    cpSync(join(import.meta.dirname, '../../content'), folder, { recursive: true })
    const bot = startBot('bot', telegram, await emptyDatabase('sqlite'), 60_000, {
      CONTENT_DIR: folder,
    })
    await bot.seen('lease.acquired')
    const waits: number[] = []
    const ask = async (user: number) => {
      const from = { id: user, is_bot: false, first_name: 'Ada' }
      const asked = performance.now()
      telegram.push(messageUpdate('/about', { from, chat: { id: user, type: 'private' } }))
      await telegram.shown(String(user)).next()
      waits.push(performance.now() - asked)
    }
    await ask(1)
    writeFileSync(join(folder, WORST), worst('a\n=\n'.repeat(16_000)))
    for (let user = 2; bot.count('content.broken') === 0; user++) await ask(user)
    // The parser alone takes more CPU time than this, so no question waited for it.
    expect(Math.max(...waits)).toBeLessThan(3000)
    const { msg } = await bot.seen('content.broken')
    expect(msg).toMatch(`${WORST}:1: Reading this file takes longer than 3 s.`)
    await ask(0)
  },
)
