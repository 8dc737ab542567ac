import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { temporaryFolder } from './store/stores.ts'

const root = join(import.meta.dirname, '..')

test('no script of package.json needs more than the machine’s own Node, or npm’s .bin/node', () => {
  const old = ['biome']
  for (const script of Object.values(manifest.scripts)) {
    for (const step of script.split(' && ')) {
      const [program = ''] = step.split(' ')
      expect(/^node bin\/(run|sitrep)\.mjs/.test(step) || old.includes(program), step).toBe(true)
      for (const path of step.match(/\S+\.(?:ts|m?js)\b/g) ?? []) {
        expect(existsSync(join(root, path)), path).toBe(true)
      }
    }
  }
})

test('the content is checked first, and the code only with the development packages', () => {
  const [first, ...others] = manifest.scripts.check.split(' && ')
  expect(first).toBe(manifest.scripts['check:content'])
  expect(others).toEqual(['node bin/run.mjs bin/check-code.mjs'])
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'bin'))
  copyFileSync(join(root, 'bin/check-code.mjs'), join(folder, 'bin/check-code.mjs'))
  const check = (CI?: string) => {
    const env = { PATH: process.env.PATH, ...(CI && { CI }) }
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(folder, 'bin/check-code.mjs')],
      { env, encoding: 'utf8' },
    )
    return [status, stdout + stderr]
  }
  const sentence =
    'Code: not checked, because the development packages are not installed (`npm ci`).\n'
  expect(check()).toEqual([0, sentence])
  expect(check('true')).toEqual([1, sentence])
})
