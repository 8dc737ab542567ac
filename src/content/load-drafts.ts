import { draftPath, isDraft, isTaken, sectionFilesOf } from './files.ts'
import type { LoadResult } from './load.ts'
import { isError, keyOf, type Problem } from './problem.ts'

/** An edition with its drafts, and the problems of the drafts that it does without. */
export interface LoadedDrafts {
  readonly result: LoadResult
  readonly leftOut: readonly Problem[]
}

/** Loads an edition with all drafts but those of its argument. */
type Load = (leftOut: readonly string[]) => Promise<LoadResult>

/** Most loads that look for the drafts behind problems. One takes up to a second in a large edition. */
const TRIES = 60

/**
 * Loads an edition with its drafts. Leaves out each draft that has problems, and each draft with which a published file
 * has problems, until the others have none. Leaves out all drafts if {@link TRIES} loads do not find the causes. A
 * published file that has problems without drafts keeps them.
 *
 * @param published the edition without drafts.
 * @param paths all paths of the folder.
 */
export async function loadDrafts(
  published: LoadResult,
  paths: readonly string[],
  load: Load,
): Promise<LoadedDrafts> {
  const known = new Set(published.problems?.map(keyOf))
  const owners = ownersOf(published, paths)
  const leftOut: Problem[] = []
  let tries = TRIES
  for (;;) {
    const without = [...new Set(leftOut.map(({ file }) => file))]
    const result = await load(without)
    const errors = (result.problems ?? []).filter(isError)
    const rest = paths.filter(path => isTaken(path) && isDraft(path) && !without.includes(path))
    const own = errors.filter(({ file }) => rest.includes(file))
    const caused = errors.filter(each => !known.has(keyOf(each)))
    if (own.length === 0 && (caused.length === 0 || rest.length === 0)) return { result, leftOut }
    const suspects = caused.map(({ message }) => owners.get(targetOf(message)) ?? '')
    const ordered = [...new Set([...suspects, ...rest])].filter(path => rest.includes(path))
    const found =
      own.length > 0
        ? own
        : await blame(caused, ordered, each => {
            tries -= 1
            return tries < 0 ? undefined : load([...without, each])
          })
    const marks = { isDraft: true, isLeftOut: true } as const
    leftOut.push(...found.map(problem => ({ ...problem, ...marks })))
  }
}

/**
 * Returns problems of published files as problems of the first drafts without which they are gone. Returns them as
 * problems of all drafts if no draft alone is the cause, or if `loadWithout` gives up.
 */
async function blame(
  caused: readonly Problem[],
  drafts: readonly string[],
  loadWithout: (draft: string) => Promise<LoadResult> | undefined,
): Promise<Problem[]> {
  const found: Problem[] = []
  let left = caused
  let isGivenUp = false
  for (const draft of drafts) {
    if (left.length === 0) break
    const loaded = await loadWithout(draft)
    isGivenUp = loaded === undefined
    if (!loaded) break
    const rest = new Set(loaded.problems?.map(keyOf))
    found.push(...left.filter(each => !rest.has(keyOf(each))).map(each => causedBy(draft, each)))
    left = left.filter(each => rest.has(keyOf(each)))
  }
  if (found.length > 0 && !isGivenUp) return found
  const blamed = new Set(found.map(({ file }) => file))
  const others = drafts.filter(draft => !blamed.has(draft))
  return [...found, ...others.flatMap(draft => left.map(each => causedBy(draft, each)))]
}

/** Returns the draft of each published section by the targets of links that the section alone has. */
function ownersOf({ edition }: LoadResult, paths: readonly string[]): Map<string, string> {
  const published = paths.filter(path => isTaken(path) && !isDraft(path)).map(path => ({ path }))
  return new Map(
    sectionFilesOf(published).flatMap(({ path }, index) => {
      const { command = '', aliases = [] } = edition?.sections[index] ?? {}
      return [path, ...[command, ...aliases].map(name => `/${name}`)].map(
        target => [target, draftPath(path)] as const,
      )
    }),
  )
}

/** The target that the message of a broken link names in backticks; empty if there is none. */
function targetOf(message: string): string {
  return /`([^`]+)`/.exec(message)?.[1] ?? ''
}

function causedBy(draft: string, { file, line, message }: Problem): Problem {
  return {
    file: draft,
    line: 1,
    message: `With this draft, ${file} has a problem in line ${line}: ${message}`,
    fix: `Change this draft, or write a draft \`${draftPath(file)}\` as well.`,
  }
}
