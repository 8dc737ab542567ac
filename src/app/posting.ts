import { createProgressMessages, type ShownProgress } from '../announcements/progress-messages.ts'
import { refreshed } from '../briefing/countdown.ts'
import { TRUSTED } from '../clock.ts'
import { createDelivery, type Delivery } from '../delivery/delivery.ts'
import { createUnsavedOutcomes, type UnsavedOutcomes } from '../delivery/unsaved-outcomes.ts'
import { createSchedule } from '../schedule/schedule.ts'
import type { ComponentHealth } from '../server/health.ts'
import type { Context } from './context.ts'
import type { HeldLease } from './lease.ts'

/** Facts that outlive a lease term: one for the process. */
export interface PostingMemory {
  readonly delivery: UnsavedOutcomes
  readonly progressMessages: ShownProgress
}

export const createPostingMemory = (): PostingMemory => ({
  delivery: createUnsavedOutcomes(),
  progressMessages: new Map(),
})

/** Everything that is posted without being asked: the schedule decides what is due, deliveries send it. */
export interface Posting {
  /** Until it is stopped or the term is over. Rejects with what nobody has foreseen. */
  run(): Promise<void>
  /** Ends in order; may be called again. */
  stop(): Promise<void>
}

/** Makes everything that posts by itself, for one lease term. */
export async function createPosting(
  context: Context,
  lease: HeldLease,
  unsaved: PostingMemory,
): Promise<Posting> {
  const { config, store, reachability, clock, log, leaseName, editions, modules } = context
  const { limiters, events, health, mayPost, clockCheck } = context
  const { timeZone, retentionMs, reminders, debounceMs } = config
  const { signal, holds, epoch } = lease
  // The local chat has no platform to compare the clock with.
  const trust = modules.some(({ isLocal }) => isLocal) ? TRUSTED : clockCheck
  const posters = await Promise.all(modules.map(module => module.poster(context, lease)))
  const delivery = createDelivery({
    ...{ store, reachability, clock, log, posters, limiters, retentionMs, trust },
    ...{ mandate: { signal, holds, epoch, lease: leaseName }, unsaved: unsaved.delivery },
    days: { refreshed },
  })
  const stopping = new AbortController()
  const schedule = createSchedule({
    ...{ store, clock, log, timeZone, reminders, debounceMs, trust },
    edition: () => editions.registry().edition,
    term: { signal: AbortSignal.any([signal, stopping.signal]), holds },
    platforms: posters.map(({ platform }) => platform),
    onPosted: delivery.wake,
    mayPost,
  })
  const progressMessages = createProgressMessages({
    ...{ store, clock, log, timeZone, term: lease, posters, limiters },
    shown: unsaved.progressMessages,
  })
  const announced = () => {
    delivery.wake()
    progressMessages.wake()
  }
  events.on('edited', schedule.wake).on('announced', announced)
  let running: Promise<unknown> | undefined

  return {
    async run() {
      for (const { platform } of posters) {
        health.set(`delivery.${platform}`, () => troubleOf(delivery, platform))
      }
      running = Promise.all([delivery.run(), schedule.run(), progressMessages.run()])
      await running
    },
    async stop() {
      stopping.abort()
      events.off('edited', schedule.wake).off('announced', announced)
      for (const { platform } of posters) health.delete(`delivery.${platform}`)
      // A card shows what has been done when it is stopped; whoever comes next goes on with it.
      await Promise.all([delivery.stop(), progressMessages.stop()])
      // How it has failed is told to whoever runs it.
      await Promise.allSettled([running])
    },
  }
}

/** Reports on posting to a platform only while it is in trouble. */
function troubleOf(delivery: Delivery, platform: string): ComponentHealth | undefined {
  const state = delivery.states()[platform]
  return state?.status === 'trouble' ? { ...state, ready: false } : undefined
}
