/**
 * Checks the code: format and lint, types, unused code. Prints the output of each program, and exits with 1 if one of
 * them fails. An install without development packages has none of the programs: then it says so, and exits with 0,
 * because an editor has the content checked there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** The package of each program, its name there, and its arguments. */
const PROGRAMS = [
  ['@biomejs/biome', 'biome', 'check', '.'],
  ['typescript', 'tsc'],
  ['typescript', 'tsc', '-p', 'src/platforms/web/page'],
  ['knip', 'knip'],
]

const packages = PROGRAMS.map(([name]) => join(root, 'node_modules', name, 'package.json'))
const isMissing = packages.some(path => !existsSync(path))
if (isMissing) {
  console.log('Code: not checked, because the development packages are not installed (`npm ci`).')
  // A pipeline relies on the checks, so it fails without them.
  process.exitCode = process.env.CI ? 1 : 0
} else {
  const failed = PROGRAMS.some(([name, program, ...args], index) => {
    const { bin } = JSON.parse(readFileSync(packages[index], 'utf8'))
    const path = join(root, 'node_modules', name, bin[program])
    return (
      spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: 'inherit' }).status !== 0
    )
  })
  process.exitCode = failed ? 1 : 0
}
