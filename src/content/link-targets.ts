import { isDraft, isTaken, publishedPath, type SourceFile, unreadFiles } from './files.ts'
import { FRONT_LENGTH, frontMatterOf } from './front-matter.ts'
import type { LocalLink } from './local-links.ts'
import type { BuiltinNames, GivenNames } from './names.ts'
import type { Finding, Problem } from './problem.ts'
import { frontClaims, type ParsedSection } from './section.ts'
import { distance } from './typos.ts'

/**
 * Returns the commands with their slash that links lead to, by the targets of the links. A file with problems is a target
 * as well. Pure.
 */
export function linesOf(
  files: readonly SourceFile[],
  sections: readonly ParsedSection[],
  builtin: BuiltinNames,
  renamed: GivenNames['commands'],
): Map<string, string> {
  const lines = new Map<string, string>()
  const add = (target: string, own: string) => {
    if (renamed[own] !== false) lines.set(`/${target}`, `/${renamed[own] ?? own}`)
  }
  for (const [alias, own] of builtin.aliases ?? []) add(alias, own)
  for (const own of builtin) add(own, own)
  for (const name of Object.values(renamed)) if (name) lines.set(`/${name}`, `/${name}`)
  for (const { path } of files) for (const target of pathsOf(path)) lines.set(target, '')
  for (const { file, claims } of sections) {
    const names = claims.filter(({ kind }) => kind === 'name').map(({ name }) => `/${name}`)
    // The first name is the command, and the others are its aliases.
    for (const target of [...pathsOf(file), ...names]) lines.set(target, names[0] ?? '')
  }
  return lines
}

/** Adds the drafts that are left out, so that links of other drafts to them stay. Their command may be unknown. */
export function addLeftOut(
  lines: Map<string, string>,
  sources: readonly SourceFile[],
  leftOut: readonly string[],
): void {
  if (leftOut.length === 0) return
  const targets = draftTargets(sources)
  const commands = new Map<string, string>()
  for (const [target, path] of targets) {
    // The first name is the command, and the others are its aliases.
    if (target.startsWith('/') && !commands.has(path)) commands.set(path, target)
  }
  for (const [target, path] of targets) {
    if (leftOut.includes(path) && !lines.has(target)) lines.set(target, commands.get(path) ?? '')
  }
}

/** Most broken links for which a similar target is looked for, because each is compared with all targets. */
const COMPARED = 50

/**
 * Finds the links that lead to no file and no command.
 *
 * @param sources all files of the folder, also those that no edition uses.
 * @param lines see {@link linesOf}.
 * @param areNamesKnown whether all commands are known, so that a link to an unknown command is a problem.
 */
export function brokenLinks(
  sections: readonly ParsedSection[],
  sources: readonly SourceFile[],
  lines: ReadonlyMap<string, string>,
  areNamesKnown: boolean,
): Problem[] {
  const broken = sections.flatMap(({ file, links }) =>
    links
      .filter(({ target }) => !lines.has(target) && (areNamesKnown || !target.startsWith('/')))
      .map(link => ({ file, link })),
  )
  if (broken.length === 0) return []
  const drafts = draftTargets(sources)
  const paths = sources.map(({ path }) => path)
  const unread = new Map(unreadFiles(paths, true).map(problem => [problem.file, problem]))
  const explain = ({ target, line }: LocalLink, targets: readonly string[]): Finding => {
    const what = `${target.startsWith('/') ? 'command' : 'file'} \`${target}\``
    const draft = drafts.get(target)
    const published = target.startsWith('/') ? target : publishedPath(target)
    if (published !== target && lines.has(published)) {
      const fix = `Write \`${inFolder(published)}\`.`
      return { line, message: `The ${what} is a draft, which readers do not see.`, fix }
    }
    if (draft) {
      const fix = `Publish \`${draft}\` by taking the \`_\` off its name, or take this link out.`
      return { line, message: `The ${what} is a draft, which readers do not see.`, fix }
    }
    const { message, fix } = unread.get(target) ?? {}
    if (message && fix) return { line, message: message.replace('This file', `The ${what}`), fix }
    const nearest = nearestOf(target, targets)
    return {
      line,
      message: `There is no ${what}.`,
      fix: nearest
        ? `Write \`${inFolder(nearest)}\`, if you mean that.`
        : 'Write the file of a section, or its command with a slash, or take this link out.',
    }
  }
  return broken.map(({ file, link }, index) => {
    const targets = index < COMPARED ? [...lines.keys()] : []
    const others = targets.filter(target => !pathsOf(file).includes(target))
    return { file, ...explain(link, others) }
  })
}

function inFolder(path: string): string {
  return path.replace('sections/', '')
}

/** The paths by which links name a file: for a draft, with `_` and without. */
function pathsOf(file: string): string[] {
  return [file, publishedPath(file)]
}

/** Returns the paths of drafts by the targets of links, with their commands. */
function draftTargets(sources: readonly SourceFile[]): Map<string, string> {
  const targets = new Map<string, string>()
  for (const { path, text = '' } of sources) {
    if (!isDraft(path) || !isTaken(path)) continue
    for (const target of pathsOf(path)) targets.set(target, path)
    const front = frontMatterOf(text)
    const claims = front.length > FRONT_LENGTH ? [] : frontClaims(path, front)
    for (const { kind, name } of claims) if (kind === 'name') targets.set(`/${name}`, path)
  }
  return targets
}

/** Longest name for which a similar one is looked for, in UTF-16 units. */
const MEASURED = 48

/** Returns the target that differs from `target` in at most a third of its letters, and least; undefined if none does. */
function nearestOf(target: string, targets: Iterable<string>): string | undefined {
  const nameOf = (path: string) =>
    path
      .replace(/^.*\/|\.md$/gi, '')
      .replace(/^_?(?:\d+-)?/, '')
      .toLowerCase()
  const name = nameOf(target)
  if (name.length > MEASURED) return undefined
  let best: { readonly each: string; readonly edits: number } | undefined
  for (const each of targets) {
    const other = nameOf(each)
    const isClose = Math.abs(other.length - name.length) <= name.length / 3
    if (each.startsWith('/') !== target.startsWith('/') || !isClose) continue
    const edits = distance(name, other)
    if (edits <= name.length / 3 && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) {
      best = { each, edits }
    }
  }
  return best?.each
}
