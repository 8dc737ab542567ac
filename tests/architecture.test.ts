import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'vitest'

/**
 * What a folder of `src`, or a file directly in it, may import: other folders, packages, and of
 * Node only what is named. `main` imports what it likes, `app` everything but `main` and `cli`. Everyone may
 * import `clock` and `log`. `platforms` are the files there that all of them share.
 */
const MAY_IMPORT: Record<string, string[]> = {
  message: ['mdast'],
  config: ['zod'],
  clock: [],
  log: ['pino', 'pino-pretty'],
  texts: [],
  signals: ['node:os'],
  times: [],
  modes: ['node:fs'],
  platform: ['message', 'mdast'],
  poster: ['message', 'platform'],
  // Wiring, as app is: what is answered from, what posts by itself, and what makes the platforms.
  contents: ['commands', 'content', 'server', 'texts'],
  // The worker that reads an edition: everything between a file and what a platform takes.
  'edition-worker': ['content', 'rehearsal', 'node:module', 'node:path', 'node:worker_threads'],
  rehearsal: ['commands', 'content', 'message', 'render'],
  posting: [
    ...[
      'announcing',
      'briefing',
      'config',
      'content',
      'delivery',
      'platform',
      'poster',
      'schedule',
    ],
    'store',
    'texts',
    ...['platforms/discord', 'platforms/telegram'],
  ],
  makers: [
    ...['config', 'platform', 'poster', 'store'],
    ...['platforms/discord', 'platforms/telegram', 'platforms/web'],
  ],
  suggestions: ['platform'],
  prompt: ['message', 'platform', 'suggestions', 'texts', 'node:readline', 'node:stream'],
  cli: [
    ...[
      'announcing',
      'app',
      'briefing',
      'config',
      'content',
      'message',
      'modes',
      'platform',
      'prompt',
    ],
    ...['render', 'schedule', 'signals', 'store', 'texts'],
    ...['node:fs', 'node:module', 'node:stream/consumers', 'node:timers/promises', 'node:util'],
  ],
  render: [
    'message',
    'texts',
    'mdast',
    'mdast-util-to-string',
    'string-width',
    'wrap-ansi',
    'node:util',
  ],
  // The way back of render: what people write, as a tree. It shares the parser's limits with content.
  reading: [
    ...['content', 'message', 'platform', 'mdast', 'image-size'],
    ...['unified', 'remark-parse', 'remark-gfm', 'unist-util-visit'],
  ],
  content: [
    ...['zod', 'yaml', 'mdast', 'mdast-util-to-string', 'minisearch', 'minisearch/SearchableMap'],
    ...['unified', 'remark-parse', 'remark-gfm', 'remark-frontmatter', 'unist-util-visit'],
    ...['node:buffer', 'node:crypto', 'node:fs/promises', 'node:path'],
    'node:worker_threads',
  ],
  announcing: [
    ...['briefing', 'content', 'delivery', 'message', 'platform', 'poster', 'render', 'store'],
    ...['texts', 'times', 'mdast', 'mdast-util-to-string', 'unist-util-visit'],
    ...['node:url', 'node:util'],
  ],
  briefing: ['content', 'message', 'texts', 'mdast', 'mdast-util-to-string', 'unist-util-visit'],
  commands: [
    ...['announcing', 'briefing', 'content', 'reading', 'schedule', 'store'],
    ...['message', 'platform', 'texts', 'times', 'mdast'],
  ],
  delivery: ['message', 'platform', 'poster', 'render', 'store', 'node:crypto', 'node:perf_hooks'],
  schedule: [
    ...['briefing', 'content', 'delivery', 'message', 'platform', 'store'],
    ...['node-cron', 'node:fs'],
  ],
  platforms: ['message', 'platform', 'poster', 'reading', 'texts'],
  'platforms/discord': [
    ...['platforms', 'platform', 'poster', 'message', 'reading', 'render', 'texts'],
    ...['discord.js', 'node:events', 'node:util'],
  ],
  'platforms/telegram': [
    ...['platforms', 'platform', 'poster', 'message', 'reading', 'render', 'texts', 'telegraf'],
    ...['node:async_hooks', 'node:crypto', 'node:diagnostics_channel', 'node:http', 'node:util'],
    'node:zlib',
  ],
  'platforms/web': [
    ...['platforms', 'platform', 'poster', 'message', 'reading', 'render', 'suggestions', 'hono'],
    ...['node:crypto', 'node:fs', 'node:module', 'node:path'],
  ],
  store: [
    ...['message', 'modes', 'platform', 'kysely', 'pg'],
    ...['node:fs', 'node:path', 'node:sqlite', 'node:url', 'node:worker_threads'],
  ],
  server: ['platform', 'hono', '@hono/node-server', 'node:events', 'node:http', 'node:net'],
}

const src = join(import.meta.dirname, '../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => path.replaceAll('\\', '/'))
  .sort()

function importsOf(file: string): string[] {
  const source = readFileSync(join(src, file), 'utf8')
  return [...source.matchAll(/(?:\bfrom |\bimport\(|^import )\s*'([^']+)'/gm)].map(
    match => match[1] ?? '',
  )
}

/** The folder, file or package that an import leads to. */
function target(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return folder(normalize(join(dirname(file), specifier)))
  // A package's own parts are the package: hono/cookie.
  return specifier.replace(/^(hono|kysely|telegraf)\/.*/, '$1')
}

function folder(file: string): string {
  const [first = '', second = ''] = file.split('/')
  // Each platform is a folder of its own; what stands beside them they share.
  return first === 'platforms' && !second.endsWith('.ts')
    ? `${first}/${second}`
    : first.replace(/\.ts$/, '')
}

test('every folder has its row in the table of imports', () => {
  const folders = new Set(files.map(folder))
  folders.delete('main')
  folders.delete('app')
  expect([...folders].sort()).toEqual(Object.keys(MAY_IMPORT).sort())
})

test('no file imports what the table does not allow its folder', () => {
  const violations = files
    .filter(file => !['main', 'app'].includes(folder(file)))
    .flatMap(file =>
      importsOf(file).flatMap(specifier => {
        const to = target(file, specifier)
        const allowed = [folder(file), 'clock', 'log', ...(MAY_IMPORT[folder(file)] ?? [])]
        return allowed.includes(to) ? [] : [`${file} imports ${specifier}`]
      }),
    )
  expect(violations).toEqual([])
})

test('only the command line imports app, and nothing imports main', () => {
  const importers = (name: string) =>
    files.filter(file => importsOf(file).some(specifier => target(file, specifier) === name))
  expect(importers('app')).toEqual([
    ...['cli/ask.ts', 'cli/check.ts', 'cli/plan.ts', 'cli/serve.ts'],
  ])
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

test('no file or folder has a name that says nothing about what it does', () => {
  const vague = /\b(utils?|helpers?|services?|common|misc|index)\b/
  expect(files.filter(file => vague.test(file))).toEqual([])
})
