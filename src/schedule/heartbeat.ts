import { schedule } from 'node-cron'

/** A beat that a busy process comes late to still counts, in milliseconds; node-cron lets go of it after one second. */
const LATE_MS = 50_000

/** Once a minute, on the minute. */
const EVERY_MINUTE = '* * * * *'

/** Beats once a minute and decides nothing: what is due, the store knows. */
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
