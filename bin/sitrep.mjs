#!/usr/bin/env node
/**
 * Runs the command line of Sitrep from any folder, also through a symbolic link: `bin/sitrep ask threats`. The link
 * `bin/sitrep` names this file, because Node before 20.10 loads no ES module whose name has no ending.
 */
import { fileURLToPath } from 'node:url'

const pathOf = path => fileURLToPath(new URL(path, import.meta.url))

/** Variables and options that save memory: docs/operating.md has the figures. */
const MEMORY = {
  NODE_COMPILE_CACHE: pathOf('../node_modules/.cache/sitrep'),
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
}
const flags = ['--max-semi-space-size=16', '--disable-warning=ExperimentalWarning']

for (const [name, value] of Object.entries(MEMORY)) process.env[name] = process.env[name] || value
process.argv.splice(2, 0, ...flags, pathOf('../src/main.ts'))
import('./run.mjs')
