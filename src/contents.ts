import { isDeepStrictEqual } from 'node:util'
import type { Clock } from './clock.ts'
import { reservedNames } from './commands/builtin.ts'
import type { Registry } from './commands/command.ts'
import { createRegistry } from './commands/registry.ts'
import type { Edition } from './content/edition.ts'
import { loadEdition } from './content/load.ts'
import { ContentError } from './content/problem.ts'
import { watchContent } from './content/watch.ts'
import type { Log } from './log.ts'
import type { Part } from './server/health.ts'
import { texts } from './texts.ts'

export interface ContentsOptions {
  /** Folder of the briefing. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
  /** Told of another edition. */
  readonly onChange: () => void
}

/** What is answered from: the content as it was when it was last sound. */
export interface Contents {
  /** Reads it. Throws {@link ContentError}. */
  load(): Promise<void>
  /** Reads it and watches it from then on. Throws {@link ContentError}. */
  watch(): Promise<void>
  stop(): Promise<void>
  registry(): Registry
  /** How it is, for an operator. */
  part(): Part
}

export function openContents({ directory, clock, log, onChange }: ContentsOptions): Contents {
  let current: Registry | undefined
  let part: Part = { status: 'loading', ready: false }

  function use(edition: Edition): void {
    current = createRegistry(edition)
    part = { status: 'loaded', ready: true }
  }

  const watched = watchContent({
    directory,
    clock,
    load: () => loadEdition(directory, reservedNames),
    onChange: ({ edition, problems }) => {
      if (problems) {
        const text = texts.contentBroken(new ContentError(problems, directory).message)
        part = { status: 'stale', reason: text, ready: true }
        log.error({ event: 'content.broken', problems: problems.length }, text)
      } else if (!isDeepStrictEqual(edition, current?.edition)) {
        use(edition)
        log.info({ event: 'content.changed' }, texts.contentChanged)
        onChange()
      } else part = { status: 'loaded', ready: true }
    },
  })

  async function load(): Promise<void> {
    const { edition, problems } = await watched.load()
    if (problems) throw new ContentError(problems, directory)
    use(edition)
  }

  return {
    load,
    async watch() {
      await load()
      watched.start()
    },
    stop: watched.stop,
    registry() {
      if (!current) throw new Error('The app has not loaded its content.')
      return current
    },
    part: () => part,
  }
}
