import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { parentPort } from 'node:worker_threads'
import type { WorkerInput, WorkerResult } from '../content/in-worker.ts'

// The compile cache of main.ts covers its own thread alone. Large modules are imported after this line.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/sitrep'))
const { toCacheText } = await import('../content/cache.ts')
const { chooseFiles, publishedPath } = await import('../content/files.ts')
const { parseEdition } = await import('../content/parse.ts')
const { limitPerFile } = await import('../content/problem.ts')

/**
 * UTF-16 units of a file up to which no step after parsing takes long. The slowest known step, rendering of code
 * spans, takes 0.2 s.
 */
const SHORT = 16_384

// An error ends the worker; the main thread reports it.
parentPort?.on('message', async (input: WorkerInput) => {
  parentPort?.postMessage(await work(input))
})

async function work({
  files: all,
  builtin,
  aliases,
  hasDrafts,
  leftOut,
  hasFeeds,
}: WorkerInput): Promise<WorkerResult> {
  const names = Object.assign(new Set(builtin), { aliases: new Map(aliases) })
  const { edition, warnings, pictures, problems } = parseEdition(
    all,
    names,
    onFile,
    hasDrafts,
    leftOut,
    hasFeeds,
  )
  if (problems) return { problems, warnings, pictures }
  const files = chooseFiles(all, hasDrafts, leftOut)
  const sizes = new Map(files.map(({ path, text = '' }) => [path, text.length]))
  const isLarge = (path: string) => (sizes.get(path) ?? 0) > SHORT
  const head = files.find(({ path }) => publishedPath(path) === 'edition.yaml')?.path ?? ''
  // The answers to /briefing and /about depend on all files.
  sizes.set(
    head,
    [...sizes.values()].reduce((sum, size) => sum + size),
  )
  if (![...sizes.keys()].some(isLarge)) return { text: toCacheText(edition, warnings, pictures) }
  const { dryRun } = await import('./dry-run.ts')
  const found = await dryRun(edition, files, isLarge, onFile)
  return found.length > 0
    ? { problems: limitPerFile(found), warnings, pictures }
    : { text: toCacheText(edition, warnings, pictures) }
}

function onFile(path: string): void {
  const { user, system } = process.threadCpuUsage()
  parentPort?.postMessage({ at: path, cpu: user + system })
}
