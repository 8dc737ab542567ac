import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { EXIT } from '../src/cli/terminal.ts'

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

test('the unit saves memory by the variables of bin/sitrep, with a compile cache that the service may write', () => {
  const names = [...read('bin/sitrep.mjs').matchAll(/^ {2}([A-Z_]+): (?:'(.*)')?/gm)]
  const [, variables] = [...unit.matchAll(/^Environment=(.*)$/gm)].map(([, line = '']) =>
    Object.fromEntries(line.split(' ').map(each => each.split('='))),
  )
  expect(variables).toEqual(
    Object.fromEntries(names.map(([, name, value = '/var/cache/sitrep']) => [name, value])),
  )
  expect(setting('CacheDirectory')).toEqual(['sitrep'])
})

test('systemd does not start Sitrep again after an exit code that needs a person', () => {
  const codes = [EXIT.content, EXIT.unavailable, EXIT.config]
  expect(setting('RestartPreventExitStatus')).toEqual(codes.map(String))
})
