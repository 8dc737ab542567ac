import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unknownInEnvironment, unknownInFile } from '../../src/cli/unknown-names.ts'
import { temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

const root = join(import.meta.dirname, '../..')

/** Returns the names that the environment's warnings suggest, by the name that is unknown. */
const suggested = (...names: string[]) =>
  Object.fromEntries(
    unknownInEnvironment(Object.fromEntries(names.map(name => [name, 'hunter2']))).map(line => {
      expect(line).not.toContain('hunter2')
      const [, name, near] =
        /^(\w+) isn’t a setting\. (?:Do you mean (\w+)\?|\.env\.example lists.+)$/.exec(line) ?? []
      return [name, near]
    }),
  )

test('an unknown name of the environment that looks like a setting has the nearest one', () => {
  expect(
    suggested(
      ...['TELEGRAM_TOKENS', 'telegram_token', 'TELEGRAM_BOT_TOKEN', 'DISCORD_TOKN', 'DISCORD_API'],
      ...['TIMEZON', 'TIME_ZONE', 'timezone', 'LOGLEVEL', 'MODERATOR', 'port', 'DISCORD_GUILD'],
    ),
  ).toEqual({
    TELEGRAM_TOKENS: 'TELEGRAM_TOKEN',
    telegram_token: 'TELEGRAM_TOKEN',
    TELEGRAM_BOT_TOKEN: 'TELEGRAM_TOKEN',
    DISCORD_TOKN: 'DISCORD_TOKEN',
    DISCORD_API: 'DISCORD_API_URL',
    TIMEZON: 'TIMEZONE',
    TIME_ZONE: 'TIMEZONE',
    timezone: 'TIMEZONE',
    LOGLEVEL: 'LOG_LEVEL',
    MODERATOR: 'MODERATORS',
    port: 'PORT',
    DISCORD_GUILD: undefined,
  })
})

test('settings, other programs and empty values have no warning', () => {
  expect(
    suggested(
      ...['TELEGRAM_TOKEN', 'TIMEZONE', 'PATH', 'HOME', 'HOSTNAME', 'POST', 'TZ', 'PUBLIC_KEY'],
      ...['npm_config_cache', 'NODE_OPTIONS', 'PGPASSWORD', 'FOO', 'TELEGRAM_', 'TERM'],
    ),
  ).toEqual({})
  expect(unknownInEnvironment({ TELEGRAM_TOKENS: ' ', TIMEZON: undefined })).toEqual([])
})

test('.env has a warning for every name that no known program reads', () => {
  expect(
    unknownInFile({
      ...{ TIMEZON: 'UTC', COLOUR: 'hunter2', CONTENT: 'x', PORT: '80', EMPTY: '' },
      ...{ NODE_OPTIONS: '-x', PGHOST: 'x', https_proxy: 'http://x', TZ: 'UTC' },
      ...{ MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC7: '=' },
    }),
  ).toEqual([
    'TIMEZON isn’t a setting. Do you mean TIMEZONE?',
    'COLOUR isn’t a setting. .env.example lists the settings.',
    'CONTENT isn’t a setting. Do you mean CONTENT_DIR?',
  ])
})

test('a command says both kinds of unknown names on standard error, and continues', async () => {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, '.env'), 'REMINDER=none\n')
  const env = { CONTENT_DIR: join(root, 'content'), DISCORD_TOKENS: 'hunter2' }
  expect(await runHere(['check'], { env, cwd })).toMatchObject({
    err: `DISCORD_TOKENS isn’t a setting. Do you mean DISCORD_TOKEN?\n${cwd}/.env: REMINDER isn’t a setting. Do you mean REMINDERS?\n`,
    code: 0,
  })
})
