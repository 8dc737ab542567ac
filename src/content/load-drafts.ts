import { draftPath, isDraft, isTaken } from './files.ts'
import type { LoadResult } from './load.ts'
import { isError, keyOf, type Problem } from './problem.ts'

/** An edition with its drafts, and the problems of the drafts that it does without. */
export interface LoadedDrafts {
  readonly result: LoadResult
  readonly leftOut: readonly Problem[]
}

/**
 * Loads an edition with its drafts. Leaves out each draft that has problems, and each draft with which a published file
 * has problems, until the others have none. A published file that has problems without drafts keeps them.
 *
 * @param published the edition without drafts.
 * @param paths all paths of the folder.
 * @param load loads the edition with all drafts but those of its argument.
 */
export async function loadDrafts(
  published: LoadResult,
  paths: readonly string[],
  load: (leftOut: readonly string[]) => Promise<LoadResult>,
): Promise<LoadedDrafts> {
  const known = new Set(published.problems?.map(keyOf))
  const leftOut: Problem[] = []
  for (;;) {
    const without = leftOut.map(({ file }) => file)
    const result = await load(without)
    const errors = (result.problems ?? []).filter(isError)
    const rest = paths.filter(path => isTaken(path) && isDraft(path) && !without.includes(path))
    const own = errors.filter(({ file }) => rest.includes(file))
    const caused = errors.filter(each => !known.has(keyOf(each)))
    if (own.length === 0 && (caused.length === 0 || rest.length === 0)) return { result, leftOut }
    const found = own.length > 0 ? own : await blame(caused, rest, each => load([...without, each]))
    const marks = { isDraft: true, isLeftOut: true } as const
    leftOut.push(...found.map(problem => ({ ...problem, ...marks })))
  }
}

/** Returns problems of published files as problems of the first draft without which they are gone, or of all drafts. */
async function blame(
  caused: readonly Problem[],
  drafts: readonly string[],
  loadWithout: (draft: string) => Promise<LoadResult>,
): Promise<Problem[]> {
  for (const draft of drafts) {
    const { problems = [] } = await loadWithout(draft)
    const rest = new Set(problems.map(keyOf))
    const gone = caused.filter(each => !rest.has(keyOf(each)))
    if (gone.length > 0) return gone.map(each => causedBy(draft, each))
  }
  return drafts.flatMap(draft => caused.map(each => causedBy(draft, each)))
}

function causedBy(draft: string, { file, line, message }: Problem): Problem {
  return {
    file: draft,
    line: 1,
    message: `With this draft, ${file} has a problem in line ${line}: ${message}`,
    fix: `Change this draft, or write a draft \`${draftPath(file)}\` as well.`,
  }
}
