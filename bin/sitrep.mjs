#!/usr/bin/env node
/**
 * Runs the command line of Sitrep from any folder, also through a symbolic link: `bin/sitrep ask threats`. The link
 * `bin/sitrep` names this file, because Node before 20.10 loads no ES module whose name has no ending.
 */
import { fileURLToPath } from 'node:url'

// A small semi-space makes Node collect short-lived objects earlier: docs/operating.md has the figures.
const flags = ['--max-semi-space-size=4', '--disable-warning=ExperimentalWarning']
process.argv.splice(2, 0, ...flags, fileURLToPath(new URL('../src/main.ts', import.meta.url)))
import('./run.mjs')
