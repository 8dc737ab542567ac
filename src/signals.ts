import { constants } from 'node:os'
import type { Log } from './log.ts'

/** Something that nobody has foreseen; it is in the log already. */
export class Unforeseen extends Error {}

/**
 * Resolves at the first SIGINT or SIGTERM, and ends the process at the second. Rejects with
 * {@link Unforeseen} where an error has escaped: what the process knows may be wrong from then on.
 */
export function untilEnd(log: Log): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let signals = 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      signals += 1
      // What a shell says of a process that a signal has ended.
      if (signals > 1) process.exit(128 + constants.signals[signal])
      log.info({ event: 'stopping', signal }, 'Sitrep ends when what is under way is sent.')
      resolve()
    })
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (err: unknown) => {
      log.fatal({ event: 'process.failed', err }, 'Something unforeseen has failed; Sitrep ends.')
      reject(new Unforeseen())
    })
  }
  return promise
}
