import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Clock } from '../clock.ts'
import { isDraft, isTaken } from './files.ts'
import { contentPaths, type LoadResult } from './load.ts'
import { type FileStates, fileStates } from './picture-files.ts'

/**
 * Time between polls of the folder, in milliseconds. An edit is loaded once two polls see the same
 * files.
 */
const INTERVAL_MS = 400

/** A Git lock older than this, in milliseconds, was left by a crash and is ignored. */
const GIT_LOCK_MS = 60_000

export interface WatchOptions<T> {
  readonly directory: string
  readonly clock: Pick<Clock, 'now'>
  /** Whether the folder's drafts are read as well. */
  readonly hasDrafts?: boolean | undefined
  readonly load: () => Promise<T>
  /** Returns the states of the images that the last load has read, or has not found, from before it. */
  readonly pictureStates?: () => FileStates
  /** Whether the last load is out of date although the files are the same, as relative dates are after midnight. */
  readonly isOutdated?: () => boolean
  /** Called with the result of each load after a change. */
  readonly onChange: (result: T) => void
}

export interface ContentWatch<T = LoadResult> {
  /** Loads the folder. Later polls compare with this state. */
  load(): Promise<T>
  /** Loads the folder if it differs from the last load or that is out of date, and is the same as in the last poll. */
  poll(): Promise<void>
  /** Polls repeatedly. The timer does not keep the process alive. */
  start(): void
  /** Stops the polling, and waits for a poll in progress. */
  stop(): Promise<void>
}

/**
 * Watches the content folder by modification times, because file events get lost on mounts.
 * Invariant: the files stay the same from one poll before a load until after it, and no Git command
 * rewrites the folder meanwhile. So a half-written file is never loaded.
 */
export function watchContent<T>(options: WatchOptions<T>): ContentWatch<T> {
  const { directory, clock, onChange, hasDrafts, isOutdated = () => false } = options
  const { pictureStates = () => ({}) } = options
  let pictures: FileStates = {}
  let loaded: string | undefined
  let previous: string | undefined
  let timer: NodeJS.Timeout | undefined
  let polling = Promise.resolve()

  async function load(): Promise<T> {
    // The fingerprint precedes the load, so that a change during the load is loaded again.
    const files = await fingerprint(directory, hasDrafts)
    const result = await options.load()
    remember(files)
    return result
  }

  /** Remembers the files of the last load. The states of its images are from before it as well. */
  function remember(files: string): void {
    pictures = pictureStates()
    loaded = JSON.stringify([files, pictures])
    previous = loaded
  }

  async function poll(): Promise<void> {
    const files = await fingerprint(directory, hasDrafts)
    const seen = JSON.stringify([files, await fileStates(directory, Object.keys(pictures))])
    const isStable = seen === previous
    previous = seen
    if ((seen === loaded && !isOutdated()) || !isStable) return
    if (await gitIsWriting(directory, clock)) return
    const result = await options.load()
    if ((await fingerprint(directory, hasDrafts)) !== files) return
    remember(files)
    onChange(result)
  }

  function start(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      polling = poll().then(() => {
        if (timer) start()
      })
    }, INTERVAL_MS).unref()
  }

  async function stop(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    await polling
  }

  return { load, poll, start, stop }
}

/**
 * Returns a text that changes whenever a file of the edition is written, replaced, added or removed. Files that are not
 * read do not change it.
 */
async function fingerprint(directory: string, hasDrafts?: boolean): Promise<string> {
  try {
    const paths = (await contentPaths(directory)).filter(
      path => isTaken(path) && (hasDrafts || !isDraft(path)),
    )
    const facts = await Promise.all(
      paths.map(async path => {
        const { mtimeMs, size, ino } = await stat(join(directory, path))
        return `${path} ${mtimeMs} ${size} ${ino}`
      }),
    )
    return facts.join('\n')
  } catch (error) {
    // A file was removed after the listing, or is unreadable. Each error code counts as a state.
    return `unreadable ${(error as NodeJS.ErrnoException).code}`
  }
}

/**
 * Whether a Git command is rewriting the folder: Git keeps `index.lock` from before the first file
 * until after the last.
 */
async function gitIsWriting(directory: string, clock: Pick<Clock, 'now'>): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(join(await gitFolder(await realpath(directory)), 'index.lock'))
    return Math.abs(clock.now().epochMilliseconds - mtimeMs) < GIT_LOCK_MS
  } catch {
    // There is no repository, or no lock in it.
    return false
  }
}

/**
 * Finds the Git folder of the repository around `folder`, also in a linked worktree. Rejects if
 * there is none.
 */
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
