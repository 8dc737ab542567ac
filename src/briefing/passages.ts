import { type Edition, factsOf, SEARCHED_FACTS, type Section } from '../content/edition.ts'
import { linked } from '../content/plain-links.ts'
import type { Passage } from '../content/search.ts'
import { cutSpans, lettersOf, piecesOf, type Span, spansOf } from '../content/spans.ts'
import { ACTION_BYTES, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { datesInWords } from './event-dates.ts'
import { eventsLine, eventsTitle } from './events.ts'

type Split = (spans: readonly Span[]) => Pick<Passage, 'text' | 'spans'>[]

/**
 * Yields everything that a search can find: sentences, list items, table rows, lines of code, events, the
 * text of /about. Lazy: reads a section when the caller asks for its first passage.
 */
export function* passages(edition: Edition): Generator<Passage> {
  const sentences = new Intl.Segmenter(edition.language, { granularity: 'sentence' })
  const split: Split = spans => {
    const letters = lettersOf(spans).replace(/\s/g, ' ')
    const starts = [...sentences.segment(letters)].map(({ index }) => index).slice(1)
    return cutSpans(spans, outsideLinks(starts, spans)).flatMap(passageOf)
  }

  for (const section of edition.sections) yield* sectionPassages(section, split)
  yield* eventPassages(edition)
  yield* editionPassages(edition, text => split(fieldSpans(text)))
}

/** Leaves out the indexes inside of links, because a `?` in an address ends no sentence. */
function outsideLinks(indexes: readonly number[], spans: readonly Span[]): readonly number[] {
  let end = 0
  const ranges = spans.flatMap(({ text, url }) => {
    end += text.length
    return url === undefined ? [] : [{ from: end - text.length, to: end }]
  })
  return indexes.filter(index => !ranges.some(({ from, to }) => from < index && index < to))
}

/** The words of a passage with single blanks between them; none if it is blank. */
function passageOf(spans: readonly Span[]): Pick<Passage, 'text' | 'spans'>[] {
  const text = lettersOf(spans).replace(/\s+/g, ' ').trim()
  if (text === '') return []
  return [spans.some(({ struck, url }) => struck || url !== undefined) ? { text, spans } : { text }]
}

/**
 * Returns the passages of a section. A passage of the summary, of a table or of the heading above a table leads to the
 * short answer. Any other passage leads to the details. The first sentence of the summary stands for the title.
 */
function sectionPassages(section: Section, split: Split): Passage[] {
  const { title, summary, body, asOf } = section
  const lead = { title, asOf, command: `/${section.command}` }
  const details = { ...lead, command: `/${section.command} details` }
  const found = firstFor(split(fieldSpans(summary)).map(text => ({ ...lead, ...text })))
  let heading = ''
  const headings = new Set<string>()
  const pieces = piecesOf(body)
  for (const [index, { kind, spans }] of pieces.entries()) {
    const below = { heading, isBelow: true } as const
    if (kind === 'heading') {
      heading = lettersOf(spans)
      if (headings.has(heading)) continue
      headings.add(heading)
      const place = pieces[index + 1]?.kind === 'row' ? lead : details
      found.push(...passageOf(spans).map(text => ({ ...place, ...text, isBelow: true as const })))
    } else if (kind === 'row')
      found.push(...passageOf(spans).map(text => ({ ...lead, ...below, ...text })))
    else {
      const texts =
        kind === 'code'
          ? lettersOf(spans)
              .split('\n')
              .flatMap(text => passageOf([{ text }]))
          : split(spans)
      found.push(...texts.map(text => ({ ...details, ...below, ...text })))
    }
  }
  return found
}

/** The text of a plain field with its addresses. */
function fieldSpans(text: string): Span[] {
  return spansOf(paragraph(...linked(text)))
}

/** Lets the first of some passages stand for their title and heading. */
function firstFor(passages: readonly Passage[]): Passage[] {
  return passages.map((passage, index) => (index === 0 ? passage : { ...passage, isBelow: true }))
}

function eventPassages(edition: Edition): Passage[] {
  const { events, asOf } = edition
  if (events.length === 0) return []
  const place = { command: eventsLine(edition), title: eventsTitle(edition), asOf }
  const found = events.flatMap(event => {
    const { id, name, participants } = event
    const line = `${eventsLine(edition)} ${id}`
    const page = Buffer.byteLength(line) <= ACTION_BYTES && { command: line, label: name }
    const facts = [name, datesInWords(event), participants, ...factsOf(event, SEARCHED_FACTS)]
    return passageOf(fieldSpans(facts.join(' · '))).map(text => ({ ...place, ...page, ...text }))
  })
  return firstFor([{ ...place, text: texts.events.description, weight: 0.5 }, ...found])
}

function editionPassages(edition: Edition, split: (text: string) => ReturnType<Split>): Passage[] {
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
    ...firstFor(split(summary).map(text => ({ ...overview, ...text }))),
    ...entries.flatMap(([heading, entry]) =>
      firstFor(split(entry).map(text => ({ ...about, heading, ...text }))),
    ),
  ]
}
