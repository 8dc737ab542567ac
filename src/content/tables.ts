import type { Heading, Nodes, Root, RootContent, Table } from 'mdast'
import type { NamedTable, Section } from './edition.ts'
import { plainText } from './plain-text.ts'
import { TITLE_LENGTH } from './schema.ts'
import { foldedWords } from './words.ts'

/** A table with the headings above it, the nearest last. */
interface PlacedTable {
  readonly table: Table
  readonly path: readonly string[]
}

/** Names each table of a section by the headings above it. No two tables have the same title. Pure. */
export function nameTables(root: Root, sectionTitle: string): Omit<NamedTable, 'id'>[] {
  const found = findTables(root, sectionTitle)
  // For each ending of a path, the paths that have it.
  const byEnd = new Map<string, Set<string>>()
  for (const { path } of found) {
    for (const end of endsOf(path)) {
      const key = keyOf(end)
      byEnd.set(key, (byEnd.get(key) ?? new Set()).add(keyOf(path.join(': '))))
    }
  }
  const unique = createNames(count => ` (${count})`)
  return found.map(({ table, path }) => {
    const name = endsOf(path).find(end => byEnd.get(keyOf(end))?.size === 1) ?? ''
    const isShort = name !== '' && [...name].length <= TITLE_LENGTH
    return { title: unique(isShort ? name : (path.at(-1) ?? '')), table }
  })
}

/** The last heading of a path, the last two, and so on. */
function endsOf(path: readonly string[]): string[] {
  return path.map((_, index) => path.slice(-index - 1).join(': '))
}

/** Returns a function that adds a number to a name which it has returned before, whatever its case. */
function createNames(numbered: (count: number) => string): (name: string) => string {
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  return name => {
    let unique = name
    let count = counts.get(keyOf(name)) ?? 1
    while (unique === '' || taken.has(keyOf(unique))) unique = `${name}${numbered(++count)}`
    counts.set(keyOf(name), count)
    taken.add(keyOf(unique))
    return unique
  }
}

function keyOf(title: string): string {
  return title.normalize('NFKC').toLowerCase()
}

function findTables(root: Root, sectionTitle: string): PlacedTable[] {
  const found: PlacedTable[] = []
  let headings: Heading[] = []
  const read = (node: RootContent | Nodes) => {
    if (node.type === 'table') {
      const path = headings.map(plainText)
      found.push({ table: node, path: path.length > 0 ? path : [sectionTitle] })
    }
    if (node.type === 'list' || node.type === 'listItem') node.children.forEach(read)
  }
  for (const node of root.children) {
    if (node.type === 'heading') {
      headings = [...headings.filter(({ depth }) => depth < node.depth), node]
    } else read(node)
  }
  return found
}

interface SectionWithoutIds extends Omit<Section, 'tables'> {
  readonly tables: readonly Omit<NamedTable, 'id'>[]
}

/** Longest id, in bytes of UTF-8: with `+/tables ` before it, it fits into a button (64 bytes). */
const ID_BYTES = 48

/**
 * Gives each table an id that people can guess: the words of its title, as in `water-gauges`. If several tables
 * have the same title, the section's command stands before it. Pure.
 */
export function withTableIds(sections: readonly SectionWithoutIds[]): Section[] {
  const slugs = sections.flatMap(({ tables }) => tables.map(({ title }) => slug(title)))
  const bySlug = Map.groupBy(slugs, each => each)
  const unique = createNames(count => `-${count}`)
  return sections.map(section => ({
    ...section,
    tables: section.tables.map(({ title, table }) => {
      const own = slug(title)
      const isShared = (bySlug.get(own)?.length ?? 0) > 1
      const isNamed = own !== '' && title !== section.title
      const full = isShared ? slug(`${section.command} ${own}`) : own
      return { id: unique(isNamed ? full : section.command), title, table }
    }),
  }))
}

/** Returns the words of a title, joined by hyphens, as far as they fit. Pure. */
function slug(title: string): string {
  let slug = ''
  for (const word of foldedWords(title)) {
    const longer = slug === '' ? word : `${slug}-${word}`
    if (Buffer.byteLength(longer) > ID_BYTES) break
    slug = longer
  }
  return slug
}
