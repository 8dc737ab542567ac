import type { Heading, Nodes, Root, RootContent, Table } from 'mdast'
import { visit } from 'unist-util-visit'
import type { NamedTable, Section } from './edition.ts'
import { TITLE_LENGTH } from './schema.ts'
import { words } from './words.ts'

/** Returns the words of a heading in one line. Pure. */
export function lineText(node: Nodes): string {
  let text = ''
  visit(node, each => {
    if ('value' in each) text += each.value
    else if (each.type === 'image') text += each.alt
    else if (each.type === 'break') text += ' '
  })
  return text.replace(/\s+/g, ' ').trim()
}

/** A table with the headings above it, the nearest last. */
interface Found {
  readonly table: Table
  readonly path: readonly string[]
}

/** Names the tables of a section by the headings above them, each by a title of its own. Pure. */
export function nameTables(root: Root, sectionTitle: string): Omit<NamedTable, 'id'>[] {
  const found = findTables(root, sectionTitle)
  // The paths that end in the same headings, by these headings.
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

function findTables(root: Root, sectionTitle: string): Found[] {
  const found: Found[] = []
  let headings: Heading[] = []
  const read = (node: RootContent | Nodes) => {
    if (node.type === 'table') {
      const path = headings.map(lineText)
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

interface WithoutIds extends Omit<Section, 'tables'> {
  readonly tables: readonly Omit<NamedTable, 'id'>[]
}

/** Longest id, in bytes of UTF-8: with `+/tables ` before it, it fits into a button (64 bytes). */
const ID_BYTES = 48

/**
 * Gives each table an id that people can guess: the words of its title, as in `water-gauges`. Titles of
 * several sections have the section's command before them. Pure.
 */
export function withTableIds(sections: readonly WithoutIds[]): Section[] {
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
  for (const word of words(title)) {
    const longer = slug === '' ? word : `${slug}-${word}`
    if (Buffer.byteLength(longer) > ID_BYTES) break
    slug = longer
  }
  return slug
}
