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

export function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line
}
