import { constants } from 'node:os'
import type { Log } from '../log.ts'

export const UNEXPECTED = 'Unexpected error. Shutting down.'

/** Interval of the check whether npm still runs, in milliseconds. */
const ORPHANED_MS = 500

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type EndSignal = (typeof END_SIGNALS)[number]

/** An unexpected error, which is already in the log. */
export class UnexpectedError extends Error {}

/**
 * Resolves to the first SIGINT, SIGTERM or SIGHUP, or to SIGTERM when the npm or the starter that started the process has ended.
 * Ends the process at the second signal. Rejects with {@link UnexpectedError} on an uncaught error, because the state
 * of the process may be wrong afterwards.
 */
export function untilEnd(log: Log, underNpm: boolean): Promise<EndSignal> {
  const { promise, resolve, reject } = Promise.withResolvers<EndSignal>()
  let signals = 0
  function receive(signal: EndSignal, count: number): void {
    if (count <= signals) return
    signals = count
    if (signals > 1) {
      // The exit code that a shell reports for a process that a signal ended.
      const exitCode = 128 + constants.signals[signal]
      log.warn({ event: 'stopped', reason: signal, exitCode }, 'Stopped at once.')
      process.exit(exitCode)
    }
    log.info({ event: 'stopping', signal }, 'Shutting down after sending what’s in progress.')
    resolve(signal)
  }
  function endWithoutParent(): void {
    // After Ctrl-C the bot has received its own signal.
    if (signals === 0) process.emit('SIGTERM')
  }
  // The starter passes on its signals. A signal to the whole process group or control group therefore reaches the bot
  // twice: each path has its own count, and the higher count is the number of signals.
  const passed = counted(receive)
  process.on('message', message => {
    const signal = END_SIGNALS.find(each => each === message)
    if (signal) passed(signal)
  })
  process.on('disconnect', endWithoutParent)
  process.send?.('counts signals')
  const direct = counted(receive)
  for (const signal of END_SIGNALS) process.on(signal, () => direct(signal))
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (err: unknown) => {
      log.fatal({ event: 'process.failed', err }, UNEXPECTED)
      reject(new UnexpectedError())
    })
  }
  // npm passes a signal to its shell, which ends without passing the signal on.
  if (underNpm) {
    const parent = process.ppid
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      endWithoutParent()
    }, ORPHANED_MS)
    timer.unref()
  }
  return promise
}

/**
 * Counts signals, and calls `receive` with the number so far. A SIGHUP after another signal does not count: the shell
 * and the kernel both send one when a terminal is closed, and systemd sends one after its SIGTERM.
 */
function counted(receive: (signal: EndSignal, count: number) => void) {
  let count = 0
  return (signal: EndSignal) => {
    if (signal === 'SIGHUP' && count > 0) return
    count += 1
    receive(signal, count)
  }
}
