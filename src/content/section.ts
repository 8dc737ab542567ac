import type { Definition, Nodes, Paragraph, Parents, Root, Table } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { SKIP, visit } from 'unist-util-visit'
import type { NamedTable, Section } from './edition.ts'
import type { Problem } from './problem.ts'
import { frontMatterSchema, validate } from './schema.ts'
import { parseYaml, type YamlSource } from './yaml.ts'

/** A name that a section claims, and the line that claims it. */
export interface Claim {
  readonly name: string
  readonly file: string
  readonly line: number
}

export interface ParsedSection {
  /** Absent where the front matter is not sound. */
  readonly section?: Omit<Section, 'asOf'> & { asOf?: string | undefined }
  readonly claims: readonly Claim[]
  readonly problems: readonly Problem[]
}

const markdown = unified()
  .use(remarkParse)
  .use(remarkFrontmatter)
  // One tilde stays a tilde: "~100" twice in a sentence is no deletion.
  .use(remarkGfm, { singleTilde: false })
  .freeze()

/** One Markdown file of `sections/`, front matter and body. */
export function parseSection(file: string, source: string): ParsedSection {
  const root = markdown.parse(source)
  const front = root.children[0]
  if (front?.type !== 'yaml') {
    const message = 'The front matter is missing.'
    const mend = 'Start the file with a line `---`, the keys, and another line `---`.'
    return { claims: [], problems: [{ file, line: 1, message, mend }, ...bodyProblems()] }
  }
  root.children.shift()

  // The front matter's text starts on the line below its opening fence.
  const yaml = parseYaml(file, front.value, (front.position?.start.line ?? 1) + 1)
  const { value, problems } = validate(frontMatterSchema, file, yaml)
  const claims = readClaims(file, yaml)
  problems.push(...bodyProblems())
  if (!value) return { claims, problems }

  tidy(root)
  const tables = nameTables(root, value.command, value.title)
  return { section: { ...value, body: root, tables }, claims, problems }

  function bodyProblems(): Problem[] {
    return [...checkTables(root, source), ...checkNodes(root)].map(problem => ({
      file,
      ...problem,
    }))
  }
}

/** Also from front matter that is not sound, so that a clash shows together with its faults. */
function readClaims(file: string, { value, lineOf }: YamlSource): Claim[] {
  const { command, aliases } = (value ?? {}) as Record<string, unknown>
  return [
    { name: command, line: lineOf(['command']) },
    ...(Array.isArray(aliases) ? aliases : []).map((name, index) => ({
      name,
      line: lineOf(['aliases', index]),
    })),
  ].flatMap(({ name, line }) => (typeof name === 'string' ? [{ name, line, file }] : []))
}

type Finding = Omit<Problem, 'file'>

function* checkTables(root: Root, source: string): Generator<Finding> {
  const tables: (Table | Paragraph)[] = []
  visit(root, node => {
    if (node.type === 'table' || node.type === 'paragraph') tables.push(node)
  })
  for (const table of tables) {
    if (table.type === 'paragraph') {
      const text = source.slice(table.position?.start.offset, table.position?.end.offset)
      if (!/^\s*\|?(\s*:?-+:?\s*\|)+\s*(:?-+:?)?\s*$/m.test(text)) continue
      yield {
        line: lineOf(table),
        message: 'This looks like a table but is none.',
        mend: 'Give the line of dashes as many cells as the header, with an empty line above both.',
      }
      continue
    }
    const [header, ...rows] = table.children
    const width = header?.children.length ?? 0
    for (const row of rows) {
      const cells = row.children.length
      if (cells === width) continue
      yield {
        line: lineOf(row),
        message: `This row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header ${width}.`,
        mend: 'Add or remove a `|`; write `\\|` for one that is text.',
      }
    }
  }
}

function* checkNodes(root: Root): Generator<Finding> {
  const nodes: Nodes[] = []
  visit(root, node => {
    nodes.push(node)
  })
  for (const node of nodes) {
    if ('url' in node && !isSafe(node.url)) {
      yield {
        line: lineOf(node),
        message: `The address \`${node.url}\` cannot be offered to readers.`,
        mend: 'Write a whole address that starts with https://, http:// or mailto:.',
      }
    }
    if (node.type === 'footnoteDefinition') {
      yield {
        line: lineOf(node),
        message: 'A footnote cannot be shown in a chat.',
        mend: 'Put it into the text, in brackets.',
      }
    }
  }
}

function isSafe(address: string): boolean {
  return URL.canParse(address) && /^(https?|mailto):$/.test(new URL(address).protocol)
}

/** Resolves references, drops comments and positions: what is left is what readers see. */
function tidy(root: Root): void {
  const definitions = new Map<string, Definition>()
  visit(root, 'definition', node => {
    if (!definitions.has(node.identifier)) definitions.set(node.identifier, node)
  })
  visit(root, (node, index, parent: Parents | undefined) => {
    delete node.position
    if (index === undefined || !parent) return
    const isComment = node.type === 'html' && /^<!--[\s\S]*-->$/.test(node.value.trim())
    if (isComment || node.type === 'definition') {
      parent.children.splice(index, 1)
      return [SKIP, index]
    }
    if (node.type === 'linkReference' || node.type === 'imageReference') {
      const { url = '' } = definitions.get(node.identifier) ?? {}
      const resolved: Nodes =
        node.type === 'linkReference'
          ? { type: 'link', url, children: node.children }
          : { type: 'image', url, alt: node.alt ?? '' }
      parent.children.splice(index, 1, resolved as never)
      return index
    }
    return
  })
}

function nameTables(root: Root, command: string, sectionTitle: string): NamedTable[] {
  const tables: NamedTable[] = []
  let title = sectionTitle
  for (const node of root.children) {
    if (node.type === 'heading') title = textOf(node)
    if (node.type !== 'table') continue
    const id = tables.length === 0 ? command : `${command}-${tables.length + 1}`
    tables.push({ id, title, table: node })
  }
  return tables
}

function lineOf(node: Nodes): number {
  return node.position?.start.line ?? 1
}
