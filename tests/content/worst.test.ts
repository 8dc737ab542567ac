import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../bot-process.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { newDatabase } from '../store/stores.ts'
import { contentWith, LONG, load, WORST, worst, worstContract } from './worst-contract.ts'

worstContract(4)

test('two files over the limit and other faults are reported together', LONG, async () => {
  const folder = contentWith(WORST, worst('bc\n'.repeat(20_000)))
  writeFileSync(join(folder, 'sections/09-bad.md'), worst('a\n'.repeat(30_000)))
  rmSync(join(folder, 'edition.yaml'))
  const { problems } = await load(folder, 200)
  expect(problems?.map(({ file, message }) => `${file} ${message}`)).toEqual([
    'edition.yaml The file is missing.',
    `${WORST} Reading this file takes longer than 0.2 s.`,
    'sections/09-bad.md Reading this file takes longer than 0.2 s.',
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
    const bot = startBot('bot', telegram, await newDatabase('sqlite'), 60_000, {
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
    writeFileSync(join(folder, WORST), worst('**a**\n\n'.repeat(9300)))
    for (let user = 2; bot.count('content.broken') === 0; user++) await ask(user)
    // The machine may be busy. `worstContract` measures by CPU time that nothing waits.
    expect(Math.max(...waits)).toBeLessThan(3000)
    const { msg } = await bot.seen('content.broken')
    expect(msg).toMatch(
      /08-worst\.md:\d+: (?:Reading this file takes|This file has) .*(?:1 s|pieces)/,
    )
    await ask(0)
  },
)
