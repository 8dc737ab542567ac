import type { Edition } from '../../src/content/edition.ts'
import { type LocalEdition, localEdition } from '../../src/content/occurrences.ts'
import { parseEdition } from '../../src/content/parse.ts'

const EDITION = `id: test
title: A briefing
summary: What it says.
publisher: The publisher
source: The source
asOf: 2026-01
language: en
licence: MIT
events: {command: exercises, one: exercise, many: exercises}
`

const EVENTS = `- id: first
  name: First
  start: 2026-06-01
  end: 2026-06-10
  participants: All
  status: scheduled
`

const SECTION = `---
command: alpha
title: Alpha
summary: The first section.
---

Words.
`

/** A sound content folder, with some of its files replaced, added, or (undefined) left out. */
export function folder(changes: Record<string, string | undefined> = {}) {
  const files: Record<string, string | undefined> = {
    'edition.yaml': EDITION,
    'events.yaml': EVENTS,
    'sections/01-alpha.md': SECTION,
    ...changes,
  }
  return Object.entries(files).flatMap(([path, text]) => (text === undefined ? [] : { path, text }))
}

/** A section's file with this front matter and body. */
export function section(front: string, body = 'Words.'): string {
  return `---\n${front.trim()}\n---\n\n${body}\n`
}

/** The edition of a folder that must be sound. */
export function edition(changes: Record<string, string | undefined> = {}) {
  const result = parseEdition(folder(changes), new Set(['help']))
  if (!result.edition) throw new Error(JSON.stringify(result.problems, null, 2))
  return result.edition
}

/** The problems of a folder, as `file:line message | fix`. */
export function problems(changes: Record<string, string | undefined>): string[] {
  const result = parseEdition(folder(changes), new Set(['help']))
  return (result.problems ?? []).map(
    ({ file, line, message, fix }) => `${file}:${line} ${message} | ${fix}`,
  )
}

/** An edition on a day in UTC. */
export function localOn(day: Temporal.PlainDate, edition: Edition): LocalEdition {
  return localEdition(edition, day.toZonedDateTime('UTC'))
}
