import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // One PostgreSQL for all.
    globalSetup: 'tests/postgres.ts',
    // A command line starts a process of its own, on a slow day two at once.
    testTimeout: 20_000,
    // `.ci/run` counts what passed, failed and was skipped from this report.
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: 'node_modules/.cache/tests.json' }]]
      : ['default'],
  },
})
