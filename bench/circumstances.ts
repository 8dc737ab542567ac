import { ANONYMOUS } from '../src/bot.ts'
import type { Registry } from '../src/commands/command.ts'

/** What a question is answered with on a day, where nothing is kept. */
export function circumstancesOf(registry: Registry, today: Temporal.PlainDate) {
  return {
    ...{
      registry,
      today,
      now: today.toZonedDateTime('UTC').toInstant(),
      timeZone: 'UTC',
      zone: 'UTC',
    },
    ...{
      request: ANONYMOUS,
      store: undefined,
      moderators: { users: [], roles: [] },
      operations: undefined,
    },
  }
}
