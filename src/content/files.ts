import type { Problem } from './problem.ts'

/** A file of the content folder: its path below the folder, with `/`, and its text. */
export interface SourceFile {
  readonly path: string
  /** Absent if the edition uses the file but it could not be read. The caller then reports the problem. */
  readonly text?: string | undefined
}

/** Whether a path is that of a draft: its name begins with `_`. Pure. */
export function isDraft(path: string): boolean {
  return /(?:^|\/)_[^/]*\/?$/.test(path)
}

/** The path that a draft has once it is published. Pure. */
export function publishedPath(path: string): string {
  return path.replace(/(^|\/)_(?=[^/]*\/?$)/, '$1')
}

/** The path of a draft of a file. Pure. */
export function draftPath(path: string): string {
  return path.replace(/[^/]*$/, name => `_${name}`)
}

/** Whether an edition is made of files with this path. Pure. */
export function isTaken(path: string): boolean {
  return /^(?:_?(?:edition|events|exercises)\.yaml|sections\/[^/]+\.md)$/.test(path)
}

/**
 * Picks the files of an edition: without the drafts, or with each draft in the place of its file. Pure.
 *
 * @param leftOut the paths of drafts with problems, which the edition does without.
 */
export function chooseFiles<T extends { readonly path: string }>(
  files: readonly T[],
  hasDrafts: boolean,
  leftOut: readonly string[] = [],
): T[] {
  const taken = files.filter(
    ({ path }) => isTaken(path) && (!isDraft(path) || (hasDrafts && !leftOut.includes(path))),
  )
  const replaced = new Set(
    taken
      .map(({ path }) => path)
      .filter(isDraft)
      .map(publishedPath),
  )
  return taken.filter(({ path }) => isDraft(path) || !replaced.has(path))
}

/** Picks the files of sections, in the order of the sections. */
export function sectionFilesOf<T extends { readonly path: string }>(files: readonly T[]): T[] {
  return files
    .filter(({ path }) => path.startsWith('sections/'))
    .sort((a, b) => numberOf(a.path) - numberOf(b.path) || (a.path < b.path ? -1 : 1))
}

/**
 * The number that a file name begins with, which orders the sections; infinity if there is none.
 */
function numberOf(path: string): number {
  return Number(/^sections\/_?(\d+)/.exec(path)?.[1] ?? Number.POSITIVE_INFINITY)
}

/** Reports a file of a section whose name has no number. Pure. */
export function checkFileName({ path }: SourceFile): Problem[] {
  if (/^sections\/_?\d+-[^/]+\.md$/.test(path)) return []
  const message = 'The name of this file does not say where the section stands.'
  const fix = 'Start it with a number and a hyphen, such as 03-partnerships.md.'
  return [{ file: path, line: 1, message, fix }]
}

/** Warns of a file of a section with the number of the file before it. Pure. */
export function equalNumbers(sections: readonly SourceFile[]): Problem[] {
  return sections.flatMap(({ path }, index): Problem[] => {
    const { path: before = '' } = sections[index - 1] ?? {}
    const number = numberOf(path)
    if (!Number.isFinite(number) || number !== numberOf(before)) return []
    const name = before.replace('sections/', '')
    const message = `\`${name}\` has the same number ${number}, so it stands first by its name alone.`
    const fix = 'Give one of them another number.'
    return [{ file: path, line: 1, message, fix, isWarning: true }]
  })
}

/** Names of text files, with the part before their ending. */
const TEXT = /^(?<base>.+?)(?:\.md)?\.(?:md|markdown|mdown|mkdn?|mdx|txt|text)$/i

/** Names of images, which sections show. */
export const IMAGE_NAME = /\.(?:png|jpe?g|webp|gif|svg|avif|heic|bmp|tiff?)$/i

/** Files of editor programs, and the copies that they make. */
const OF_EDITOR = /^\.|(?:~|\.(?:bak|orig|old|rej|swp|tmp))$/i

/**
 * Whether an entry of the content folder, or of its folder `sections`, looks like a part of the content. The path of a
 * folder ends in `/`. Pure.
 */
export function isContentLike(path: string): boolean {
  const [name = '', parent] = path.replace(/\/$/, '').split('/').reverse()
  if (OF_EDITOR.test(name) || IMAGE_NAME.test(name)) return false
  if (path.endsWith('/')) return parent !== undefined || /^sections?$/i.test(name)
  if (parent !== undefined) return /^_?\d+-/.test(name) || TEXT.test(name)
  return /^_?(?:(?:edition|events|exercises)\.ya?ml|\d+-.*\.(?:md|markdown))$/i.test(name)
}

/**
 * Warns of files and folders that look like a part of the content, although no edition is made of them. Pure.
 *
 * @param paths the paths that {@link isContentLike} accepts.
 * @param hasDrafts whether drafts are read as well.
 */
export function unreadFiles(paths: readonly string[], hasDrafts: boolean): Problem[] {
  const hasFolder = paths.some(each => each.startsWith('sections/'))
  const next = 1 + Math.max(0, ...paths.map(numberOf).filter(Number.isFinite))
  return paths
    .filter(path => !isTaken(path) && (hasDrafts || !isDraft(path)))
    .map(path => {
      const what = path.endsWith('/') ? 'folder' : 'file'
      const proper = properPath(path, next)
      const name = proper === 'sections' && hasFolder ? undefined : proper
      const isThere = name !== undefined && paths.includes(name)
      return {
        file: path,
        line: 1,
        message: `This ${what} is not read, because ${reasonOf(path)}.`,
        fix: isThere ? `Take it away, because there is a file \`${name}\`.` : fixOf(path, name),
        isWarning: true,
      }
    })
}

function reasonOf(path: string): string {
  if (isYaml(path)) return `its name is not \`${properPath(path)}\``
  const isNamed = path.startsWith('sections/') && !path.endsWith('/')
  return isNamed ? 'its name does not end in `.md`' : 'sections are files in the folder `sections`'
}

function fixOf(path: string, name: string | undefined): string {
  if (name === undefined) return 'Move its files to `sections/`, or take it away.'
  const isText = isYaml(path) || path.endsWith('/') || TEXT.test(path) || !/\.\w+$/.test(path)
  return isText ? `Rename it to \`${name}\`.` : `Save it as plain text, as \`${name}\`.`
}

function isYaml(path: string): boolean {
  return /^[^/]+\.ya?ml$/i.test(path)
}

/** Returns the path under which a file or folder is read; undefined for a folder below `sections`. */
function properPath(path: string, next = 1): string | undefined {
  if (isYaml(path)) return path.toLowerCase().replace(/\.ya?ml$/, '.yaml')
  if (path.endsWith('/')) return path.startsWith('sections/') ? undefined : 'sections'
  const file = path.replace('sections/', '')
  const base = TEXT.exec(file)?.groups?.base ?? file.replace(/\.\w+$/, '')
  const [, mark = '', number, rest = ''] = /^(_?)(?:(\d+)-)?(.*)$/s.exec(base) ?? []
  return `sections/${mark}${number ?? String(next).padStart(2, '0')}-${rest || 'section'}.md`
}
