import { isUtf8 } from 'node:buffer'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CACHE,
  cacheKey,
  type LoadedEdition,
  parseCacheText,
  readCache,
  writeCache,
} from './cache.ts'
import { parseInWorker, type WorkerLimits } from './in-worker.ts'
import { isDraft, publishedPath, type SourceFile } from './parse.ts'
import { byPlace, type Problem } from './problem.ts'

/** Most bytes of a file. 64 KiB is a section of 25 pages. */
const FILE_BYTES = 64 * 1024

export type LoadResult =
  | (LoadedEdition & { readonly problems?: never })
  | (Partial<Record<keyof LoadedEdition, never>> & { readonly problems: readonly Problem[] })

/**
 * Reads the content folder, and parses it in a worker with limits. Takes an edition of the same files
 * from the folder `cache` if it is there. Never throws: every failure is a problem.
 */
export async function loadEdition(
  directory: string,
  reserved: ReadonlySet<string>,
  cache = CACHE,
  { hasDrafts = false, ...limits }: WorkerLimits & { readonly hasDrafts?: boolean } = {},
): Promise<LoadResult> {
  const files: SourceFile[] = []
  const problems: Problem[] = []
  try {
    for (const path of await contentPaths(directory, hasDrafts)) {
      const { text, problem } = await readText(directory, path)
      if (problem) problems.push(problem)
      // The path of an unreadable file stays in the list, so that it is not reported as missing as
      // well.
      files.push({ path, text })
    }
  } catch (error) {
    const fix = 'Check the folder and its permissions; CONTENT_DIR names it.'
    const message = `The folder cannot be read (${reason(error)}).`
    return { problems: [{ file: '', line: 1, message, fix }] }
  }
  const input = { files, reserved: [...reserved], hasDrafts }
  const key = await cacheKey(input)
  const cached = problems.length === 0 && key && (await readCache(cache, key))
  if (cached) return cached
  const result = await parseInWorker(input, limits)
  if ('problems' in result || problems.length > 0) {
    const found = 'problems' in result ? result.problems : []
    return { problems: [...problems, ...found].sort(byPlace) }
  }
  if (key) await writeCache(cache, key, result.text)
  return parseCacheText(result.text)
}

/**
 * Lists the files of the content, sorted: the two YAML files and `sections/*.md`. With drafts, whose names
 * begin with `_`, the draft of a file takes its place. Rejects if a folder cannot be read.
 */
export async function contentPaths(directory: string, hasDrafts = false): Promise<string[]> {
  const top = await readdir(directory)
  const sections = top.includes('sections') ? await readdir(join(directory, 'sections')) : []
  const isListed = (name: string) => !name.startsWith('.') && (hasDrafts || !isDraft(name))
  const paths = [
    ...top.filter(name => isListed(name) && /^_?(?:edition|exercises)\.yaml$/.test(name)),
    ...sections
      // A dot in front marks a file of an editor program.
      .filter(name => name.endsWith('.md') && isListed(name))
      .map(name => `sections/${name}`),
  ]
  const drafts = new Set(paths.filter(isDraft).map(publishedPath))
  return paths.filter(path => isDraft(path) || !drafts.has(path)).sort()
}

/** Reads a file as UTF-8: its text or a problem; both if only a part could be decoded. */
async function readText(
  directory: string,
  file: string,
): Promise<{ text?: string; problem?: Problem }> {
  const fault = (line: number, message: string, fix: string) => ({ file, line, message, fix })
  try {
    const path = join(directory, file)
    const facts = await stat(path)
    const { size } = facts
    // A read of a pipe would wait for ever.
    if (!facts.isFile()) return { problem: fault(1, 'This is not a file.', 'Take it away.') }
    if (size > FILE_BYTES) {
      const message = `The file has ${size} bytes; ${FILE_BYTES} is the most.`
      return { problem: fault(1, message, 'Split it up.') }
    }
    const bytes = await readFile(path)
    const text = new TextDecoder().decode(bytes)
    if (isUtf8(bytes)) return { text }
    const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length
    const message = 'There are bytes here that are not UTF-8 text.'
    return { text, problem: fault(line, message, 'Save the file with the encoding UTF-8.') }
  } catch (error) {
    const message = `The file cannot be read (${reason(error)}).`
    return { problem: fault(1, message, 'Check that it is a file, and its permissions.') }
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}
