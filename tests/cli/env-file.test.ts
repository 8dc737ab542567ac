import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { loadEnvFile } from '../../src/cli/env-file.ts'
import { readConfig } from '../../src/config.ts'
import { temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

const TELEGRAM = '123456:AAF-test_only-neverSecret-0000000000'
const DISCORD = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.never-secret-never-secret-never-s'
const UNREADABLE = '`.env` cannot be read: save it as UTF-8.'

const utf16le = (said: string) => Buffer.from(said, 'utf16le')
const utf16be = (said: string) => utf16le(said).swap16()

/** The configuration that a start in a folder with this `.env` has, or what is wrong with it. */
function start(content: string | Buffer, env: Record<string, string> = {}) {
  const path = join(temporaryFolder(), '.env')
  writeFileSync(path, content)
  const all: Record<string, string | undefined> = { ...env }
  try {
    loadEnvFile(path, all)
    return readConfig(all)
  } catch (error) {
    return (error as Error).message
  }
}

const FIRST = `TELEGRAM_TOKEN=${TELEGRAM}\nPORT=9000\n`
test.each<[string, string | Buffer]>([
  ['UTF-8', FIRST],
  ['UTF-8 with a byte order mark', `\ufeff${FIRST}`],
  ['UTF-16LE with a byte order mark, as PowerShell writes it', utf16le(`\ufeff${FIRST}`)],
  ['UTF-16BE with a byte order mark', utf16be(`\ufeff${FIRST}`)],
  ['UTF-16LE', utf16le(FIRST)],
  ['UTF-16BE', utf16be(FIRST)],
  ['UTF-16LE with CRLF', utf16le(`\ufeff${FIRST.replaceAll('\n', '\r\n')}`)],
  ['CRLF', FIRST.replaceAll('\n', '\r\n')],
  ['CR alone', FIRST.replaceAll('\n', '\r')],
  ['a byte order mark in the middle, as of joined files', `# A\n\ufeff${FIRST}`],
  ['quotes', `TELEGRAM_TOKEN="${TELEGRAM}"\nPORT='9000'\n`],
  ['backticks, spaces and a comment', `  TELEGRAM_TOKEN = \`${TELEGRAM}\` # mine\nPORT=9000`],
  ['export', `export TELEGRAM_TOKEN=${TELEGRAM}\nexport PORT=9000`],
  ['the same line twice', `${FIRST}${FIRST}`],
  ['a comment with another token', `#TELEGRAM_TOKEN=${TELEGRAM}9\n# PORT=1\n${FIRST}`],
  ['empty values with comments', `MODERATORS= # none yet\nDISCORD_TOKEN=\n${FIRST}`],
  ['a # in quotes, and comments with one', `CONTENT_DIR="a#b" #1\nLOG_LEVEL=info # a#b\n${FIRST}`],
])('the token of a .env in %s is read', (_, content) => {
  expect(start(content)).toMatchObject({ telegram: { token: TELEGRAM }, port: 9000 })
})

test.each<[string, string | Buffer, string]>([
  ['Latin-1', Buffer.from(`# Schlüssel\n${FIRST}`, 'latin1'), UNREADABLE],
  ['a NUL byte', `TELEGRAM_TOKEN=${TELEGRAM}\0\n`, UNREADABLE],
  ['a NUL byte at the beginning', `\0${FIRST}`, UNREADABLE],
  ['UTF-32', Buffer.from(`\ufeff${FIRST}`.replaceAll(/./gsu, '$&\0'), 'utf16le'), UNREADABLE],
  ['UTF-16 cut in a character', utf16le(FIRST).subarray(0, -1), UNREADABLE],
  ['UTF-16 behind UTF-8', Buffer.concat([Buffer.from('PORT=1\n'), utf16le(FIRST)]), UNREADABLE],
  [
    'UTF-8 behind UTF-16',
    Buffer.concat([utf16le('\ufeffPORT=1\r\n'), Buffer.from(`${FIRST} `)]),
    UNREADABLE,
  ],
  ['a colon', `TELEGRAM_TOKEN: ${TELEGRAM}`, lineOf(1)],
  [
    'small letters',
    `telegram_token=${TELEGRAM}`,
    '.env: line 1 sets telegram_token. Write TELEGRAM_TOKEN=… on a line of its own.',
  ],
  ['set', `PORT=0\nset TELEGRAM_TOKEN=${TELEGRAM}`, lineOf(2)],
  ['the form of PowerShell', `$env:TELEGRAM_TOKEN = "${TELEGRAM}"`, lineOf(1)],
  ['a dash in front', `- TELEGRAM_TOKEN=${TELEGRAM}`, lineOf(1)],
  ['a hard space in front', `\u00a0TELEGRAM_TOKEN=${TELEGRAM}`, lineOf(1)],
  [
    'another name',
    `TELEGRAM_BOT_TOKEN=${TELEGRAM}`,
    '.env: line 1 sets TELEGRAM_BOT_TOKEN. Write TELEGRAM_TOKEN=… on a line of its own.',
  ],
  ['no name', `TELEGRAM_TOKEN=\n${TELEGRAM}`, lineOf(2)],
  [
    'another name, for Discord',
    `TOKEN=${DISCORD}`,
    '.env: line 1 sets TOKEN. Write DISCORD_TOKEN=… on a line of its own.',
  ],
  [
    'the token of the other platform',
    `DISCORD_TOKEN=${TELEGRAM}`,
    '.env: line 1 sets DISCORD_TOKEN. Write TELEGRAM_TOKEN=… on a line of its own.',
  ],
  ['a value before it that never ends', `CONTENT_DIR="x\nTELEGRAM_TOKEN="${TELEGRAM}"`, lineOf(2)],
  ['one line with another', `CONTENT_DIR=content TELEGRAM_TOKEN=${TELEGRAM}`, lineOf(1)],
  ['a database with a colon', 'DATABASE_URL: file:data/a.db', lineOf(1, 'DATABASE_URL')],
  [
    'a # in a value without quotes',
    `${FIRST}CALENDAR_FEEDS=https://example.org/a.ics#category=x`,
    '.env: a # would end the value in line 3. Put the value of CALENDAR_FEEDS in quotes.',
  ],
  [
    'an empty one below',
    `${FIRST}TELEGRAM_TOKEN=\n`,
    '.env: TELEGRAM_TOKEN has several values (lines 1 and 3). Keep one of them.',
  ],
])('a .env with %s is refused with what to do', (_, content, sentence) => {
  expect(start(content)).toBe(sentence)
})

function lineOf(line: number, name = 'TELEGRAM_TOKEN'): string {
  return `.env: line ${line} isn’t clear. Write ${name}=… on a line of its own.`
}

test('a token of the environment wins, and an empty one there is named', () => {
  expect(start(FIRST, { TELEGRAM_TOKEN: '1:a' })).toMatchObject({ telegram: { token: '1:a' } })
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(start(`BOT=${TELEGRAM}`, { TELEGRAM_TOKEN: '1:a' })).toMatchObject({ port: 8080 })
  expect(start(FIRST, { TELEGRAM_TOKEN: '' })).not.toHaveProperty('telegram')
  expect(said.mock.calls).toEqual([
    [expect.stringMatching(/\/\.env: BOT isn’t a setting\. \.env\.example lists the settings\.$/)],
    ['TELEGRAM_TOKEN is empty in the environment, so the one in .env does not count.'],
  ])
  said.mockRestore()
})

const misshapen = 'TELEGRAM_TOKEN=misshapen'
test.each<[string, Buffer, RegExp]>([
  [
    'a byte order mark',
    Buffer.from(`\ufeff${misshapen}`),
    /^TELEGRAM_TOKEN: doesn’t look like a Telegram bot token/m,
  ],
  [
    'UTF-16LE',
    utf16le(`\ufeff${misshapen}\r\n`),
    /^TELEGRAM_TOKEN: doesn’t look like a Telegram bot token/m,
  ],
  [
    'Latin-1',
    Buffer.from(`${misshapen}é`, 'latin1'),
    /^`\.env` cannot be read: save it as UTF-8\.$/m,
  ],
])(
  'a start with a misshapen token in a .env with %s ends with 78',
  async (_, content, sentence) => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, '.env'), content)
    const env = { PORT: '0', CONTENT_DIR: join(import.meta.dirname, '../../content') }
    const { out, err, code } = await runHere([], { env, cwd })
    expect(err).toMatch(sentence)
    expect({ out, code }).toEqual({ out: '', code: 78 })
  },
)
