import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reservedNames } from '../../src/commands/builtin.ts'
import { loadEdition } from '../../src/content/load.ts'
import { temporaryFolder } from '../store/stores.ts'
import { section } from './fixture.ts'
import { WORST_BODIES, WORST_YAML } from './worst.ts'

/** CPU time of the main thread that no turn of its event loop may exceed, in milliseconds. */
const TURN_MS = 500

export const WORST = 'sections/08-worst.md'

/** A copy of the shipped briefing with one file more, or one replaced. */
export function contentWith(path: string, text: string): string {
  const folder = join(temporaryFolder(), 'content')
  cpSync(join(import.meta.dirname, '../../content'), folder, { recursive: true })
  writeFileSync(join(folder, path), text)
  return folder
}

export const worst = (body: string) => section('command: worst\ntitle: Worst\nsummary: S', body)

function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Loads a folder, with the most CPU time that one turn of the event loop took meanwhile. */
export async function load(folder: string, cpuMs = 500) {
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

export const LONG = { timeout: 60_000 }

/** Tests that each kind of worst file is refused under its name, or one kind of `each` kinds. */
export function worstContract(each: number): void {
  const kindsOf = (files: Record<string, string>) =>
    Object.keys(files).filter((_, index) => index % each === 0)

  test.for(kindsOf(WORST_BODIES))(
    'a section of %s is refused, and nothing waits for it',
    LONG,
    async kind => {
      const { problems, turnMs } = await load(contentWith(WORST, worst(WORST_BODIES[kind] ?? '')))
      expect(problems?.[0]).toMatchObject({ file: WORST, line: expect.any(Number) })
      expect(turnMs).toBeLessThan(TURN_MS)
    },
  )

  test.for(kindsOf(WORST_YAML))(
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
}
