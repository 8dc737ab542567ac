import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Clock } from '../clock.ts'
import { contentPaths } from './load.ts'
import type { ParseResult } from './parse.ts'

/** How often the folder is looked at, in milliseconds: an edit is read after two quiet looks. */
const INTERVAL_MS = 400

/** A Git lock older than this, in milliseconds, was left behind by a crash and is passed over. */
const GIT_LOCK_MS = 60_000

export interface WatchOptions {
  readonly directory: string
  readonly clock: Clock
  readonly load: () => Promise<ParseResult>
  /** Called with what the first look and each settled change lead to: an edition or problems. */
  readonly onLoad: (result: ParseResult) => void
}

export interface ContentWatch {
  /** Looks once. The first look loads at once; a later one only what has stood still since. */
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
export function watchContent({ directory, clock, load, onLoad }: WatchOptions): ContentWatch {
  let loaded: string | undefined
  let previous: string | undefined
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()

  async function poll(): Promise<void> {
    const seen = await fingerprint(directory)
    const settled = seen === previous
    const first = loaded === undefined
    previous = seen
    if (seen === loaded) return
    if (!first && (!settled || (await gitIsWriting(directory, clock)))) return
    const result = await load()
    if (!first && (await fingerprint(directory)) !== seen) return
    loaded = seen
    onLoad(result)
  }

  function start(): void {
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

  return { poll, start, stop }
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
async function gitIsWriting(directory: string, clock: Clock): Promise<boolean> {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    try {
      const { mtimeMs } = await stat(join(folder, '.git', 'index.lock'))
      return clock.now().epochMilliseconds - mtimeMs < GIT_LOCK_MS
    } catch {
      if (dirname(folder) === folder) return false
    }
  }
}
