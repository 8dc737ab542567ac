import { isDeepStrictEqual } from 'node:util'
import { type Clock, systemClock, today } from './clock.ts'
import { answer } from './commands/answer.ts'
import { reservedNames } from './commands/builtin.ts'
import type { Registry } from './commands/command.ts'
import { createRegistry, suggestions } from './commands/registry.ts'
import type { Config } from './config.ts'
import type { Edition } from './content/edition.ts'
import { loadEdition } from './content/load.ts'
import { ContentError } from './content/problem.ts'
import { watchContent } from './content/watch.ts'
import type { Bot } from './platform.ts'
import type { WebPlatform } from './platforms/web/web.ts'
import { texts } from './texts.ts'

export interface App extends Bot {
  /** Reads the content. Throws {@link ContentError}. */
  load(): Promise<void>
  /** Reads the content and watches it from then on. Throws {@link ContentError}. */
  watch(): Promise<void>
  /** Watches the content and serves it. Throws {@link ContentError} and {@link PlatformError}. */
  start(): Promise<void>
  /** Ends what was started; may be called again. */
  stop(): Promise<void>
  /** Where the local chat is open, once it is started. */
  address(): string
  edition(): Edition
}

export interface Overrides {
  readonly clock?: Clock
  /** Told, in sentences, what became of an edit of the content while running. */
  readonly report?: (text: string) => void
}

/** The only wiring: every part is made here and handed to those that need it. */
export function createApp(
  { contentDir, timeZone, port }: Config,
  { clock = systemClock, report = () => {} }: Overrides = {},
): App {
  let current: Registry | undefined

  const watch = watchContent({
    directory: contentDir,
    clock,
    load: () => loadEdition(contentDir, reservedNames),
    onChange: ({ edition, problems }) => {
      if (problems) {
        report(texts.contentBroken(new ContentError(problems, contentDir).message))
      } else if (!isDeepStrictEqual(edition, current?.edition)) {
        current = createRegistry(edition)
        report(texts.contentChanged)
      }
    },
  })

  function registry(): Registry {
    if (!current) throw new Error('The app has not loaded its content.')
    return current
  }

  async function load(): Promise<void> {
    const { edition, problems } = await watch.load()
    if (problems) throw new ContentError(problems, contentDir)
    current = createRegistry(edition)
  }

  async function startWatch(): Promise<void> {
    await load()
    watch.start()
  }

  async function stop(): Promise<void> {
    await Promise.all([watch.stop(), web?.stop()])
  }

  const bot: Bot = {
    answer: line => answer(registry(), line, today(clock, timeZone)),
    suggestions: () => suggestions(registry()),
  }
  let web: WebPlatform | undefined

  return {
    ...bot,
    load,
    watch: startWatch,
    async start() {
      await startWatch()
      // Loaded here and not above: one answer on the command line needs no server.
      const { createWebPlatform } = await import('./platforms/web/web.ts')
      web = createWebPlatform({ bot, port })
      await web.start().catch(async error => {
        await stop()
        throw error
      })
    },
    stop,
    address: () => web?.address() ?? '',
    edition: () => registry().edition,
  }
}
