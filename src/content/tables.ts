import type { Heading, Nodes, Root, RootContent, Table } from 'mdast'
import { visit } from 'unist-util-visit'
import type { NamedTable, Section } from './edition.ts'
import { TITLE_LENGTH } from './schema.ts'
import { words } from './stop-words.ts'

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
  const byName = Map.groupBy(found, ({ path }) => keyOf(path.at(-1) ?? ''))
  const taken = new Set<string>()
  return found.map(({ table, path }) => {
    const same = byName.get(keyOf(path.at(-1) ?? '')) ?? []
    const name = distinct(path, same) ?? path.at(-1) ?? ''
    let title = name
    for (let count = 2; taken.has(keyOf(title)); count++) title = `${name} (${count})`
    taken.add(keyOf(title))
    return { title, table }
  })
}

/** The shortest end of a path that tells it from all others but itself; undefined if it is too long. */
function distinct(path: readonly string[], same: readonly Found[]): string | undefined {
  const key = (of: readonly string[], length: number) => keyOf(of.slice(-length).join(': '))
  const others = same.filter(other => key(other.path, Infinity) !== key(path, Infinity))
  for (let length = 1; length <= path.length; length++) {
    if (others.some(other => key(other.path, length) === key(path, length))) continue
    const title = path.slice(-length).join(': ')
    return [...title].length > TITLE_LENGTH ? undefined : title
  }
  return undefined
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
  const all = sections.flatMap(section => section.tables.map(({ title }) => slug(title)))
  const taken = new Set<string>()
  return sections.map(section => ({
    ...section,
    tables: section.tables.map(({ title, table }) => {
      const own = slug(title)
      const isShared = all.indexOf(own) !== all.lastIndexOf(own)
      const isSection = title === section.title
      const base = isSection ? section.command : isShared ? slug(`${section.command} ${own}`) : own
      let id = base
      for (let count = 2; taken.has(id) || id === ''; count++)
        id = `${base || section.command}-${count}`
      taken.add(id)
      return { id, title, table }
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
