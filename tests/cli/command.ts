import { onTestFinished, vi } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.ts'

/** Result of a command: what it printed on each stream, and its exit code. */
export interface Result {
  readonly out: string
  readonly err: string
  readonly code: number
}

export interface CommandOptions {
  /** The variables of the environment; no others are set. */
  readonly env?: Record<string, string | undefined>
  readonly cwd?: string
}

const NEVER = new Promise<never>(() => {})

/**
 * Runs a command of the command line in this process, whose streams are pipes. A process of its own takes a second of CPU
 * time, so only tests of signals, streams and the start use one.
 */
export async function runHere(
  args: readonly string[],
  { env = {}, cwd = process.cwd() }: CommandOptions = {},
): Promise<Result> {
  const printed = { log: '', error: '' }
  const spies = (['log', 'error'] as const).map(name =>
    vi.spyOn(console, name).mockImplementation((text = '') => {
      printed[name] += `${text}\n`
    }),
  )
  const before = { env: process.env, cwd: process.cwd() }
  const signals = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(
    name => [name, process.listeners(name)] as const,
  )
  let isOver = false
  function restore(): void {
    if (isOver) return
    isOver = true
    process.env = before.env
    process.chdir(before.cwd)
    for (const spy of spies) spy.mockRestore()
    // The process of a command ends with its handlers.
    for (const [name, kept] of signals) {
      for (const listener of process.listeners(name)) {
        if (!kept.includes(listener)) process.off(name, listener)
      }
    }
  }
  // A command that hangs leaves nothing to the next test.
  onTestFinished(restore)
  process.env = { PATH: before.env.PATH, ...env }
  process.chdir(cwd)
  try {
    const code = await runCommandLine([...args], NEVER)
    return { out: printed.log, err: printed.error, code }
  } finally {
    restore()
  }
}
