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
  /** Folder of the briefing. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
  /** Told of another edition. */
  readonly onChange: () => void
}

/** What is answered from: the content as it was when it was last sound. */
export interface EditionSource {
  /** Reads it. Throws {@link ContentError}. */
  load(): Promise<void>
  /** Reads it and watches it from then on. Throws {@link ContentError}. */
  watch(): Promise<void>
  stop(): Promise<void>
  registry(): Registry
  /** How it is, for an operator. */
  part(): ComponentHealth
}

interface Sound {
  readonly registry: Registry
  readonly digest: string
}

interface Broken {
  readonly problems: readonly Problem[]
}

export function openEditions({
  directory,
  clock,
  log,
  onChange,
}: EditionSourceOptions): EditionSource {
  let current: Sound | undefined
  let part: ComponentHealth = { status: 'loading', ready: false }
  const stopping = new AbortController()

  /** Reads the content. After the first time, the registry is indexed before it is used. */
  async function read(): Promise<Sound | Broken> {
    const limits = { signal: stopping.signal }
    const loaded = await loadEdition(directory, reservedNames, undefined, limits)
    if (loaded.problems) return loaded
    if (current && loaded.digest === current.digest) return current
    const registry = createRegistry(loaded.edition)
    if (current) await registry.ready()
    return { registry, digest: loaded.digest }
  }

  function use(sound: Sound): void {
    current = sound
    part = { status: 'loaded', ready: true }
  }

  const watched = watchContent({
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
    const result = await watched.load()
    if ('problems' in result) throw new ContentError(result.problems, directory)
    use(result)
  }

  return {
    load,
    async watch() {
      await load()
      await current?.registry.ready()
      watched.start()
    },
    async stop() {
      stopping.abort()
      await watched.stop()
    },
    registry() {
      if (!current) throw new Error('The app has not loaded its content.')
      return current.registry
    },
    part: () => part,
  }
}
