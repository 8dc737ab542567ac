import { createHash, hash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { yieldToEventLoop } from '../async/yield.ts'
import type { Edition, Section } from './edition.ts'

/** Beside the packages, as the compile cache is: not where others can write. */
export const CACHE = join(import.meta.dirname, '../../node_modules/.cache/sitrep/editions')

/** Editions kept: the present one, and what is gone back to. */
const KEPT = 5

/** An edition with the hash of its content. */
export interface Loaded {
  readonly edition: Edition
  readonly digest: string
}

/** An edition as JSON with a line for each section, so that {@link readWritten} can read it in steps. */
export function written({ sections, ...rest }: Edition): string {
  const head = JSON.stringify({ ...rest, sections: [] }).slice(0, -']}'.length)
  return [head, sections.map(section => JSON.stringify(section)).join(',\n'), ']}'].join('\n')
}

/** Reads the output of {@link written}, and yields between sections. Rejects if it is damaged. */
export async function readWritten(text: string): Promise<Loaded> {
  const [head = '', ...lines] = text.split('\n')
  if (lines.pop() !== ']}') throw new Error('The text of this edition has no end.')
  const sections: Section[] = []
  for (const line of lines) {
    sections.push(JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line))
    await yieldToEventLoop()
  }
  return { edition: { ...JSON.parse(`${head}]}`), sections }, digest: hash('sha256', text) }
}

/** The edition that was made of the same files by the same code, where it is still known. */
export async function recall(folder: string, key: string): Promise<Loaded | undefined> {
  try {
    return await readWritten(await readFile(join(folder, `${key}.json`), 'utf8'))
  } catch {
    return undefined
  }
}

/** Stores a written edition. A failure is ignored, because it only makes the next start slower. */
export async function remember(folder: string, key: string, text: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    // Whole or not at all: another process may be reading.
    const path = join(folder, `${key}.json`)
    const draft = `${path}.${process.pid}`
    await writeFile(draft, text)
    await rename(draft, path)
    await prune(folder)
  } catch {
    // See above.
  }
}

async function prune(folder: string): Promise<void> {
  const paths = (await readdir(folder)).map(name => join(folder, name))
  const files = await Promise.all(
    paths.map(async path => ({ path, at: (await stat(path)).mtimeMs })),
  )
  const old = files.sort((a, b) => b.at - a.at).slice(KEPT)
  await Promise.all(old.map(({ path }) => rm(path, { force: true })))
}

/**
 * Of everything that an edition depends on: the files, the names that are taken, and the code that
 * reads them. Nothing where that cannot be told.
 */
export async function keyOf(
  files: readonly { readonly path: string; readonly text?: string | undefined }[],
  reserved: ReadonlySet<string>,
): Promise<string | undefined> {
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
  return hash.update(JSON.stringify([files, [...reserved]])).digest('hex')
}
