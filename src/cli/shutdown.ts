import { constants } from 'node:os'
import type { Log } from '../log.ts'

export const UNFORESEEN = 'Something unforeseen has failed; Sitrep ends.'

/** How often it is looked whether npm is still there, in milliseconds. */
const ORPHANED_MS = 500

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type EndSignal = (typeof END_SIGNALS)[number]

/** Something that nobody has foreseen; it is in the log already. */
export class Unforeseen extends Error {}

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, or when the npm or the starter that started the process is
 * gone. Ends the process at the second signal. Rejects with {@link Unforeseen} if an error has
 * escaped: what the process knows may be wrong from then on.
 */
export function untilEnd(log: Log, underNpm: boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let signals = 0
  function receive(signal: EndSignal, count: number): void {
    if (count <= signals) return
    signals = count
    // What a shell says of a process that a signal has ended.
    if (signals > 1) process.exit(128 + constants.signals[signal])
    log.info({ event: 'stopping', signal }, 'Sitrep ends when what is under way is sent.')
    resolve()
  }
  function alone(): void {
    // After Ctrl-C the bot has its signal already.
    if (signals === 0) process.emit('SIGTERM')
  }
  // The starter passes on what it gets. A signal to the whole process group, or to the whole control
  // group, reaches the bot from both sides: each side has its own count, and the higher one is true.
  const passed = counted(receive)
  process.on('message', message => {
    const signal = END_SIGNALS.find(each => each === message)
    if (signal) passed(signal)
  })
  process.on('disconnect', alone)
  process.send?.('counts signals')
  const direct = counted(receive)
  for (const signal of END_SIGNALS) process.on(signal, () => direct(signal))
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
      alone()
    }, ORPHANED_MS)
    timer.unref()
  }
  return promise
}

/**
 * Calls `receive` with the number of signals so far. A SIGHUP after another signal does not count: the shell and
 * the kernel both send one when a terminal is closed, and systemd sends one after its SIGTERM.
 */
function counted(receive: (signal: EndSignal, count: number) => void) {
  let count = 0
  return (signal: EndSignal) => {
    if (signal === 'SIGHUP' && count > 0) return
    count += 1
    receive(signal, count)
  }
}
