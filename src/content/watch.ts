import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Clock } from '../clock.ts'
import { contentPaths, type LoadResult } from './load.ts'

/** How often the folder is looked at, in milliseconds: an edit is read after two quiet looks. */
const INTERVAL_MS = 400

/** A Git lock older than this, in milliseconds, was left behind by a crash and is passed over. */
const GIT_LOCK_MS = 60_000

export interface WatchOptions<T> {
  readonly directory: string
  readonly clock: Pick<Clock, 'now'>
  readonly load: () => Promise<T>
  /** Called with what a change that has settled leads to: an edition or problems. */
  readonly onChange: (result: T) => void
}

export interface ContentWatch<T = LoadResult> {
  /** Loads what is there now. Later looks find what has changed since. */
  load(): Promise<T>
  /** Looks once, and loads a change that has stood still since the last look. */
  poll(): Promise<void>
  /** Polls again and again, without keeping the process alive for it. */
  start(): void
  /** Ends the polling and waits for a look that is under way. */
  stop(): Promise<void>
}

/**
 * Watches the content folder by modification times, because file events get lost on mounts.
 * Invariant: what a change loads stood still from one look before the load until after it, and no
 * Git command was rewriting the folder, so that a half-written file is never taken for an edit.
 */
export function watchContent<T>(options: WatchOptions<T>): ContentWatch<T> {
  const { directory, clock, onChange } = options
  let loaded: string | undefined
  let previous: string | undefined
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()

  async function load(): Promise<T> {
    // Taken before the load: what changes meanwhile differs from it and is loaded again.
    loaded = await fingerprint(directory)
    previous = loaded
    return options.load()
  }

  async function poll(): Promise<void> {
    const seen = await fingerprint(directory)
    const settled = seen === previous
    previous = seen
    if (seen === loaded || !settled || (await gitIsWriting(directory, clock))) return
    const result = await options.load()
    if ((await fingerprint(directory)) !== seen) return
    loaded = seen
    onChange(result)
  }

  function start(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      looking = poll().then(() => {
        if (timer) start()
      })
    }, INTERVAL_MS).unref()
  }

  async function stop(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    await looking
  }

  return { load, poll, start, stop }
}

/** Changes whenever a file is written, replaced, added or removed. */
async function fingerprint(directory: string): Promise<string> {
  try {
    const paths = await contentPaths(directory)
    const facts = await Promise.all(
      paths.map(async path => {
        const { mtimeMs, size, ino } = await stat(join(directory, path))
        return `${path} ${mtimeMs} ${size} ${ino}`
      }),
    )
    return facts.join('\n')
  } catch (error) {
    // Gone between listing and looking, or unreadable: a state of its own, told apart by its code.
    return `unreadable ${(error as NodeJS.ErrnoException).code}`
  }
}

/** Git holds `index.lock` from before it touches the first file until after the last. */
async function gitIsWriting(directory: string, clock: Pick<Clock, 'now'>): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(join(await gitFolder(await realpath(directory)), 'index.lock'))
    return Math.abs(clock.now().epochMilliseconds - mtimeMs) < GIT_LOCK_MS
  } catch {
    // No repository, or no lock in it.
    return false
  }
}

/** The `.git` of the repository around `folder`, or where a linked worktree keeps its own. */
async function gitFolder(folder: string): Promise<string> {
  const git = join(folder, '.git')
  try {
    if ((await stat(git)).isDirectory()) return git
    return resolve(folder, (await readFile(git, 'utf8')).replace(/^gitdir:/, '').trim())
  } catch (error) {
    if (dirname(folder) === folder) throw error
    return gitFolder(dirname(folder))
  }
}
