import { join } from 'node:path'
import { ANONYMOUS, type Bot, type Reply } from '../src/bot.ts'
import { answer } from '../src/commands/answer.ts'
import { createBot } from '../src/commands/bot.ts'
import { reservedNames } from '../src/commands/builtin.ts'
import type { Registry } from '../src/commands/command.ts'
import { parseLine } from '../src/commands/parse-line.ts'
import { createRegistry } from '../src/commands/registry.ts'
import { loadEdition } from '../src/content/load.ts'
import { ContentError } from '../src/content/problem.ts'
import { testClock } from './platforms/pauses.ts'

const directory = join(import.meta.dirname, '../content')
const { edition, problems } = await loadEdition(directory, reservedNames)
if (!edition) throw new ContentError(problems, directory)

/** The briefing that Sitrep ships with. */
export const shipped = edition

export const registry = createRegistry(shipped)

/** A day after everything that the shipped briefing knows. */
const TODAY = Temporal.PlainDate.from('2026-11-23')

/** Answers from the shipped briefing, on that day. */
export const shippedBot: Bot = openBot()

/** The answer to a line on that day, where nothing is kept. */
export function answerTo(line: string, from: Registry = registry): Promise<Reply> {
  const now = TODAY.toZonedDateTime('UTC').toInstant()
  const withoutRights = {
    moderators: { users: [], roles: [] },
    operations: undefined,
    store: undefined,
  }
  const circumstances = { today: TODAY, now, timeZone: 'UTC', zone: 'UTC', ...withoutRights }
  return answer(parseLine(from, line), { registry: from, request: ANONYMOUS, ...circumstances })
}

/** Opens a bot that answers from the shipped content. Its clock stands still, so that a used-up rate stays used up. */
export function openBot(): Bot {
  const now = TODAY.toZonedDateTime('UTC').toInstant()
  const clock = testClock(() => now)
  return createBot({ registry: () => registry, clock, timeZone: 'UTC' })
}
