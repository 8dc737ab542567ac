import { isDeepStrictEqual } from 'node:util'
import { type Clock, systemClock, today } from './clock.ts'
import { type Answer, answer } from './commands/answer.ts'
import { reservedNames } from './commands/builtin.ts'
import type { Registry } from './commands/command.ts'
import { completions, createRegistry } from './commands/registry.ts'
import type { Config } from './config.ts'
import type { Edition } from './content/edition.ts'
import { loadEdition } from './content/load.ts'
import { ContentError } from './content/problem.ts'
import { watchContent } from './content/watch.ts'
import { texts } from './texts.ts'

export interface App {
  /** Reads the content. Throws {@link ContentError}. */
  load(): Promise<void>
  /** Reads the content and watches it from then on. Throws {@link ContentError}. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Answers a typed line from the edition of this moment. */
  answer(line: string): Answer
  /** Every line without free words that can be typed: `/threats`, `/threats details`, … */
  completions(): string[]
  edition(): Edition
}

export interface Overrides {
  readonly clock?: Clock
  /** Told, in sentences, what became of an edit of the content while running. */
  readonly report?: (text: string) => void
}

/** The only wiring: every part is made here and handed to those that need it. */
export function createApp(
  { contentDir, timeZone }: Config,
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

  return {
    load,
    async start() {
      await load()
      watch.start()
    },
    stop: () => watch.stop(),
    answer: line => answer(registry(), line, today(clock, timeZone)),
    completions: () => completions(registry()),
    edition: () => registry().edition,
  }
}
