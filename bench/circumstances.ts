import { ANONYMOUS } from '../src/bot.ts'
import type { Registry } from '../src/commands/command.ts'

/** Returns the context of a question on a day, without a store. */
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
