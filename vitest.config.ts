import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/longest-first.ts'
import { propertyTests, unitTests } from './tests/unit-tests.ts'

/** `npm run test:long`: storms and soaks, what takes an operator's own times, and properties with all of their runs. */
const isLong = process.env.TESTS === 'long'

const unit = unitTests()
const properties = propertyTests()

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: isLong ? properties.filter(file => unit.includes(file)) : unit,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: isLong ? ['tests/**/*.long.ts', ...properties] : ['tests/**/*.test.ts'],
          exclude: unit,
          // One PostgreSQL server for all files.
          globalSetup: 'tests/databases.ts',
        },
      },
    ],
    // The files share no state: one process loads the modules once for many of them.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // A third worker uses the cores while two others wait for a platform, a database or a clock.
    maxWorkers: 3,
    tags: [
      {
        name: 'slow',
        description: 'Takes over half a second of CPU time; `test:unit` leaves it out.',
      },
    ],
    // Processes that tests start take the code of their modules from here, as those of an operator do.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/tests') },
    // Many tests start a process, which takes seconds on a busy machine.
    testTimeout: 60_000,
    // `.ci/run` counts the passed, failed and skipped tests in this report.
    reporters: process.env.CI
      ? [
          'default',
          ['json', { outputFile: `node_modules/.cache/tests${isLong ? '-long' : ''}.json` }],
        ]
      : ['default'],
  },
})
