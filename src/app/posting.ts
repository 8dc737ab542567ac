import { createProgressMessages, type ShownProgress } from '../announcements/progress-messages.ts'
import { refreshed } from '../briefing/countdown.ts'
import { TRUSTED } from '../clock.ts'
import { dressed } from '../commands/answer.ts'
import type { Edition } from '../content/edition.ts'
import { createDelivery, type Delivery } from '../delivery/delivery.ts'
import { createUnsavedOutcomes, type UnsavedOutcomes } from '../delivery/unsaved-outcomes.ts'
import type { Poster } from '../poster.ts'
import { createSchedule } from '../schedule/schedule.ts'
import { createScheduledEventRound } from '../schedule/scheduled-event-round.ts'
import type { ComponentHealth } from '../server/health.ts'
import type { Context } from './context.ts'
import type { HeldLease } from './lease.ts'

/** State of the process that outlives its lease terms. */
export interface PostingMemory {
  readonly unsaved: UnsavedOutcomes
  readonly shown: ShownProgress
}

export function createPostingMemory(): PostingMemory {
  return { unsaved: createUnsavedOutcomes(), shown: new Map() }
}

/** All posting in one lease term: the schedule decides what is due, and delivery sends it. */
export interface Posting {
  /** Posts until `stop` is called or the term ends. Rejects on an unexpected error. */
  run(): Promise<void>
  /** Finishes the posts under way, and starts none. Idempotent. */
  stop(): Promise<void>
}

/** Creates the posters, delivery, the schedule and the progress messages of one lease term. */
export async function createPosting(
  context: Context,
  term: HeldLease,
  { unsaved, shown }: PostingMemory,
): Promise<Posting> {
  const { config, clock, log, store, editions, modules, clockCheck, limiters } = context
  const { reachability, health, metrics, events, mayPost } = context
  const { timeZone, retentionMs, reminders, debounceMs, publicUrl } = config
  // The local chat has no platform to compare the clock with.
  const trust = modules.some(({ isLocal }) => isLocal) ? TRUSTED : clockCheck
  const posters = await Promise.all(
    modules.map(async module => dressing(await module.poster(context, term))),
  )
  const delivery = createDelivery({
    store,
    reachability,
    clock,
    log,
    term,
    unsaved,
    posters,
    limiters,
    days: { refreshed },
    trust,
    retentionMs,
    onSettled: metrics.onSettled,
  })
  const stopping = new AbortController()
  const scheduling = {
    ...{ store, clock, log, trust },
    term: { signal: AbortSignal.any([term.signal, stopping.signal]), holds: term.holds },
    // No post is made from a draft.
    mayPost: async () => editions.published() !== undefined && (await mayPost()),
  }
  const eventRounds = posters.flatMap(({ platform, serverEvents: api }) =>
    api ? [createScheduledEventRound({ ...scheduling, platform, api })] : [],
  )
  const schedule = createSchedule({
    ...scheduling,
    timeZone,
    reminders,
    publicUrl,
    debounceMs,
    edition: published,
    platforms: posters.map(({ platform }) => platform),
    onPosted() {
      delivery.wake()
      for (const round of eventRounds) round.wake()
    },
  })
  const progressMessages = createProgressMessages({
    store,
    posters,
    clock,
    log,
    term,
    timeZone,
    limiters,
    shown,
  })
  const onAnnounced = () => {
    delivery.wake()
    progressMessages.wake()
  }
  events.on('edited', schedule.wake).on('announced', onAnnounced)
  let running: Promise<unknown> | undefined

  function published(): Edition {
    const edition = editions.published()
    if (!edition) throw new Error('Posts need an edition that is no draft.')
    return edition
  }

  /** Makes the commands in all posts live, and gives the posts the edition's colour. */
  function dressing(poster: Poster): Poster {
    const render: Poster['render'] = (message, style) =>
      poster.render(dressed(editions.registry(), message), style)
    return { ...poster, render }
  }

  return {
    async run() {
      for (const { platform } of posters) {
        health.set(`delivery.${platform}`, () => troubleOf(delivery, platform))
      }
      const rounds = [schedule, progressMessages, ...eventRounds]
      running = Promise.all([delivery.run(), ...rounds.map(round => round.run())])
      await running
    },
    async stop() {
      stopping.abort()
      events.off('edited', schedule.wake).off('announced', onAnnounced)
      for (const { platform } of posters) health.delete(`delivery.${platform}`)
      await Promise.all([delivery.stop(), progressMessages.stop()])
      // `run` already reports a failure.
      await Promise.allSettled([running])
    },
  }
}

/** Returns the state of posting to a platform; undefined unless posting is in trouble. */
function troubleOf(delivery: Delivery, platform: string): ComponentHealth | undefined {
  const state = delivery.states()[platform]
  return state?.status === 'trouble' ? { ...state, ready: false } : undefined
}
