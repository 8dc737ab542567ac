import type { Platform } from '../platform.ts'
import type { Context } from './context.ts'
import type { HeldLease } from './lease.ts'
import type { Posting, PostingMemory } from './posting.ts'

/** Does what only the holder of the lease may do. */
export interface Leader {
  /**
   * Serves the platforms and posts, until the term ends or `signal` aborts; then ends both in order and gives the
   * lease up. `onBegun` is called once the first answers are on their way. Rejects on an unexpected error.
   */
  run(term: HeldLease, signal: AbortSignal, onBegun: () => void): Promise<void>
}

/** Longest wait for the first answers of a platform before the next library is loaded, in milliseconds. */
const BEGIN_MS = 1000

export function createLeader(context: Context): Leader {
  const { clock, modules, supervisor } = context
  /** Facts of earlier terms of this process. */
  let unsaved: PostingMemory | undefined

  async function openPosting(term: HeldLease) {
    const { createPosting, createPostingMemory } = await import('./posting.ts')
    unsaved ??= createPostingMemory()
    return createPosting(context, term, unsaved)
  }

  return {
    async run(term, signal, onBegun) {
      const over = AbortSignal.any([term.signal, signal])
      const mayGoOn = () => !signal.aborted && term.holds()
      const connected: Platform[] = []
      let posting: Posting | undefined
      try {
        for (const module of modules.filter(({ isShared }) => !isShared)) {
          if (!mayGoOn()) return
          const platform = await module.connect(context, term)
          connected.push(platform)
          supervisor.run(platform)
          if (platform.begun) await Promise.race([platform.begun, clock.pause(BEGIN_MS, over)])
          onBegun()
        }
        onBegun()
        if (!mayGoOn()) return
        posting = await openPosting(term)
        await Promise.race([ended(over), posting.run().then(() => ended(over))])
      } finally {
        await Promise.all([...connected.map(supervisor.retire), posting?.stop()])
        if (!term.signal.aborted) await term.release()
      }
    },
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
