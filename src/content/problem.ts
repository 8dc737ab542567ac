import { join, resolve } from 'node:path'
import { blankForbidden } from './characters.ts'

/** A fault in the content: its place, a description, and the fix. */
export interface Problem {
  /** Path below the content folder, with `/`; empty for a problem of the whole folder. */
  readonly file: string
  /** Line number, counted from 1. */
  readonly line: number
  /** A sentence for an editor. */
  readonly message: string
  /** A sentence that tells the editor how to fix the problem. */
  readonly fix: string
  /** The edition is served all the same. */
  readonly isWarning?: true
  /** Only a draft has it, or the draft that the whole edition is. */
  readonly isDraft?: true
  /** The draft is left out of the edition because of the problem. */
  readonly isLeftOut?: true
}

/** A problem in a text whose file the caller knows. */
export type Finding = Omit<Problem, 'file'>

/** Thrown if the process needs content, and the content has problems. Carries every problem. */
export class ContentError extends Error {
  readonly problems: readonly Problem[]
  readonly directory: string

  constructor(problems: readonly Problem[], directory: string) {
    super(formatProblems(problems, directory))
    this.name = 'ContentError'
    this.problems = problems
    this.directory = directory
  }
}

/**
 * Formats one line per problem, `file:line: message fix`. A problem of the whole folder has its absolute path and no line
 * number.
 */
export function formatProblems(problems: readonly Problem[], directory: string): string {
  return problems
    .map(({ file, line, message, fix, isDraft, isLeftOut }) => {
      const draft = isDraft ? ` (draft${isLeftOut ? ', left out' : ''})` : ''
      const place = file === '' ? resolve(directory) : `${join(directory, file)}:${line}`
      // Quotes from a broken file, and its name, must not steer the editor's terminal.
      return blankForbidden(`${place}: ${message} ${fix}${draft}`)
    })
    .join('\n')
}

/** Whether a problem keeps the edition from being served. Pure. */
export function isError({ isWarning }: Problem): boolean {
  return !isWarning
}

/** Identifies a problem in two readings of the same files. Pure. */
export function keyOf({ file, line, message }: Problem): string {
  return JSON.stringify([file, line, message])
}

/** Most problems listed for one file. An unclosed quote can make a problem of each line. */
const LISTED = 20

/**
 * Sorts problems by file and line, and keeps the first {@link LISTED} of each file, with a count of
 * the others. Equal problems of one line are one problem with a count.
 */
export function limitPerFile(problems: readonly Problem[]): Problem[] {
  const files = Map.groupBy(countEqual(problems.toSorted(byPlace)), ({ file }) => file)
  return [...files.values()].flatMap(found => {
    const [next] = found.slice(LISTED)
    if (!next) return found
    const message = `And ${found.length - LISTED} more problems from here on.`
    const { file, line } = next
    return [...found.slice(0, LISTED), { file, line, message, fix: 'Fix those above first.' }]
  })
}

function countEqual(problems: readonly Problem[]): Problem[] {
  return [...Map.groupBy(problems, keyOf).values()].flatMap(([first, ...others]) => {
    if (!first) return []
    const message = `${first.message} This line has ${others.length + 1} of these.`
    return [others.length > 0 ? { ...first, message } : first]
  })
}

/** Orders problems by file, then by line. */
export function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line
}
