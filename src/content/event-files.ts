import type { z } from 'zod'
import { type CalendarEvent, EVENTS, type EventNames, EXERCISES } from './edition.ts'
import { publishedPath } from './files.ts'
import type { GivenNames } from './names.ts'
import type { Problem } from './problem.ts'
import { strayExceptions } from './repeat.ts'
import type { editionSchema } from './schema.ts'
import type { YamlSource } from './yaml.ts'

const FORMER_EVENTS = 'exercises.yaml'

/** Finds the file of the events: `events.yaml`, or that of releases in which all events were exercises. Pure. */
export function eventsFile(files: readonly { readonly path: string }[], paths: readonly string[]) {
  const has = (path: string) =>
    files.some(each => publishedPath(each.path) === path) || paths.includes(path)
  const hasFormer = has(FORMER_EVENTS)
  if (has('events.yaml')) return { path: 'events.yaml', isFormer: false, hasFormer }
  return { path: hasFormer ? FORMER_EVENTS : undefined, isFormer: hasFormer, hasFormer }
}

/** Returns the warning about the file of earlier releases: what to rename, or that it is not read. Pure. */
export function formerFile(isRead: boolean, paths: readonly string[]): Problem {
  const [message, fix] = isRead
    ? [
        'This name is of an earlier release, in which all events were exercises.',
        'Rename it to `events.yaml`, `exercises:` in sections to `events:`, and write in edition.yaml: ' +
          '`events: {command: exercises, one: exercise, many: exercises, columns: {name: Exercise Name, participants: Participating Nations}}`.',
      ]
    : ['This file is not read, because there is an `events.yaml`.', 'Delete it.']
  const file = paths.includes(FORMER_EVENTS) ? FORMER_EVENTS : `_${FORMER_EVENTS}`
  return { file, line: 1, message, fix, isWarning: true }
}

/** Returns a warning for each exception on a day on which its event does not take place anyway. Pure. */
export function checkExceptions(
  file: string,
  events: readonly CalendarEvent[] = [],
  yaml?: YamlSource,
): Problem[] {
  return events.flatMap((event, index) =>
    strayExceptions(event).map(day => {
      const line = yaml?.lineOf([index, 'except', event.except?.indexOf(day) ?? 0]) ?? 1
      const message = `\`${event.id}\` does not take place on ${day}, so the exception changes nothing.`
      return { file, line, message, fix: 'Fix the date, or take it out.', isWarning: true }
    }),
  )
}

type Head = z.infer<ReturnType<typeof editionSchema>>

/** Returns the words for the events: those of the edition, or else those that the name of their file implies. Pure. */
export function eventNamesOf({ events = {} }: Partial<Head> = {}, isFormer: boolean): EventNames {
  const usual = isFormer ? EXERCISES : EVENTS
  const { columns = {}, ...names } = events
  const given = <T extends object>(values: T) =>
    Object.fromEntries(
      Object.entries(values).filter(([, value]) => value !== undefined),
    ) as Partial<{
      [Key in keyof T]-?: NonNullable<T[Key]>
    }>
  return { ...usual, ...given(names), columns: { ...usual.columns, ...given(columns) } }
}

/** Returns the name of the command that lists the events. Pure. */
export function commandOf({ commands }: GivenNames, { command }: EventNames): string {
  return typeof commands.events === 'string' ? commands.events : command
}
