import type { Root } from 'mdast'
import { checkBody } from './body.ts'
import { checkCost } from './cost.ts'
import type { NamedTable, Section } from './edition.ts'
import { checkFields } from './fields.ts'
import { FRONT_LENGTH, frontMatterOf } from './front-matter.ts'
import { type LocalLink, localLinks } from './local-links.ts'
import { parseFile, tidy } from './markdown.ts'
import { type PictureUse, pictureUses } from './picture-paths.ts'
import type { Problem } from './problem.ts'
import { frontMatterSchema } from './schema.ts'
import { checkSource } from './source-limits.ts'
import { nameTables } from './tables.ts'
import { validate } from './validate.ts'
import { parseYaml, type YamlSource } from './yaml.ts'

/** A name or title that a section uses, which must be unique, and its line. */
export interface Claim {
  readonly kind: 'name' | 'title'
  readonly isAlias?: boolean
  readonly name: string
  readonly file: string
  readonly line: number
}

export interface ParsedSection {
  readonly file: string
  /** Absent if the front matter has problems. */
  readonly section?: Omit<Section, 'asOf' | 'tables'> & {
    readonly asOf?: string | undefined
    readonly tables: readonly Omit<NamedTable, 'id'>[]
  }
  /** The links to sections and commands, which stay in the body. */
  readonly links: readonly LocalLink[]
  /** The images whose files are in the content folder. */
  readonly pictures: readonly PictureUse[]
  readonly claims: readonly Claim[]
  /** False if the front matter cannot be read, so that the claims are not known. */
  readonly hasClaims: boolean
  readonly problems: readonly Problem[]
}

/** Parses a Markdown file of `sections/`: front matter and body. */
export function parseSection(file: string, source: string): ParsedSection {
  const unparsable = checkSource(source) ?? checkCost(source)
  const nothing = { file, ...NOTHING }
  return unparsable ? { ...nothing, problems: [{ file, ...unparsable }] } : parse(file, source)
}

const NOTHING = { links: [], pictures: [], claims: [], hasClaims: false }

function parse(file: string, source: string): ParsedSection {
  const { length } = frontMatterOf(source)
  if (length > FRONT_LENGTH) {
    const message = `The front matter has ${length} characters; ${FRONT_LENGTH} is the most.`
    const fix = 'Keep only the keys here, and write all other text below the second line `---`.'
    const problems = [{ file, line: 1, message, fix }]
    return { file, ...NOTHING, problems }
  }
  const root = parseFile(source)
  const front = root.children[0]
  if (front?.type !== 'yaml') {
    const open = /^---[ \t]*\r?$/m.test(source.split('\n', 1)[0] ?? '')
    const missing = { file, line: 1, ...(open ? NOT_CLOSED : withoutFence(source)) }
    const others = open ? [] : checkBody(file, root, source, true)
    const read = { ...NOTHING, links: localLinks(root), pictures: pictureUses(file, root) }
    return { file, ...read, problems: [missing, ...others] }
  }
  root.children.shift()

  // The front matter's text starts on the line below its opening fence.
  const yaml = parseYaml(file, front.value, (front.position?.start.line ?? 1) + 1)
  const { value, problems } = validate(frontMatterSchema, file, yaml)
  const claims = readClaims(file, yaml)
  const body = checkBody(file, root, source, true)
  const hasClaims = yaml.problems.length === 0
  const pictures = pictureUses(file, root)
  const read = { file, links: localLinks(root), pictures, claims, hasClaims }
  const repeated = repeatedFront(root, source).map(line => ({ file, line, ...REPEATED }))
  const all = [...problems, ...repeated, ...checkFields(file, yaml), ...body]
  if (!value) return { ...read, problems: all }

  tidy(root, source)
  const { exercises = false, events = exercises, ...keys } = value
  const section = { ...keys, events, body: root, tables: nameTables(root, value.title) }
  return { ...read, section, problems: all }
}

const NOT_CLOSED = {
  message: 'The front matter is not closed.',
  fix: 'Write a line `---` below its keys.',
}

const REPEATED = {
  message: 'The front matter appears a second time.',
  fix: 'Delete these keys and their lines `---`.',
}

const KEYS = /^(?:command|title|summary|aliases|asOf|events|exercises)[ \t]*:/

/** Explains why a file has no front matter. */
function withoutFence(source: string): { message: string; fix: string } {
  const line = /^[ \t]*\S.*$/m.exec(source)?.[0] ?? ''
  if (KEYS.test(line)) {
    const message = 'The line `---` above the front matter is missing.'
    return { message, fix: 'Write it as the first line of the file.' }
  }
  const mark = line.trim()
  if (mark === '---') {
    const message = 'Blanks or empty lines stand before the front matter.'
    return { message, fix: 'Delete them, so that `---` begins the file and each of its lines.' }
  }
  if (/^[-‐‑‒–—―_*=+~]+$/.test(mark)) {
    const message = `The front matter begins with \`${mark}\`.`
    return { message, fix: 'Write `---`, three hyphens, above and below its keys.' }
  }
  const fix = 'Start the file with a line `---`, the keys, and another line `---`.'
  return { message: 'The front matter is missing.', fix }
}

/** Returns the line of front matter that begins the body; none if there is no such line. */
function repeatedFront({ children: [rule, keys] }: Root, source: string): number[] {
  const first = rule?.type === 'thematicBreak' ? keys : rule
  const start = first?.position?.start
  return start && KEYS.test(source.slice(start.offset)) ? [start.line] : []
}

/** Returns the claims of a section from its front matter alone. */
export function frontClaims(file: string, source: string): Claim[] {
  const front = frontMatterOf(source).replace(/^---[ \t]*\r?\n|---\s*$/g, '')
  return readClaims(file, parseYaml(file, front, 2))
}

/**
 * Reads names and titles even from front matter with problems, so that a clash is reported together
 * with them.
 */
function readClaims(file: string, { value, lineOf }: YamlSource): Claim[] {
  const { command, title, aliases } = (value ?? {}) as Record<string, unknown>
  const claim = (kind: Claim['kind'], name: unknown, path: PropertyKey[]): Claim[] => {
    const isAlias = path.length > 1
    return typeof name === 'string' ? [{ kind, isAlias, name, file, line: lineOf(path) }] : []
  }
  return [
    ...claim('name', command, ['command']),
    ...claim('title', title, ['title']),
    ...(Array.isArray(aliases) ? aliases : []).flatMap((name, index) =>
      claim('name', name, ['aliases', index]),
    ),
  ]
}
