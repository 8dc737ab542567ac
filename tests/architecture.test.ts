import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'vitest'

/**
 * Which rooms a room may import, and which packages. A file directly in `src` is a room of its own,
 * named without `.ts`; a folder is one room. `main` opens every door and `app` all but `main`'s.
 * Every room may import `clock` and Node's own modules.
 */
const DOORS: Record<string, string[]> = {
  message: ['mdast'],
  config: ['zod'],
  clock: [],
  texts: [],
  prompt: ['message', 'texts'],
  render: ['message', 'texts', 'mdast', 'mdast-util-to-string', 'string-width', 'wrap-ansi'],
  content: [
    ...['zod', 'yaml', 'mdast', 'mdast-util-to-string', 'minisearch'],
    ...['unified', 'remark-parse', 'remark-gfm', 'remark-frontmatter', 'unist-util-visit'],
  ],
  briefing: ['content', 'message', 'texts', 'mdast', 'mdast-util-to-string', 'unist-util-visit'],
  commands: ['briefing', 'content', 'message', 'texts', 'mdast'],
}

const src = join(import.meta.dirname, '../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => path.replaceAll('\\', '/'))
  .sort()

function importsOf(file: string): string[] {
  const source = readFileSync(join(src, file), 'utf8')
  return [...source.matchAll(/(?:\bfrom|\bimport\(|^import)\s*'([^']+)'/gm)].map(
    match => match[1] ?? '',
  )
}

/** The room or the package that an import leads to; undefined for Node's own modules. */
function target(file: string, specifier: string): string | undefined {
  if (builtinModules.includes(specifier.replace(/^node:/, ''))) return undefined
  if (specifier.startsWith('.')) return room(normalize(join(dirname(file), specifier)))
  return specifier
}

function room(file: string): string {
  return file.split('/')[0]?.replace(/\.ts$/, '') ?? file
}

test('every room has its row in the table of doors', () => {
  const rooms = new Set(files.map(room))
  rooms.delete('main')
  rooms.delete('app')
  expect([...rooms].sort()).toEqual(Object.keys(DOORS).sort())
})

test('no import goes through a door that the table does not have', () => {
  const trespasses = files
    .filter(file => !['main', 'app'].includes(room(file)))
    .flatMap(file =>
      importsOf(file).flatMap(specifier => {
        const to = target(file, specifier)
        const open = !to || to === room(file) || to === 'clock' || DOORS[room(file)]?.includes(to)
        return open ? [] : [`${file} imports ${specifier}`]
      }),
    )
  expect(trespasses).toEqual([])
})

test('only main imports app, and nothing imports main', () => {
  const importers = (name: string) =>
    files.filter(file => importsOf(file).some(specifier => target(file, specifier) === name))
  expect(importers('app')).toEqual(['main.ts'])
  expect(importers('main')).toEqual([])
})

test('the imports of the files form no circle', () => {
  const next = (file: string) =>
    importsOf(file)
      .filter(specifier => specifier.startsWith('.'))
      .map(specifier => relative(src, join(src, dirname(file), specifier)).replaceAll('\\', '/'))
  const done = new Set<string>()
  const follow = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' → ')]
    if (done.has(file)) return []
    const circles = next(file).flatMap(other => follow(other, [...path, file]))
    done.add(file)
    return circles
  }
  expect(files.flatMap(file => follow(file, []))).toEqual([])
})

test('there are no rooms that say nothing about what is done in them', () => {
  const vague = /\b(utils?|helpers?|services?|common|misc|index)\b/
  expect(files.filter(file => vague.test(file))).toEqual([])
})
