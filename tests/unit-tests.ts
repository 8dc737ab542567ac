import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Imports with which a test starts a server, a database, a process or a browser. */
const STARTERS = /^(node:(child_process|http|net)|playwright-core|ws)$/

const root = join(import.meta.dirname, '..')

/**
 * Returns the paths of all test files, relative to the project, that start no server, database, process or browser:
 * neither the file nor any helper of `tests` that it imports has an import of {@link STARTERS}.
 */
export function unitTests(): string[] {
  return testFiles().filter(file => !startsSomething(join(root, file), new Set()))
}

/** Returns the paths of all test files with a property whose number of runs is that of `runs` in `properties.ts`. */
export function propertyTests(): string[] {
  return testFiles().filter(file =>
    /\bnumRuns: runs\(/.test(readFileSync(join(root, file), 'utf8')),
  )
}

function testFiles(): string[] {
  const files = globSync('tests/**/*.test.ts', { cwd: root })
  return files.map(file => file.replaceAll('\\', '/')).sort()
}

function startsSomething(file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/\b(?:from|import\() *'([^']+)'/g)
  for (const [, specifier = ''] of imports) {
    if (STARTERS.test(specifier)) return true
    const path = join(dirname(file), specifier)
    const isHelper = specifier.startsWith('.') && path.startsWith(join(root, 'tests'))
    if (isHelper && path.endsWith('.ts') && startsSomething(path, seen)) return true
  }
  return false
}
