import { constants } from 'node:os'
import type { Log } from './log.ts'

export const UNFORESEEN = 'Something unforeseen has failed; Sitrep ends.'

/** How often it is looked whether npm is still there, in milliseconds. */
const ORPHANED_MS = 500

/** Something that nobody has foreseen; it is in the log already. */
export class Unforeseen extends Error {}

/**
 * Resolves at the first SIGINT or SIGTERM, or when the npm that has started the process is gone, and
 * ends the process at the second. Rejects with {@link Unforeseen} where an error has escaped: what the
 * process knows may be wrong from then on.
 */
export function untilEnd(log: Log, underNpm: boolean): Promise<void> {
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
      log.fatal({ event: 'process.failed', err }, UNFORESEEN)
      reject(new Unforeseen())
    })
  }
  // npm hands a signal on to its shell, which dies of it and tells nobody.
  if (underNpm) {
    const parent = process.ppid
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      // After Ctrl-C the bot has its signal already.
      if (signals === 0) process.emit('SIGTERM')
    }, ORPHANED_MS)
    timer.unref()
  }
  return promise
}
