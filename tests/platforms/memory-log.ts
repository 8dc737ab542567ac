import { PassThrough } from 'node:stream'
import { type Log, openLog } from '../../src/log.ts'

export interface MemoryLog {
  readonly log: Log
  /** Every line that was written, as it was written. */
  readonly written: () => string
  /** The events so far, in order. */
  readonly events: () => string[]
  /** Resolves when an event of this name has been written, with its fields. */
  seen(event: string): Promise<Record<string, unknown>>
}

/** The real log at its most talkative, kept in memory. */
export async function openMemoryLog(secrets: readonly string[] = []): Promise<MemoryLog> {
  const output = new PassThrough()
  let text = ''
  let look = Promise.withResolvers<void>()
  output.on('data', chunk => {
    text += chunk
    look.resolve()
    look = Promise.withResolvers()
  })
  const log = await openLog({ level: 'trace', secrets, pretty: false, output })
  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line))
  return {
    log,
    written: () => text,
    events: () => lines().map(({ event }) => String(event)),
    async seen(event) {
      for (;;) {
        const line = lines().find(each => each.event === event)
        if (line) return line
        await look.promise
      }
    },
  }
}
