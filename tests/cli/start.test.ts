import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
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

/** Runs a line of the shell, in which `$0` is Node, in a folder. */
function runShell(line: string, cwd = root) {
  const options = { cwd, encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line, process.execPath], options)
  return { code: status, out: stdout, err: stderr }
}

test('in a folder that was removed, a command says so in one sentence', () => {
  const cwd = join(temporaryFolder(), 'gone')
  mkdirSync(cwd)
  expect(runShell(`rmdir '${cwd}' && exec "$0" '${join(root, 'src/main.ts')}' check`, cwd)).toEqual(
    {
      code: 78,
      out: '',
      err: 'The current folder no longer exists. Go to another folder.\n',
    },
  )
})

test.each([
  ['000', '2'],
  ['027', '27'],
])('under the umask %s no other user can write the files of Sitrep', (umask, shown) => {
  const show = "process.on('exit', () => console.log(process.umask(0).toString(8)))"
  const module = `data:text/javascript,${encodeURIComponent(show).replaceAll("'", '%27')}`
  const line = `umask ${umask}; exec "$0" --import '${module}' src/main.ts --version`
  expect(runShell(line).out.split('\n')[1]).toBe(shown)
})
