import { createHash, hash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { yieldToEventLoop } from '../async/yield.ts'
import type { Edition, Section } from './edition.ts'
import type { WorkerInput } from './in-worker.ts'
import type { PictureUse } from './picture-paths.ts'
import type { Problem } from './problem.ts'

/**
 * The folder of the cache. It lies beside the packages, like the compile cache, so other users
 * cannot write it.
 */
export const CACHE = join(import.meta.dirname, '../../node_modules/.cache/sitrep/editions')

/** Editions in the cache: the current one, and earlier ones that an editor may return to. */
const CACHED_EDITIONS = 5

/** An edition with its warnings and the images that it names, and the SHA-256 of its text. */
export interface CachedEdition {
  readonly edition: Edition
  readonly warnings: readonly Problem[]
  readonly pictures: readonly PictureUse[]
  readonly digest: string
}

/**
 * Formats an edition as JSON with a line for the warnings and images, and for each section, so that
 * {@link parseCacheText} can read it in steps.
 */
export function toCacheText(
  { sections, ...rest }: Edition,
  warnings: readonly Problem[] = [],
  pictures: readonly PictureUse[] = [],
): string {
  const first = JSON.stringify({ warnings, pictures }).slice(0, -'}'.length)
  const head = JSON.stringify({ ...rest, sections: [] }).slice(0, -']}'.length)
  const lines = sections.map(section => JSON.stringify(section)).join(',\n')
  return [`${first},"edition":`, head, lines, END].join('\n')
}

const END = ']}}'

/**
 * Reads the output of {@link toCacheText}, and yields between sections. Rejects if the text is
 * damaged.
 */
export async function parseCacheText(text: string): Promise<CachedEdition> {
  const [first = '', head = '', ...lines] = text.split('\n')
  if (lines.pop() !== END) throw new Error('The text of this edition has no end.')
  const sections: Section[] = []
  for (const line of lines) {
    // An edition without a readable section has an empty line.
    if (line === '') continue
    sections.push(JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line))
    await yieldToEventLoop()
  }
  return {
    edition: { ...JSON.parse(`${head}]}`), sections },
    ...JSON.parse(first.replace(/,"edition":$/, '}')),
    digest: hash('sha256', text.slice(first.length)),
  }
}

/**
 * Reads the edition that the same code parsed from the same files; undefined if it is not in the
 * cache.
 */
export async function readCache(folder: string, key: string): Promise<CachedEdition | undefined> {
  try {
    return await parseCacheText(await readFile(join(folder, `${key}.json`), 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * Stores the cache text of an edition. A failure is ignored, because it only makes the next start
 * slower.
 */
export async function writeCache(folder: string, key: string, text: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    // A rename is atomic, so another process never reads half a file.
    const path = join(folder, `${key}.json`)
    const draft = `${path}.${process.pid}`
    await writeFile(draft, text)
    await rename(draft, path)
    await prune(folder)
  } catch {
    // The next start parses the files again.
  }
}

async function prune(folder: string): Promise<void> {
  const paths = (await readdir(folder)).map(name => join(folder, name))
  const files = await Promise.all(
    paths.map(async path => ({ path, at: (await stat(path)).mtimeMs })),
  )
  const old = files.sort((a, b) => b.at - a.at).slice(CACHED_EDITIONS)
  await Promise.all(old.map(({ path }) => rm(path, { force: true })))
}

/**
 * Hashes everything that an edition depends on: the input of the parser, and its code. Undefined if the
 * code cannot be read.
 */
export async function cacheKey(input: WorkerInput): Promise<string | undefined> {
  const hash = createHash('sha256').update(process.version)
  try {
    const code = (await readdir(import.meta.dirname)).sort()
    const packages = join(import.meta.dirname, '../../package-lock.json')
    for (const path of [...code.map(name => join(import.meta.dirname, name)), packages]) {
      hash.update(await readFile(path))
    }
  } catch {
    return undefined
  }
  return hash.update(JSON.stringify(input)).digest('hex')
}
