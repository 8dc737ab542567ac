import type { Root } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { checkBody, checkSource } from './body.ts'
import { checkCost } from './cost.ts'
import type { NamedTable, Section } from './edition.ts'
import { tidy, withFrontMatter } from './markdown.ts'
import type { Problem } from './problem.ts'
import { frontMatterSchema, validate } from './schema.ts'
import { parseYaml, type YamlSource } from './yaml.ts'

/** A name or title that a section uses, which must be unique, and its line. */
export interface Claim {
  readonly kind: 'name' | 'title'
  readonly name: string
  readonly file: string
  readonly line: number
}

export interface ParsedSection {
  /** Absent if the front matter has problems. */
  readonly section?: Omit<Section, 'asOf'> & { asOf?: string | undefined }
  readonly claims: readonly Claim[]
  readonly problems: readonly Problem[]
}

/** Parses a Markdown file of `sections/`: front matter and body. */
export function parseSection(file: string, source: string): ParsedSection {
  const unparsable = checkSource(source) ?? checkCost(source)
  return unparsable ? { claims: [], problems: [{ file, ...unparsable }] } : parse(file, source)
}

function parse(file: string, source: string): ParsedSection {
  const root = withFrontMatter.parse(source)
  const front = root.children[0]
  if (front?.type !== 'yaml') {
    const open = /^---[ \t]*\r?$/m.test(source.split('\n', 1)[0] ?? '')
    const message = `The front matter is ${open ? 'not closed' : 'missing'}.`
    const fix = open
      ? 'Write a line `---` below its keys.'
      : 'Start the file with a line `---`, the keys, and another line `---`.'
    const missing = { file, line: 1, message, fix }
    return { claims: [], problems: [missing, ...(open ? [] : checkBody(file, root, source))] }
  }
  root.children.shift()

  // The front matter's text starts on the line below its opening fence.
  const yaml = parseYaml(file, front.value, (front.position?.start.line ?? 1) + 1)
  const { value, problems } = validate(frontMatterSchema, file, yaml)
  const claims = readClaims(file, yaml)
  const all = [...problems, ...checkBody(file, root, source)]
  if (!value) return { claims, problems: all }

  tidy(root)
  const tables = nameTables(root, value.command, value.title)
  return { section: { ...value, body: root, tables }, claims, problems: all }
}

/**
 * Reads names and titles even from front matter with problems, so that a clash is reported together
 * with them.
 */
function readClaims(file: string, { value, lineOf }: YamlSource): Claim[] {
  const { command, title, aliases } = (value ?? {}) as Record<string, unknown>
  const claim = (kind: Claim['kind'], name: unknown, path: PropertyKey[]): Claim[] =>
    typeof name === 'string' ? [{ kind, name, file, line: lineOf(path) }] : []
  return [
    ...claim('name', command, ['command']),
    ...claim('title', title, ['title']),
    ...(Array.isArray(aliases) ? aliases : []).flatMap((name, index) =>
      claim('name', name, ['aliases', index]),
    ),
  ]
}

function nameTables(root: Root, command: string, sectionTitle: string): NamedTable[] {
  const tables: NamedTable[] = []
  let heading = sectionTitle
  let below = 0
  for (const node of root.children) {
    if (node.type === 'heading') {
      heading = textOf(node)
      below = 0
    }
    if (node.type !== 'table') continue
    below += 1
    const title = below === 1 ? heading : `${heading} (${below})`
    const id = tables.length === 0 ? command : `${command}-${tables.length + 1}`
    tables.push({ id, title, table: node })
  }
  return tables
}
