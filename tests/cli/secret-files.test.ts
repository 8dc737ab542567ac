import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { withSecretFiles } from '../../src/cli/secret-files.ts'
import { ConfigError } from '../../src/config.ts'
import { causeOf } from '../../src/file-causes.ts'
import { temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

const TOKEN = '123456:AAF-test_only'

/** Writes a file in a folder of its own. Returns its path. */
function fileWith(text: string, name = 'token'): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, text)
  return path
}

/** Makes a named pipe. Returns its path. */
function pipe(): string {
  const path = join(temporaryFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  return path
}

test('a token is read from the file that its variable names, without the line end', async () => {
  for (const text of [TOKEN, `${TOKEN}\n`, `\ufeff${TOKEN}\r\n`]) {
    const path = fileWith(text)
    for (const each of [path, relative(process.cwd(), path)]) {
      const values = { TELEGRAM_TOKEN: '', TELEGRAM_TOKEN_FILE: each }
      expect(await withSecretFiles(values)).toEqual({ ...values, TELEGRAM_TOKEN: TOKEN })
    }
  }
})

test('the address of the database, which has a password, may be in a file or a credential', async () => {
  const url = 'postgres://sitrep:hunter2@host/sitrep'
  const path = fileWith(`${url}\n`, 'database-url')
  expect(await withSecretFiles({ DATABASE_URL_FILE: path })).toHaveProperty('DATABASE_URL', url)
  const credentials = { CREDENTIALS_DIRECTORY: join(path, '..') }
  expect(await withSecretFiles(credentials)).toHaveProperty('DATABASE_URL', url)
})

test('a credential of systemd counts if no variable names a file', async () => {
  const path = fileWith('a.b.c\n', 'discord-token')
  const CREDENTIALS_DIRECTORY = join(path, '..')
  const read = (values = {}) => withSecretFiles({ CREDENTIALS_DIRECTORY, ...values })
  expect(await read()).toEqual({ CREDENTIALS_DIRECTORY, DISCORD_TOKEN: 'a.b.c' })
  const named = await read({ DISCORD_TOKEN_FILE: fileWith('d.e.f') })
  expect(named.DISCORD_TOKEN).toBe('d.e.f')
  await expect(read({ DISCORD_TOKEN: 'd.e.f' })).rejects.toThrow(
    new ConfigError([`DISCORD_TOKEN: the file ${path} has it as well. Keep one of them`]),
  )
})

test('every file that gives no token is a problem with its absolute path and the cause', async () => {
  const folder = temporaryFolder()
  const [missing, empty] = [join(folder, 'missing'), fileWith(' \n')]
  mkdirSync(join(folder, 'folder'))
  const refused = (telegram: string, discord: string) =>
    expect(withSecretFiles({ TELEGRAM_TOKEN_FILE: telegram, DISCORD_TOKEN_FILE: discord })).rejects
  await refused(relative(process.cwd(), missing), join(folder, 'folder')).toThrow(
    new ConfigError([
      `DISCORD_TOKEN_FILE: can’t read ${folder}/folder, because it’s a folder, not a file`,
      `TELEGRAM_TOKEN_FILE: can’t read ${missing}, because there’s no such file`,
    ]),
  )
  await refused(empty, fileWith('a.b.c')).toThrow(
    new ConfigError([`TELEGRAM_TOKEN_FILE: ${empty} is empty`]),
  )
})

test('a file that is too long is refused', async () => {
  const path = fileWith('x'.repeat(10_001))
  await expect(withSecretFiles({ TELEGRAM_TOKEN_FILE: path })).rejects.toThrow(
    new ConfigError([`TELEGRAM_TOKEN_FILE: can’t read ${path}, because it’s too long`]),
  )
})

test('a pipe is waited for, because a password manager may write to it', async () => {
  const path = pipe()
  const reading = withSecretFiles({ TELEGRAM_TOKEN_FILE: path })
  const writer = await open(path, 'w')
  await writer.write(TOKEN.slice(0, 7))
  await writer.write(`${TOKEN.slice(7)}\n`)
  await writer.close()
  expect(await reading).toHaveProperty('TELEGRAM_TOKEN', TOKEN)
})

test('a pipe that no program writes to, or does not end, is refused after a while', async () => {
  const [silent, unended] = [pipe(), pipe()]
  // A descriptor that reads and writes keeps the pipe open.
  await using writer = await open(unended, 'r+')
  await writer.write(TOKEN)
  const values = { DISCORD_TOKEN_FILE: silent, TELEGRAM_TOKEN_FILE: unended }
  const why = 'because no program has written all of it within 0.05 seconds'
  await expect(withSecretFiles(values, 50)).rejects.toThrow(
    new ConfigError([
      `DISCORD_TOKEN_FILE: can’t read ${silent}, ${why}`,
      `TELEGRAM_TOKEN_FILE: can’t read ${unended}, ${why}`,
    ]),
  )
})

test('a device is refused at once', async () => {
  await expect(withSecretFiles({ DATABASE_URL_FILE: '/dev/zero' })).rejects.toThrow(
    'DATABASE_URL_FILE: can’t read /dev/zero, because it’s a device or a socket, not a file',
  )
})

test('credentials that cannot be read are a problem, unless their variables are set', async () => {
  const folder = join(temporaryFolder(), 'circle')
  symlinkSync(folder, folder)
  const values = { CREDENTIALS_DIRECTORY: folder }
  await expect(withSecretFiles(values)).rejects.toThrow(
    /circle\/telegram-token, because its symbolic links/,
  )
  const set = { DATABASE_URL: 'file:x', DISCORD_TOKEN: 'a.b.c', TELEGRAM_TOKEN: TOKEN, ...values }
  expect(await withSecretFiles(set)).toEqual(set)
})

test('a cause that has no words is the code of the system', () => {
  const error = (code: string) => Object.assign(new Error(), { code })
  expect(causeOf(error('EACCES'))).toBe('this user has no permission')
  expect(causeOf(error('EMFILE'))).toBe('EMFILE')
})

test('a command reads a file that .env names, and does not show its token', async () => {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, '.env'), `TELEGRAM_TOKEN_FILE=${fileWith('hunter2')}\n`)
  const { err, code } = await runHere(['check'], { cwd })
  expect(err).toMatch(/\nTELEGRAM_TOKEN: doesn’t look like a Telegram bot token/)
  expect(err).not.toContain('hunter2')
  expect(code).toBe(78)
})
