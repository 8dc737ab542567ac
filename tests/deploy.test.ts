import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { withSecretFiles } from '../src/cli/secret-files.ts'
import { EXIT } from '../src/cli/terminal.ts'
import { VARIABLES } from '../src/config.ts'
import { temporaryFolder } from './store/stores.ts'

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8')
const unit = read('deploy/sitrep.service')

/** Returns the words of a setting of the unit. */
const setting = (name: string) =>
  new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1]?.split(' ') ?? []

test('docs/operating.md shows the systemd unit as it is', () => {
  const [, shown] = /^```ini\n([\s\S]*?)^```$/m.exec(read('docs/operating.md')) ?? []
  expect(shown).toBe(unit)
})

test('the unit starts the Node of a package that npm ci installs, with the options of bin/sitrep', () => {
  const [node = '', ...args] = setting('ExecStart')
  const [, name = ''] = /^\/srv\/sitrep\/node_modules\/(.+)\/bin\/node$/.exec(node) ?? []
  expect(Object.keys(manifest.optionalDependencies)).toContain(name)
  const main = args.pop()
  expect(setting('WorkingDirectory')).toEqual(['/srv/sitrep'])
  expect(read(main ?? '')).toMatch('runCommandLine')
  expect(read('bin/sitrep.mjs')).toMatch(`[${args.map(each => `'${each}'`).join(', ')}]`)
})

test('the unit and the image save memory by the variables of bin/sitrep', () => {
  const found = read('bin/sitrep.mjs').matchAll(/^ {2}([A-Z_]+): (?:'(.*)')?/gm)
  const [cache, ...variables] = [...found].map(([, name, value = '']) => `${name}=${value}`)
  expect(cache).toBe('NODE_COMPILE_CACHE=')
  const inUnit = [`${cache}/var/cache/sitrep`, ...variables].join(' ')
  expect(unit).toContain(`\nEnvironment=${inUnit}\n`)
  // systemd creates the folder, and the service may write to it.
  expect(setting('CacheDirectory')).toEqual(['sitrep'])
  const inImage = [`${cache}/app/node_modules/.cache/sitrep`, ...variables].join(' \\\n    ')
  expect(read('Dockerfile')).toContain(`\nENV ${inImage}\n`)
})

test('the file of settings that the manual makes, and its doctor, leave the settings of the unit as they are', () => {
  const lines = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = '']) =>
    line.split(' '),
  )
  const own = lines.filter(each => VARIABLES.includes(each.replace(/=.*/, '')))
  expect(own).not.toEqual([])
  const manual = read('docs/operating.md')
  // systemd prefers EnvironmentFile to Environment, even for an empty value.
  const [, names = ''] = /^grep -Ev '\^\((.+)\)=' \.env\.example >/m.exec(manual) ?? []
  expect(names.split('|').sort()).toEqual(own.map(each => each.replace(/=.*/, '')).sort())
  const [doctor = ''] = /^systemd-run [\s\S]*?bin\/sitrep doctor$/m.exec(manual) ?? []
  for (const each of own) expect(doctor).toContain(`-E ${each}`)
})

test('the credentials that the manual names are those that Sitrep reads', async () => {
  const CREDENTIALS_DIRECTORY = temporaryFolder()
  const [, doctor = ''] = read('docs/operating.md').split('A unit with [credentials]')
  const ids = [...doctor.matchAll(/`-p LoadCredential=([\w-]+):|the credential `([\w-]+)`/g)]
  for (const [, token, database = ''] of ids)
    writeFileSync(join(CREDENTIALS_DIRECTORY, token ?? database), 'secret')
  expect(await withSecretFiles({ CREDENTIALS_DIRECTORY })).toEqual({
    ...{ CREDENTIALS_DIRECTORY, TELEGRAM_TOKEN: 'secret', DATABASE_URL: 'secret' },
  })
})

test('systemd does not start Sitrep again after an exit code that needs a person', () => {
  const codes = [EXIT.content, EXIT.unavailable, EXIT.config]
  expect(setting('RestartPreventExitStatus')).toEqual(codes.map(String))
})
