import type { Clock } from '../clock.ts'
import { reservedNames } from '../commands/builtin.ts'
import type { Registry } from '../commands/command.ts'
import { createRegistry } from '../commands/registry.ts'
import { loadEdition } from '../content/load.ts'
import { ContentError, type Problem } from '../content/problem.ts'
import { watchContent } from '../content/watch.ts'
import type { Log } from '../log.ts'
import type { ComponentHealth } from '../server/health.ts'
import { texts } from '../texts.ts'

export interface EditionSourceOptions {
  /** Folder of the content. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
  /** Called when a changed edition is in use. */
  readonly onChange: () => void
}

/** Loads the content, watches it, and keeps the last valid edition. */
export interface EditionSource {
  /** Reads the content. Throws {@link ContentError}. */
  load(): Promise<void>
  /** Reads the content, and then watches it until `stop` is called. Throws {@link ContentError}. */
  watch(): Promise<void>
  stop(): Promise<void>
  /** Returns the commands of the last valid edition. Throws if no edition is loaded. */
  registry(): Registry
  /** Returns the state of the content, for operators. */
  part(): ComponentHealth
}

/** A valid edition. `digest` identifies its content. */
interface LoadedEdition {
  readonly registry: Registry
  readonly digest: string
}

interface BrokenContent {
  readonly problems: readonly Problem[]
}

export function openEditions({
  directory,
  clock,
  log,
  onChange,
}: EditionSourceOptions): EditionSource {
  let current: LoadedEdition | undefined
  let part: ComponentHealth = { status: 'loading', ready: false }
  const stopping = new AbortController()

  /** Reads the content. Indexes the registry of a changed edition before it is used. */
  async function read(): Promise<LoadedEdition | BrokenContent> {
    const limits = { signal: stopping.signal }
    const loaded = await loadEdition(directory, reservedNames, undefined, limits)
    if (loaded.problems) return loaded
    if (current && loaded.digest === current.digest) return current
    const registry = createRegistry(loaded.edition)
    if (current) await registry.ready()
    return { registry, digest: loaded.digest }
  }

  function use(edition: LoadedEdition): void {
    current = edition
    part = { status: 'loaded', ready: true }
  }

  const watcher = watchContent({
    directory,
    clock,
    load: read,
    onChange(result) {
      if (stopping.signal.aborted) return
      if ('problems' in result) {
        const text = texts.contentBroken(new ContentError(result.problems, directory).message)
        part = { status: 'stale', reason: text, ready: true }
        log.error({ event: 'content.broken', problems: result.problems.length }, text)
      } else if (result !== current) {
        use(result)
        log.info({ event: 'content.changed' }, texts.contentChanged)
        onChange()
      } else use(result)
    },
  })

  async function load(): Promise<void> {
    const result = await watcher.load()
    if ('problems' in result) throw new ContentError(result.problems, directory)
    use(result)
  }

  return {
    load,
    async watch() {
      await load()
      await current?.registry.ready()
      watcher.start()
    },
    async stop() {
      stopping.abort()
      await watcher.stop()
    },
    registry() {
      if (!current) throw new Error('The app has not loaded its content.')
      return current.registry
    },
    part: () => part,
  }
}
