import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContentPicture } from '../picture.ts'
import {
  CACHE,
  type CachedEdition,
  cacheKey,
  parseCacheText,
  readCache,
  writeCache,
} from './cache.ts'
import type { Edition } from './edition.ts'
import { chooseFiles, isContentLike, isTaken, type SourceFile } from './files.ts'
import { frontMatterOf } from './front-matter.ts'
import {
  parseInWorker,
  type WorkerInput,
  type WorkerLimits,
  type WorkerResult,
} from './in-worker.ts'
import { addPictures, loadPictures } from './load-pictures.ts'
import type { BuiltinNames } from './names.ts'
import { isTimed } from './occurrences.ts'
import type { FileStates } from './picture-files.ts'
import { byPlace, type Problem } from './problem.ts'
import { withRelativeDates } from './relative-dates.ts'

/** Most bytes of a file. 64 KiB is a section of 25 pages. */
const FILE_BYTES = 64 * 1024

export type LoadResult = {
  readonly warnings: readonly Problem[]
  /** The states of the images that the sections name, before they were read; see `fileStates`. */
  readonly pictureStates: FileStates
} & (
  | { readonly edition: Edition; readonly digest: string; readonly problems?: never }
  | { readonly edition?: never; readonly digest?: never; readonly problems: readonly Problem[] }
)

export interface LoadOptions extends WorkerLimits {
  /** Whether each draft takes the place of its file, and whether the whole edition may be a draft. */
  readonly hasDrafts?: boolean
  /** The paths of drafts with problems, which the edition does without. */
  readonly leftOut?: readonly string[]
  /** The date that `{{today}}` means in the files. Without it, relative dates stay as they are typed. */
  readonly today?: Temporal.PlainDate
  /** IANA zone of events with times, if neither they nor the edition name one. */
  readonly timeZone?: string
  /** See `WorkerInput`. */
  readonly hasFeeds?: boolean
}

/**
 * Reads the content folder, and parses it in a worker with limits. Takes an edition of the same files
 * from the folder `cache` if it is there. Never throws: every failure is a problem.
 */
export async function loadEdition(
  directory: string,
  builtin: BuiltinNames,
  cache = CACHE,
  options: LoadOptions = {},
): Promise<LoadResult> {
  const { hasDrafts = false, leftOut = [], hasFeeds = false } = options
  const { today, timeZone = 'UTC', ...limits } = options
  const files: SourceFile[] = []
  const problems: Problem[] = []
  let isRelative = false
  try {
    const paths = await contentPaths(directory)
    const chosen = chooseFiles(
      paths.map(path => ({ path })),
      hasDrafts,
      leftOut,
    ).map(({ path }) => path)
    for (const path of paths) {
      const { text: written, problem } = isTaken(path) ? await readText(directory, path) : {}
      const dated = today && written !== undefined ? withRelativeDates(written, today) : undefined
      const text = dated?.text ?? written
      if (chosen.includes(path)) {
        const faults = dated?.problems.map(each => ({ file: path, ...each })) ?? []
        problems.push(...(problem ? [problem] : []), ...faults)
        isRelative ||= dated?.isRelative ?? false
      }
      // An unreadable file stays in the list, so that it is not also reported as missing. Links need only the names of a
      // draft that is left out, so an edit of its body keeps the cache.
      files.push({ path, text: chosen.includes(path) ? text : frontMatterOf(text ?? '') })
    }
  } catch (error) {
    const isSections = (error as NodeJS.ErrnoException).path === join(directory, 'sections')
    const fix = `Check the folder and its permissions${isSections ? '' : '; CONTENT_DIR names it'}.`
    const message = `The folder cannot be read (${reason(error)}).`
    const file = isSections ? 'sections' : ''
    return { problems: [{ file, line: 1, message, fix }], warnings: [], pictureStates: {} }
  }
  const aliases = [...(builtin.aliases ?? [])]
  const input = { files, builtin: [...builtin], aliases, hasDrafts, leftOut, hasFeeds }
  const parsed = await parseCached(input, problems.length === 0, cache, limits)
  const { pictures, problems: faults, states } = await loadPictures(directory, parsed.pictures)
  const found = [...problems, ...(parsed.problems ?? []), ...faults].sort(byPlace)
  const { warnings } = parsed
  if (parsed.problems || found.length > 0)
    return { problems: found, warnings, pictureStates: states }
  addPictures(parsed.edition, pictures)
  const { edition } = parsed
  return {
    warnings,
    pictureStates: states,
    digest: digestOf(parsed.digest, pictures),
    edition: {
      ...edition,
      ...(isRelative && today && { relativeTo: today.toString() }),
      events: edition.events.map(event =>
        isTimed(event) ? { ...event, zone: event.zone ?? edition.timezone ?? timeZone } : event,
      ),
    },
  }
}

type Parsed =
  | (CachedEdition & { readonly problems?: never })
  | Extract<WorkerResult, { readonly problems: unknown }>

/** Takes an edition of the same files from the cache, or parses it. `isWhole`: all files could be read. */
async function parseCached(
  input: WorkerInput,
  isWhole: boolean,
  cache: string,
  limits: WorkerLimits,
): Promise<Parsed> {
  const key = await cacheKey(input)
  const cached = isWhole && key ? await readCache(cache, key) : undefined
  if (cached) return cached
  const result = await parseInWorker(input, limits)
  if ('problems' in result) return result
  if (isWhole && key) await writeCache(cache, key, result.text)
  return parseCacheText(result.text)
}

/** Adds the images to the digest of the files. */
function digestOf(digest: string, pictures: ReadonlyMap<string, ContentPicture>): string {
  return pictures.size > 0 ? hash('sha256', `${digest}${JSON.stringify([...pictures])}`) : digest
}

/**
 * Lists the paths that look like a part of the content, sorted: files with their drafts, and folders that hold Markdown
 * files, with `/` at their end. Rejects if the content folder or `sections` cannot be read.
 */
export async function contentPaths(directory: string): Promise<string[]> {
  const top = await readdir(directory, { withFileTypes: true })
  const hasSections = top.some(({ name }) => name === 'sections')
  const sections = hasSections
    ? await readdir(join(directory, 'sections'), { withFileTypes: true })
    : []
  const paths: string[] = []
  for (const [parent, entries] of Object.entries({ '': top, 'sections/': sections })) {
    for (const entry of entries) {
      const path = `${parent}${entry.name}`
      const isFolder = entry.isDirectory() && !isTaken(path)
      if (path === 'sections' || !isContentLike(isFolder ? `${path}/` : path)) continue
      if (!isFolder) paths.push(path)
      else if ((await namesIn(join(directory, path))).some(name => isTaken(`sections/${name}`))) {
        paths.push(`${path}/`)
      }
    }
  }
  return paths.sort()
}

/** Lists the names in a folder; none if it cannot be read. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
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
    const encoding = otherEncoding(bytes)
    if (encoding) {
      const fix = 'Save the file as plain text with the encoding UTF-8.'
      return { problem: fault(1, `This is ${encoding}, not UTF-8 text.`, fix) }
    }
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

/** Returns the encoding of bytes in which every letter would be a problem; undefined for other bytes. */
function otherEncoding(bytes: Buffer): string | undefined {
  const isMarked = [0xfeff, 0xfffe].includes(bytes.length < 2 ? 0 : bytes.readUInt16BE())
  const zeros = bytes.reduce((count, byte) => count + Number(byte === 0), 0)
  // Every second byte of English in UTF-16 is zero; of other scripts, at least that of each blank and line end.
  if (isMarked || zeros > bytes.length / 16) return 'UTF-16 text'
  return zeros > 0 && !isUtf8(bytes) ? 'a file of another program' : undefined
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}
