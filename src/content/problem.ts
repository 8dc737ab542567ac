import { join } from 'node:path'
import { blankForbidden } from './characters.ts'

/** One thing wrong with the content: where it is, what it is, and what mends it. */
export interface Problem {
  /** Path below the content folder, with `/`; empty where the whole folder is meant. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** A sentence for an editor. */
  readonly message: string
  /** What to do about it, a sentence. */
  readonly mend: string
}

/** Thrown where content is needed and there is none that is sound. Carries every problem. */
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

/** One line a problem, `file:line: what. mend`; a problem of the whole folder has no line. */
function formatProblems(problems: readonly Problem[], directory: string): string {
  return problems
    .map(({ file, line, message, mend }) => {
      const place = file === '' ? directory : `${join(directory, file)}:${line}`
      // What is quoted from a broken file, its name included, must not steer the editor's terminal.
      return blankForbidden(`${place}: ${message} ${mend}`)
    })
    .join('\n')
}

/** Most problems of one file that are listed: a quote that is left open can make one of each line. */
const LISTED = 20

/** Problems by file and line; of each file the first, and how many there are beyond them. */
export function listed(problems: readonly Problem[]): Problem[] {
  const files = Map.groupBy(problems.toSorted(byPlace), ({ file }) => file)
  return [...files.values()].flatMap(found => {
    const [next] = found.slice(LISTED)
    if (!next) return found
    const message = `And ${found.length - LISTED} more problems from here on.`
    const { file, line } = next
    return [...found.slice(0, LISTED), { file, line, message, mend: 'Mend those above first.' }]
  })
}

export function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line
}
