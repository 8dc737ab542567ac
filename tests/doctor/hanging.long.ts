import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { CheckResult } from '../../src/check-result.ts'
import { runHere } from '../cli/command.ts'
import { TOKEN } from '../platforms/telegram/server.ts'
import { temporaryFolder } from '../store/stores.ts'
import { openAnswering } from './answering-server.ts'

const main = join(import.meta.dirname, '../../src/main.ts')

/** Longest time that the command may take, in milliseconds. */
const LONGEST_MS = 15_000

test('the command ends in time while every server hangs, with an error for each', async () => {
  const { url, port } = await openAnswering(() => 'hang')
  // Accepts connections and says nothing, as a PostgreSQL behind a broken firewall.
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const { port: silentPort } = silent.address() as AddressInfo
  const begun = performance.now()
  const child = spawn(process.execPath, [main, 'doctor', '--json'], {
    cwd: temporaryFolder(),
    env: {
      ...{ PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
      ...{ TELEGRAM_TOKEN: TOKEN, TELEGRAM_API_URL: url, PORT: String(port) },
      ...{ DISCORD_TOKEN: `${'a'.repeat(24)}.bbbbbb.${'c'.repeat(27)}`, DISCORD_API_URL: url },
      ...{ DATABASE_URL: `postgres://sitrep:pa55word@127.0.0.1:${silentPort}/sitrep` },
      ...{ CALENDAR_FEEDS: `${url}/a.ics#private ${url}/b.ics#private` },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(performance.now() - begun).toBeLessThan(LONGEST_MS)
  const found = JSON.parse(out) as CheckResult[]
  const parts = (level: string) => found.filter(each => each.level === level).map(each => each.part)
  expect(code).toBe(74)
  expect(parts('error')).toEqual(['database', 'bot', 'telegram', 'discord'])
  expect(parts('warning').filter(part => part === 'calendars')).toHaveLength(2)
  expect(out).not.toMatch(/neverSecret|pa55word|c{27}/)
})

test('a terminal shows after a second which checks are open, and then the line goes', async () => {
  const { url } = await openAnswering(() => 'hang')
  const { isTTY, columns } = process.stderr
  Object.assign(process.stderr, { isTTY: true, columns: 0 })
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => {
    write.mockRestore()
    Object.assign(process.stderr, { isTTY, columns })
  })
  const env = { PORT: '0', TELEGRAM_TOKEN: TOKEN, TELEGRAM_API_URL: url }
  const { code } = await runHere(['doctor'], { cwd: temporaryFolder(), env })
  const lines = write.mock.calls.map(([line]) => String(line))
  expect(code).toBe(69)
  expect(lines[0]).toContain('\r\u001b[KChecking: telegram, clock')
  expect(lines.at(-1)).toBe('\r\u001b[K')
})
