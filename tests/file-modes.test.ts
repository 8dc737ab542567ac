import { execFileSync } from 'node:child_process'
import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exposure } from '../src/file-modes.ts'
import { temporaryFolder } from './store/stores.ts'

function file(name: string, mode: string): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, '')
  chmodSync(path, Number.parseInt(mode, 8))
  return path
}

test.each(['0644', '0640', '0604', '0660', '0620', '0602', '0666', '0777', '0601'])(
  'a file of mode %s is named with its mode and what to do',
  mode => {
    const path = file('.env', mode)
    expect(exposure([path])).toEqual({
      text: `Other users of this machine can open ${path} (mode ${mode}).`,
      fix: `Run \`chmod 600 ${path}\`.`,
    })
  },
)

test.each(['0600', '0400', '0200', '0700'])('a file of mode %s is not named', mode => {
  expect(exposure([file('.env', mode)])).toBeUndefined()
})

test('a folder or a device is not named, because the advice would break it', () => {
  expect(exposure(['/', '/dev/null'])).toBeUndefined()
})

test('several files are named in one sentence, and one that is missing is passed over', () => {
  const [open, closed, other] = [file('a', '0644'), file('b', '0600'), file('c', '0660')]
  expect(exposure([open, closed, `${open}-missing`, other])).toEqual({
    text: `Other users of this machine can open ${open} (mode 0644), ${other} (mode 0660).`,
    fix: `Run \`chmod 600 ${open} ${other}\`.`,
  })
})

test.each(["an operator's file", '$(false) `false` "*"', 'données'])(
  'the command in the advice closes a file with the name %s',
  name => {
    const path = file(name, '0644')
    const command = exposure([path])?.fix.replace(/^Run `(.*)`\.$/, '$1') ?? ''
    execFileSync('sh', ['-c', command])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  },
)

test('a group may open the file of another user, and strangers may not', () => {
  const other = (process.getuid?.() ?? 0) + 1
  expect(exposure([file('.env', '0660')], other)).toBeUndefined()
  expect(exposure([file('.env', '0644')], other)?.text).toMatch('(mode 0644)')
  expect(exposure([file('.env', '0604')], other)?.text).toMatch('(mode 0604)')
})
