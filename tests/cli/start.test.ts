import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

const root = join(import.meta.dirname, '../..')

test('a start without a token is exit code 78 if a platform is required, and other commands work', async () => {
  const env = { REQUIRE_PLATFORMS: '1', PORT: '0' }
  expect(await runHere([], { env, cwd: root })).toEqual({
    out: '',
    err: `Invalid configuration. Fix these in ${root}/.env or the environment:\nREQUIRE_PLATFORMS: needs TELEGRAM_TOKEN or DISCORD_TOKEN as well\n`,
    code: 78,
  })
  expect(await runHere(['check'], { env, cwd: root })).toMatchObject({ err: '', code: 0 })
  expect(() => readConfig({ REQUIRE_PLATFORMS: 'maybe' })).toThrow(/^REQUIRE_PLATFORMS: must be 1 /)
})

test('a database that does not exist is named by its absolute path', async () => {
  const cwd = temporaryFolder()
  const options = { env: { DATABASE_URL: 'file:no/x.db' }, cwd }
  expect(await runHere(['broadcast', '--list'], options)).toMatchObject({
    err: `No database at ${cwd}/no/x.db. Start the bot once, or set DATABASE_URL to the bot’s database.\n`,
    code: 74,
  })
})
