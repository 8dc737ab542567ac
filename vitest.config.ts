import { defineConfig } from 'vitest/config'

/** `npm run test:long`: storms and soaks, and what takes an operator's own times. */
const isLong = process.env.TESTS === 'long'

export default defineConfig({
  test: {
    include: [isLong ? 'tests/**/*.long.ts' : 'tests/**/*.test.ts'],
    // One PostgreSQL for all.
    globalSetup: 'tests/postgres.ts',
    // Most of them wait for something: a platform, a database, a clock.
    maxWorkers: 2,
    // Many tests start a process; on a busy machine that takes seconds.
    testTimeout: 60_000,
    // `.ci/run` counts what passed, failed and was skipped from this report.
    reporters: process.env.CI
      ? [
          'default',
          ['json', { outputFile: `node_modules/.cache/tests${isLong ? '-long' : ''}.json` }],
        ]
      : ['default'],
  },
})
