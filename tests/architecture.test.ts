import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'vitest'

/**
 * The imports of each folder of `src`, and of each file directly in it: other folders, packages, and parts of Node.
 * All may import `clock` and `log`. `platforms` and `store` are the files directly in those folders.
 */
const MAY_IMPORT: Record<string, string> = {
  announcements: `async bot briefing chats content message parse-time picture platform poster render store store/announcements
    store/ledger texts mdast mdast-util-to-string node:url node:util unist-util-visit`,
  app: `announcements async bot briefing calendar chats check-result commands config content database-url delivery drawing feeds
    file-modes message platform platforms platforms/discord platforms/telegram platforms/web poster prom-client redact render schedule
    server store store/backups store/ledger texts version
    node:crypto node:events node:fs node:fs/promises node:module node:os node:path node:worker_threads`,
  async: 'node:perf_hooks node:timers/promises node:worker_threads',
  bot: 'message platform mdast',
  briefing: 'calendar content diff message picture reminder-leads texts mdast unist-util-visit',
  calendar: 'content render texts node:crypto',
  chats: 'platform store store/chats',
  'check-result': '',
  cli: `announcements app bot briefing check-result config content database-url drawing file-causes file-modes message picture platform redact
    render schedule store store/backups store/ledger suggestions texts version node:fs node:fs/promises node:inspector/promises node:module node:os
    node:path node:readline node:readline/promises node:stream node:stream/consumers node:timers/promises node:util`,
  clock: '',
  commands: `announcements async bot briefing calendar chats content message per-object picture picture-check platform schedule store
    store/announcements store/chats store/ledger store/schedule texts time-zones version parse-time reminder-leads mdast
    mdast-util-to-string string-width node:crypto`,
  config: 'config-addresses config-hints feeds reminder-leads zod',
  'config-addresses': 'zod',
  'config-hints': 'content',
  content: `async mdast mdast-util-to-string minisearch picture picture-check reminder-leads rrule-temporal node:buffer node:crypto
    node:fs node:fs/promises node:path
    remark-frontmatter remark-gfm remark-parse tlds unified unist-util-visit yaml zod`,
  'database-url': '',
  delivery:
    'async chats message platform poster render store store/ledger node:crypto node:perf_hooks',
  drawing: `async picture @napi-rs/canvas bidi-js node:crypto node:fs node:fs/promises node:module node:path
    node:worker_threads node:zlib`,
  feeds: `async content store store/schedule texts ical.js node:buffer node:crypto node:dns node:fs/promises node:http
    node:https node:module node:net node:path node:stream node:worker_threads node:zlib`,
  'file-causes': 'node:fs',
  'file-modes': 'node:fs',
  log: 'pino pino-pretty',
  main: 'cli node:module node:path',
  message: 'picture mdast',
  parsing: 'bot content message mdast remark-gfm remark-parse unified unist-util-visit',
  'per-object': '',
  picture: 'node:crypto',
  'picture-check': 'picture image-size node:zlib',
  platform: '',
  platforms: 'async bot check-result message parsing picture platform poster render texts',
  'platforms/discord': `async bot check-result message parsing picture platform platforms poster redact render texts discord.js node:events
    node:util`,
  'platforms/telegram': `async bot check-result message parsing picture platform platforms poster redact render texts node:async_hooks node:crypto
    node:diagnostics_channel node:http node:util node:zlib telegraf`,
  'platforms/web': `async bot briefing message parsing picture platform platforms poster render suggestions hono image-size node:crypto
    node:fs node:module node:path node:url node:util preact preact/hooks zod`,
  poster: 'message picture platform',
  redact: '',
  render:
    'async content message per-object picture texts mdast mdast-util-to-string node:util string-width tlds wrap-ansi',
  schedule: `async briefing calendar chats content message platform poster reminder-leads store store/backups store/chats store/ledger store/schedule
    node-cron node:crypto`,
  server: 'async platform @hono/node-server hono node:events node:http node:net',
  store: `database-url file-modes platform store/announcements store/backups store/chats store/ledger store/migrations store/schedule
    store/sql kysely node:fs`,
  'store/announcements':
    'bot message picture platform store store/chats store/ledger store/migrations store/sql kysely mdast',
  'store/backups': `file-causes store store/announcements store/migrations store/sql kysely node:fs node:fs/promises node:path
    node:sqlite node:worker_threads`,
  'store/chats':
    'async message platform store store/announcements store/migrations store/schedule store/sql kysely',
  'store/ledger':
    'async message platform store store/announcements store/chats store/migrations store/sql kysely',
  'store/migrations': 'kysely',
  'store/schedule':
    'async message store store/chats store/ledger store/migrations store/sql kysely',
  'store/sql':
    'store store/migrations kysely node:fs node:path node:sqlite node:url node:worker_threads pg',
  suggestions: 'bot',
  texts: '',
  'time-zones': 'content node:fs',
  'parse-time': '',
  'reminder-leads': '',
  version: '..',
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
  return specifier.replace(/^(hono|kysely|minisearch|telegraf)\/.*/, '$1')
}

function folder(file: string): string {
  const [first = '', second = ''] = file.split('/')
  // Each platform, and each concern of the store, is a folder of its own.
  return ['platforms', 'store'].includes(first) && !second.endsWith('.ts')
    ? `${first}/${second}`
    : first.replace(/\.ts$/, '')
}

/** The imports that are in use, in the form of the table. */
function importsByFolder(): Record<string, string[]> {
  const used = Map.groupBy(
    files.flatMap(file =>
      importsOf(file).map(specifier => ({ from: folder(file), to: target(file, specifier) })),
    ),
    ({ from }) => from,
  )
  return Object.fromEntries(
    files.map(folder).map(from => {
      const to = (used.get(from) ?? []).map(each => each.to)
      return [from, [...new Set(to)].filter(each => ![from, 'clock', 'log'].includes(each)).sort()]
    }),
  )
}

test('each folder imports what the table allows, and the table allows nothing else', () => {
  const allowed = Object.entries(MAY_IMPORT).map(([from, to]) => [
    from,
    to
      .split(/\s+/)
      .filter(each => each !== '')
      .sort(),
  ])
  expect(importsByFolder()).toEqual(Object.fromEntries(allowed))
})

test('only the command line imports app, and nothing imports main', () => {
  const importers = (name: string) =>
    Object.entries(importsByFolder()).flatMap(([from, to]) => (to.includes(name) ? [from] : []))
  expect(importers('app')).toEqual(['cli'])
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
  const vague = /\b(utils?|helpers?|common|misc|index)\b/
  expect(files.filter(file => vague.test(file))).toEqual([])
})

test('a module that test files share sets nothing up when it is loaded', () => {
  // A worker loads it once for many files: a setting or a hook would count for the first of them alone.
  const setsUp = /^(await )?(vi\.|((before|after)(Each|All)|onTest(Finished|Failed))\()/m
  const shared = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !/\.(test|long)\.ts$/.test(path))
    .filter(path => setsUp.test(readFileSync(join(import.meta.dirname, path), 'utf8')))
  expect(shared).toEqual([])
})
