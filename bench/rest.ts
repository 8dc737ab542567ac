import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { DISCORD_TOKEN, openDiscord, openTelegram, TELEGRAM_TOKEN } from './loopback.ts'
import { type Figure, percentile } from './measure.ts'

const root = join(import.meta.dirname, '..')
const RUNS = 3

/** Time after the start at which Sitrep is at rest, in milliseconds. Ten seconds after its start it collects garbage. */
const REST_MS = 20_000

/** Memory of Sitrep at rest, as `bin/sitrep` starts it: both platforms, Telegram alone, the local chat. */
export async function rest(): Promise<Figure[]> {
  if (process.platform !== 'linux') return []
  const [telegram, discord] = await Promise.all([openTelegram(), openDiscord()])
  const onTelegram = { TELEGRAM_TOKEN, TELEGRAM_API_URL: telegram.url }
  const onDiscord = { DISCORD_TOKEN, DISCORD_API_URL: discord.url }
  const figures = [
    await measure('both platforms', { ...onTelegram, ...onDiscord }, 145),
    await measure('Telegram alone', onTelegram, 130),
    await measure('the local chat', {}, 115),
  ]
  await Promise.all([telegram.close(), discord.close()])
  return figures
}

async function measure(what: string, env: Record<string, string>, aim: number): Promise<Figure> {
  const megabytes: number[] = []
  // The first run fills the compile cache, and does not count.
  for (let run = 0; run <= RUNS; run++) {
    const folder = mkdtempSync(join(tmpdir(), 'sitrep-bench-'))
    const child = spawn(process.execPath, [join(root, 'bin/sitrep.mjs')], {
      cwd: root,
      env: { PATH: process.env.PATH, PORT: '0', DATABASE_URL: `file:${folder}/rest.db`, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await started(child)
    if (run > 0) {
      await sleep(REST_MS)
      megabytes.push(residentMegabytes(child.pid ?? 0))
    }
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
    rmSync(folder, { recursive: true })
  }
  return { what: `memory at rest: ${what}`, value: percentile(megabytes, 0.5), aim, unit: 'MB' }
}

async function started({ stdout }: ChildProcess): Promise<void> {
  if (!stdout) return
  for await (const line of createInterface({ input: stdout })) {
    if (/"event":"started"|^Sitrep is open at/.test(line)) break
  }
  // A pipe that is full or closed would disturb the process.
  stdout.resume()
}

/** Resident memory of a process, in MB, as Linux counts it. */
function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}
