import { schedule } from 'node-cron'

/** Delay after which node-cron skips a late beat, in milliseconds. node-cron's default is one second. */
const LATE_MS = 50_000

/** Every minute, on the minute. */
const EVERY_MINUTE = '* * * * *'

/** Calls `onBeat` once a minute. The store decides what is due. */
export function startHeartbeat(onBeat: () => void): { stop(): Promise<void> } {
  const task = schedule(EVERY_MINUTE, onBeat, {
    name: 'heartbeat',
    noOverlap: true,
    missedExecutionTolerance: LATE_MS,
    suppressMissedWarning: true,
  })
  return {
    async stop() {
      await task.destroy()
    },
  }
}
