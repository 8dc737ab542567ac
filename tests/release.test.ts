import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './store/stores.ts'

const root = join(import.meta.dirname, '..')
const person = { NAME: 'x', EMAIL: 'x@example.org' }
const env = {
  ...process.env,
  ...Object.fromEntries(
    Object.entries(person).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  ),
}

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', args, { cwd, env, encoding: 'utf8' })

function release(cwd: string, ...args: string[]) {
  const command = [join(cwd, 'bin/release.mjs'), ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' })
  return { status, out: stdout, err: stderr }
}

/** Creates a repository of the files that a release reads, with one development package. */
function repository(): string {
  const folder = join(temporaryFolder(), 'checkout')
  mkdirSync(join(folder, 'bin'), { recursive: true })
  for (const path of ['bin/release.mjs', 'Dockerfile']) {
    copyFileSync(join(root, path), join(folder, path))
  }
  const packages = { name: 'sitrep', version: '0.0.1', devDependencies: { dev: '1.0.0' } }
  const lock = {
    ...{ name: 'sitrep', version: '0.0.1', lockfileVersion: 3, requires: true },
    packages: { '': packages, 'node_modules/dev': { version: '1.0.0', dev: true } },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(packages, undefined, 2))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock, undefined, 2))
  writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## 9.8.7 - 2026-11-30\n')
  writeFileSync(join(folder, '.gitignore'), 'dist/\n')
  git(folder, 'init', '--quiet')
  git(folder, 'add', '.')
  git(folder, 'commit', '--quiet', '--message', 'first')
  return folder
}

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8')

test('a release sets the version everywhere, tags, and gives the same files in another checkout', () => {
  const folder = repository()
  expect(release(folder, '9.8.7', '--dry-run')).toMatchObject({ status: 0, err: '' })
  expect(git(folder, 'tag')).toBe('')
  expect(release(folder, '9.8.7')).toMatchObject({ status: 0, err: '' })
  expect(git(folder, 'status', '--porcelain')).toBe('')
  expect(git(folder, 'describe')).toBe('v9.8.7\n')
  for (const path of ['package.json', 'package-lock.json', 'Dockerfile']) {
    expect(read(folder, path)).not.toMatch(/version"?[=:] ?"0\./)
  }
  const sums = read(folder, 'dist/SHA256SUMS')
  expect(sums).toMatch(
    /^[\da-f]{64} {2}sitrep-9\.8\.7\.tgz\n[\da-f]{64} {2}sitrep-9\.8\.7\.cdx\.json\n$/,
  )
  const sbom = JSON.parse(read(folder, 'dist/sitrep-9.8.7.cdx.json'))
  expect(sbom.metadata.component).toMatchObject({ name: 'sitrep', version: '9.8.7' })
  expect(sbom.components).toEqual([])

  const other = join(temporaryFolder(), 'other')
  git(folder, 'clone', '--quiet', '--no-tags', folder, other)
  expect(release(other, '9.8.7').status).toBe(0)
  expect(read(other, 'dist/SHA256SUMS')).toBe(sums)
})

test('a release of changed files, without a heading or under a tag that exists is refused', () => {
  const folder = repository()
  git(folder, 'tag', 'v9.8.7')
  writeFileSync(join(folder, 'draft'), '')
  expect(release(folder, '9.8.7')).toEqual({
    status: 1,
    out: '',
    err: 'Commit or remove the changes of the work tree.\nThe tag v9.8.7 exists.\n',
  })
  for (const version of [[], ['('], ['9.8.7; ls']]) {
    expect(release(folder, ...version).err).toMatch(/^Name the version, such as 0\.2\.0\.\n/)
  }
  expect(release(folder, '9.8.8').err).toMatch(/CHANGELOG\.md needs the heading "## 9\.8\.8 - /)
  expect(git(folder, 'tag')).toBe('v9.8.7\n')
})
