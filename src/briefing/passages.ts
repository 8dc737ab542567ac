import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import type { Edition, Exercise, Section } from '../content/edition.ts'
import type { Passage } from '../content/search.ts'
import { dateRange, texts } from '../texts.ts'

/** Everything that can be found: sentences, list items, table rows, exercises. */
export function passages(edition: Edition): Passage[] {
  const sentences = new Intl.Segmenter(edition.language, { granularity: 'sentence' })
  const split = (text: string) =>
    [...sentences.segment(text)].map(({ segment }) => segment.trim()).filter(Boolean)

  return [
    ...edition.sections.flatMap(section => sectionPassages(section, split)),
    ...edition.exercises.map(exercisePassage),
  ]
}

function sectionPassages(
  { command, title, summary, body }: Section,
  split: (text: string) => string[],
): Passage[] {
  const found = split(summary)
  visit(body, (node, _index, parent) => {
    const text = textOf(node).replace(/\s+/g, ' ')
    if (node.type === 'tableRow') {
      const isHeader = parent?.type === 'table' && parent.children[0] === node
      if (!isHeader) found.push(node.children.map(cell => textOf(cell)).join(' · '))
    } else if (node.type === 'paragraph') found.push(...split(text))
    else if (node.type === 'code') found.push(text)
  })
  return found.map(text => ({ command, title, text }))
}

function exercisePassage({ name, start, end, participants, location }: Exercise): Passage {
  const text = [name, dateRange(start, end), participants, location].filter(Boolean).join(' · ')
  return { command: 'exercises', title: texts.exercises, text }
}
