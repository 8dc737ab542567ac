import { type Clock, systemClock, today } from './clock.ts'
import { type Answer, answer } from './commands/answer.ts'
import { reservedNames } from './commands/builtin.ts'
import type { Registry } from './commands/command.ts'
import { createRegistry } from './commands/registry.ts'
import type { Config } from './config.ts'
import { loadEdition } from './content/load.ts'
import { ContentError } from './content/problem.ts'
import { watchContent } from './content/watch.ts'

export interface App {
  /** Reads the content and watches it from then on. Throws {@link ContentError}. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Answers a typed line from the edition of this moment. */
  answer(line: string): Answer
  /** What can be typed at this moment. */
  registry(): Registry
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
  let problem: ContentError | undefined

  const watch = watchContent({
    directory: contentDir,
    clock,
    load: () => loadEdition(contentDir, reservedNames),
    onLoad: ({ edition, problems }) => {
      const first = !current && !problem
      problem = problems && new ContentError(problems, contentDir)
      if (edition) current = createRegistry(edition)
      if (first) return
      report(
        problem
          ? `The content was changed but has problems; the last good edition stays.\n${problem.message}`
          : 'The content was changed; answers come from the new edition.',
      )
    },
  })

  function registry(): Registry {
    if (!current) throw new Error('The app has not been started.')
    return current
  }

  return {
    async start() {
      await watch.poll()
      if (problem) throw problem
      watch.start()
    },
    stop: () => watch.stop(),
    answer: line => answer(registry(), line, today(clock, timeZone)),
    registry,
  }
}
