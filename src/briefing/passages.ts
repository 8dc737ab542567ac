import type { Nodes } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { type Edition, factsOf, SEARCHED_FACTS, type Section } from '../content/edition.ts'
import type { Passage } from '../content/search.ts'
import { dateRange } from '../texts/dates.ts'
import { texts } from '../texts.ts'

type Split = (text: string) => string[]

/**
 * Yields everything that a search can find: sentences, list items, table rows, exercises, the text of
 * /about. Lazy: reads a section when the caller asks for its first passage.
 */
export function* passages(edition: Edition): Generator<Passage> {
  const sentences = new Intl.Segmenter(edition.language, { granularity: 'sentence' })
  const split: Split = text =>
    [...sentences.segment(text.replace(/\s+/g, ' '))]
      .map(({ segment }) => segment.trim())
      // A sentence that ends in a colon only introduces the next text.
      .filter(sentence => sentence !== '' && !sentence.endsWith(':'))

  for (const section of edition.sections) yield* sectionPassages(section, split)
  yield* exercisePassages(edition)
  yield* editionPassages(edition, split)
}

/**
 * Returns the passages of a section. A passage of the summary or of a table leads to the short answer, any other
 * passage to the details.
 */
function sectionPassages(section: Section, split: Split): Passage[] {
  const { title, summary, body, asOf } = section
  const lead = { title, asOf, command: `/${section.command}` }
  const details = { ...lead, command: `/${section.command} details` }
  const found: Passage[] = split(summary).map(text => ({ ...lead, text }))
  let heading = ''
  visit(body, (node: Nodes, _index, parent: Nodes | undefined) => {
    if (node.type === 'heading') heading = textOf(node)
    else if (node.type === 'tableRow') {
      const isHeader = parent?.type === 'table' && parent.children[0] === node
      const text = node.children.map(cell => textOf(cell)).join(' · ')
      if (!isHeader) found.push({ ...lead, heading, text })
    } else if (node.type === 'paragraph') {
      found.push(...split(textOf(node)).map(text => ({ ...details, heading, text })))
    } else if (node.type === 'code') found.push({ ...details, heading, text: node.value })
  })
  return found
}

function exercisePassages({ exercises, asOf }: Edition): Passage[] {
  return exercises.map(exercise => {
    const { name, start, end, participants } = exercise
    const facts = [name, dateRange(start, end), participants, ...factsOf(exercise, SEARCHED_FACTS)]
    return { command: '/exercises', title: texts.exercises, text: facts.join(' · '), asOf }
  })
}

function editionPassages(edition: Edition, split: Split): Passage[] {
  const { title, summary, publisher, source, notKnown, naming = '', licence, asOf } = edition
  const overview = { command: '/briefing', title, asOf }
  const about = { command: '/about', title: texts.commands.about.title, asOf, weight: 0.5 }
  const entries: [string, string][] = [
    [texts.aboutSource, `${source}. ${publisher}.`],
    ...notKnown.map((text): [string, string] => [texts.aboutNotKnown, text]),
    [texts.aboutNaming, naming],
    [texts.aboutLicence, licence],
  ]
  return [
    ...split(summary).map(text => ({ ...overview, text })),
    ...entries.flatMap(([heading, entry]) =>
      split(entry).map(text => ({ ...about, heading, text })),
    ),
  ]
}
