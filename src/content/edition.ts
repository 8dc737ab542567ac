import type { Root, Table } from 'mdast'

/** Of the form below: editions that were kept in another are not compared with. */
const FORM = 1

/** An edition as text, to be kept for longer than this release may live. */
export function keepEdition(edition: Edition): string {
  return JSON.stringify({ form: FORM, edition })
}

/** An edition that was kept; undefined if it is damaged, or another release has written it in a form that we do not know. */
export function readEdition(text: string | undefined): Edition | undefined {
  try {
    const { form, edition } = JSON.parse(text ?? '{}') as { form?: unknown; edition?: unknown }
    return form === FORM && isEdition(edition) ? edition : undefined
  } catch {
    return undefined
  }
}

function isEdition(value: unknown): value is Edition {
  const { notKnown, sections, exercises } = Object(value) as Record<string, unknown>
  return (
    hasTexts(value, ['id', 'title', 'summary', 'publisher', 'source', 'asOf', 'language']) &&
    isListOf(notKnown, each => typeof each === 'string') &&
    isListOf(sections, isSection) &&
    isListOf(exercises, isExercise)
  )
}

function isSection(value: unknown): boolean {
  const { aliases, body, tables } = Object(value) as Record<string, unknown>
  return (
    hasTexts(value, ['command', 'title', 'summary', 'asOf']) &&
    isListOf(aliases, each => typeof each === 'string') &&
    isTree(body) &&
    isListOf(tables, each => hasTexts(each, ['id', 'title']) && isTree(Object(each).table))
  )
}

function isExercise(value: unknown): boolean {
  const { start, end } = Object(value) as Record<string, unknown>
  return hasTexts(value, ['id', 'name', 'participants', 'status']) && [start, end].every(isDate)
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && Temporal.PlainDate.from(value).toString() === value
}

function isTree(value: unknown): boolean {
  const { children = [] } = Object(value) as Record<string, unknown>
  return hasTexts(value, ['type']) && isListOf(children, isTree)
}

function isListOf(value: unknown, is: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is)
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  const given = Object(value) as Record<string, unknown>
  return names.every(name => typeof given[name] === 'string')
}

/** Which of the exercises are shown; no id may be one of these. */
export const EXERCISE_FILTERS = ['upcoming', 'past', 'all'] as const

/** One version of a briefing: all that the content folder says, checked, as plain JSON. */
export interface Edition {
  readonly id: string
  readonly title: string
  readonly summary: string
  readonly publisher: string
  readonly source: string
  /** `YYYY-MM-DD` or `YYYY-MM`: the day or month up to which the facts are known. */
  readonly asOf: string
  /** BCP 47 tag of the language that the content is written in. */
  readonly language: string
  readonly notKnown: readonly string[]
  readonly naming?: string | undefined
  readonly licence: string
  readonly sections: readonly Section[]
  readonly exercises: readonly Exercise[]
}

export interface Section {
  readonly command: string
  readonly aliases: readonly string[]
  readonly title: string
  /** Plain text, at most 300 characters. */
  readonly summary: string
  /** The section's own date where it is newer or older than the edition's. */
  readonly asOf: string
  /** Whether the table of exercises stands at its end. */
  readonly exercises: boolean
  readonly body: Root
  readonly tables: readonly NamedTable[]
}

/** A table of a section's body, named by the heading above it. */
export interface NamedTable {
  /** The section's command for its first table, `command-2` for its second, and so on. */
  readonly id: string
  readonly title: string
  readonly table: Table
}

export interface Exercise {
  readonly id: string
  readonly name: string
  /** First and last day, ISO calendar dates, both included. */
  readonly start: string
  readonly end: string
  readonly participants: string
  readonly status: 'scheduled' | 'postponed' | 'cancelled'
  readonly location?: string | undefined
  readonly source?: string | undefined
  readonly note?: string | undefined
}
