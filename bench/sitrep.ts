import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Starts the bot as users start it: with the starter's variables and options. */
export function startSitrep(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join(root, 'bin/sitrep.mjs')], {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
