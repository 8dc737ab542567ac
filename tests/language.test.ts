import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Words that stand in place of a subject: the process, the user, the caller. */
const NO_SUBJECT = /\b(?:whoever|somebody|nobody|anybody)\b/gi

/** A docstring that begins with a relative clause instead of a verb. */
const RELATIVE_CLAUSE = /\/\*\*[\s*]*(?:What|Whoever)\b/g

/**
 * Words and phrases that texts for people avoid, because plainer ones exist: fix, should, automatically, in the meantime,
 * wait, notify, image, announcement, retract, stop, continue.
 */
const BANNED = new RegExp(
  [
    ...['mend(?:s|ed|ing)?', 'shall', 'by itself', 'meanwhile', 'rests', 'told', 'whoever'],
    ...['somebody', 'nobody', 'anybody', 'slips of the pen', 'as it stands', 'nothing but'],
    ...['of which', 'may not', 'go on', 'goes on', 'look again', 'is tried again', 'takes? back'],
    ...['taken back', 'called off', 'one line an event', 'pictures?', '(?<=\\w)\\(s\\)'],
  ]
    .map(phrase => `(?<![\\w-])(?:${phrase})(?![\\w-])`)
    .join('|'),
  'gi',
)

/** Plurals by hand, where `counted` and `plural` know the rules. */
const HAND_MADE = /=== 1 \? '[a-z]*' : '[a-z]*'/g

/** Strings of code and pages that may have a banned word, with the reason. */
const ALLOWED: readonly (readonly [RegExp, string])[] = [
  [/^src\/content\/.* pictures?$/i, 'a link to an image in a section reads "Map (picture)"'],
  [/^src\/content\/body\.ts:\d+ === 1/, 'a worker parses the content, without the texts'],
  [/^src\/cli\/(?:ask|terminal)\.ts:\d+ picture$/, 'the option --style takes the names of styles'],
  [/^src\/commands\/announcements\/draft\.ts:\d+ picture$/, 'buttons of posted drafts type it'],
]

/** Documents that may have banned words: they quote the words of code, or of the past. */
const QUOTING = /^(?:CHANGELOG\.md|docs\/glossary\.md|docs\/decisions\/.*|content\/README\.md)$/

/** Code of a document, between fences or in a line. */
const CODE = /```[\s\S]*?```|`[^`\n]*`/g

/**
 * Most words without a subject in strings: texts of `src` that users read, and tests that quote them. Lower both with
 * each text that is rewritten.
 */
const IN_STRINGS = { src: 1, 'tests bench .ci bin': 14 }

const root = join(import.meta.dirname, '..')
const list = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
    path => `${folder}/${path.replaceAll('\\', '/')}`,
  )
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const atRoot = readdirSync(root)
/** The files and folders of the repository, without packages, builds and the history. */
const tree = [
  ...atRoot,
  ...['.ci', '.github', 'bench', 'bin', 'content', 'deploy', 'docs', 'src', 'tests'].flatMap(list),
]
const documents = tree.filter(path => /^(?:[A-Z]+|content\/README|docs\/.*)\.md$/.test(path))

/** Tokens of TypeScript and CSS that can hold words, and regular expressions, which can hold quotes. */
const TOKENS = [
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)/,
  /(?<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}|[^`\\])*`)/,
  /(?:(?<=[=(,:[!&|?{};]\s*)|(?<=\breturn ))\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//,
]
const tokens = new RegExp(TOKENS.map(({ source }) => source).join('|'), 'g')

/** Returns the lines of code in some folders whose comments, or whose strings, match a pattern. */
function findInCode(
  folders: string,
  kind: 'comment' | 'string',
  pattern: RegExp,
  within = /(?:)/,
): string[] {
  const isCode = new RegExp(
    `^(?:${folders.split(' ').map(RegExp.escape).join('|')})/.*\\.(?:ts|mjs|css|html)$`,
  )
  return tree
    .filter(path => isCode.test(path) && path !== 'tests/language.test.ts')
    .flatMap(path => {
      const source = read(path)
      // A page has neither comments nor quotes around its texts.
      if (path.endsWith('.html'))
        return kind === 'string' ? find(path, source, 0, source, pattern) : []
      return [...source.matchAll(tokens)].flatMap(({ index, groups }) =>
        within.test(groups?.[kind] ?? '')
          ? find(path, source, index, groups?.[kind] ?? '', pattern)
          : [],
      )
    })
}

/** Returns where a part of a file matches a pattern, as `path:line word`. */
function find(
  path: string,
  source: string,
  offset: number,
  part: string,
  pattern: RegExp,
): string[] {
  return [...part.matchAll(pattern)].map(({ index, 0: word }) => {
    const line = source.slice(0, offset + index).split('\n').length
    return `${path}:${line} ${word}`
  })
}

/** Returns the anchors that GitHub gives to the headings of a page. */
function headingsOf(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

const paths = tree.join('\n')

/** Whether the path of a file or folder ends with these names. `*` stands for any part of a name. */
function exists(path: string): boolean {
  const pattern = RegExp.escape(path.replace(/\/$/, '')).replaceAll('\\*', '[^/\\n]*')
  return new RegExp(`(?:^|/)${pattern}$`, 'm').test(paths)
}

describe.for(Object.entries(IN_STRINGS))('in %s', ([folders, ceiling]) => {
  test('comments name their subject', () => {
    expect(findInCode(folders, 'comment', NO_SUBJECT)).toEqual([])
  })

  test('docstrings begin with a verb or a noun', () => {
    expect(findInCode(folders, 'comment', RELATIVE_CLAUSE)).toEqual([])
  })

  test('strings have no more words without a subject than before', () => {
    expect(findInCode(folders, 'string', NO_SUBJECT).length).toBeLessThanOrEqual(ceiling)
  })
})

test('texts for people have no banned word', () => {
  const isAllowed = (found: string) => ALLOWED.some(([where]) => where.test(found))
  // A single word in quotes is a name that code compares.
  const prose = /\w['’]?\w* +\w|<html/
  const found = [
    ...findInCode('src', 'string', BANNED, prose),
    ...findInCode('src', 'string', HAND_MADE),
  ].filter(each => !isAllowed(each))
  expect(found).toEqual([])
})

test('pages for people have no banned word', () => {
  // Names of files and words of code stay as they are.
  const words = (path: string) =>
    read(path)
      .replace(CODE, code => code.replace(/[^\n]/g, ' '))
      .replace(/\]\([^)]*\)/g, target => ' '.repeat(target.length))
  const pages = documents.filter(path => !QUOTING.test(path))
  expect(pages.flatMap(path => find(path, words(path), 0, words(path), BANNED))).toEqual([])
})

test('each exception is needed', () => {
  const found = [BANNED, HAND_MADE].flatMap(pattern => findInCode('src', 'string', pattern))
  for (const [where, why] of ALLOWED) {
    expect(
      found.some(each => where.test(each)),
      why,
    ).toBe(true)
  }
})

test('documents name their subject', () => {
  expect(documents.flatMap(path => find(path, read(path), 0, read(path), NO_SUBJECT))).toEqual([])
})

test('links between documents lead to files and headings that exist', () => {
  const broken = documents.flatMap(path =>
    [
      ...read(path)
        .replace(CODE, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ].flatMap(([, target = '']) => {
      if (/^[a-z]+:/.test(target)) return []
      const [file = '', heading] = target.split('#')
      const to = file === '' ? path : normalize(join(dirname(path), file)).replaceAll('\\', '/')
      const isThere = tree.includes(to) && (!heading || headingsOf(to).includes(heading))
      return isThere ? [] : [`${path}: ${target}`]
    }),
  )
  expect(broken).toEqual([])
})

test('paths that documents name are paths of the repository', () => {
  const named =
    /(?<![\w./*@-])(?:(?:src|tests|bench|bin|docs|\.ci)\/[\w./*-]*[\w/*]|[\w./*-]+\.(?:ts|mjs|css|html)\b)/g
  const missing = documents.flatMap(path =>
    [...read(path).matchAll(named)].flatMap(([name]) => (exists(name) ? [] : [`${path}: ${name}`])),
  )
  expect(missing).toEqual([])
})

test('the index of decisions has the number, title and date of each', () => {
  const lines = tree.flatMap(path => {
    const [, file = '', number] = /^docs\/decisions\/((\d{3})-.*)$/.exec(path) ?? []
    if (!number) return []
    const [, title, date] = /^# (.*)\n\n(\S{10})\n/.exec(read(path)) ?? []
    return [`| [${number}](${file}) | ${title} | ${date} |`]
  })
  const index = read('docs/decisions/README.md')
  expect(lines.filter(line => !index.includes(line))).toEqual([])
})

test('the map of the architecture has a line for each folder of the source, and for no other', () => {
  const folders = tree
    .filter(path => /^src\/.*\.ts$/.test(path))
    .map(path => dirname(path).replace(/^src\/?/, ''))
    .filter(path => path !== '')
  const lines = [...read('docs/architecture.md').matchAll(/^\| `([\w/-]+)\/` \|/gm)]
  expect(lines.map(([, folder]) => folder).sort()).toEqual([...new Set(folders)].sort())
})
