import type { FootnoteDefinition, FootnoteReference, Nodes, Parents, Root } from 'mdast'
import { SKIP, visit } from 'unist-util-visit'
import type { Finding } from './problem.ts'
import { has, walk } from './walk.ts'

/** Finds notes that are defined twice, and warns of notes without a mark. Pure. */
export function* checkNotes(root: Root): Generator<Finding> {
  const referred = new Set<string>()
  const notes: FootnoteDefinition[] = []
  walk(root, node => {
    if (node.type === 'footnoteReference') referred.add(node.identifier)
    if (node.type === 'footnoteDefinition') notes.push(node)
  })
  const seen = new Set<string>()
  for (const { identifier, label, position } of notes) {
    const name = `\`[^${label ?? identifier}]\``
    const line = position?.start.line ?? 1
    if (seen.has(identifier)) {
      yield { line, message: `The note ${name} is defined twice.`, fix: 'Keep one of them.' }
    } else if (!referred.has(identifier)) {
      const fix = `Write ${name} where it belongs, or delete the note.`
      yield { line, message: `No mark refers to the note ${name}.`, fix, isWarning: true }
    }
    seen.add(identifier)
  }
}

/** Moves the notes of a text to its end, and numbers them in the order of their marks. */
export function collectNotes(root: Root): void {
  if (!has(root, ({ type }) => type.startsWith('footnote'))) return
  const notes = new Map<string, FootnoteDefinition>()
  visit(root, 'footnoteDefinition', (node, index, parent: Parents | undefined) => {
    if (index === undefined || !parent) return
    notes.set(node.identifier, node)
    parent.children.splice(index, 1)
    return [SKIP, index]
  })
  const marks: FootnoteReference[] = []
  const ordered = new Set<FootnoteDefinition>()
  const read = (tree: Nodes) =>
    walk(tree, node => {
      if (node.type !== 'footnoteReference') return
      marks.push(node)
      const note = notes.get(node.identifier)
      if (note) ordered.add(note)
    })
  read(root)
  // A note may have marks of its own: the set grows while it is read.
  for (const note of ordered) read(note)
  for (const note of notes.values()) ordered.add(note)
  const numbers = new Map([...ordered].map((note, index) => [note.identifier, `${index + 1}`]))
  for (const node of [...marks, ...ordered]) {
    const number = numbers.get(node.identifier) ?? node.identifier
    Object.assign(node, { identifier: number, label: number })
  }
  root.children.push(...ordered)
}

/** Returns the notes of a section to which `nodes` refer, in their order. Pure. */
export function notesOf({ children }: Root, nodes: readonly Nodes[]): FootnoteDefinition[] {
  const notes = children.filter(node => node.type === 'footnoteDefinition')
  const byMark = new Map(notes.map(note => [note.identifier, note]))
  const found = new Set<FootnoteDefinition>()
  const read = (node: Nodes) =>
    walk(node, each => {
      const note = each.type === 'footnoteReference' ? byMark.get(each.identifier) : undefined
      if (note) found.add(note)
    })
  nodes.forEach(read)
  // A note may have marks of its own: the set grows while it is read.
  found.forEach(read)
  return notes.filter(note => found.has(note))
}
