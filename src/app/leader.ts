import type { Platform } from '../platform.ts'
import type { Context } from './context.ts'
import type { HeldLease } from './lease.ts'
import type { Posting, PostingMemory } from './posting.ts'

/** The work of the lease holder. */
export interface Leader {
  /**
   * Connects the platforms and posts until the term ends or `signal` aborts. Then stops both and releases the lease.
   * `onBegun` is called when the first platform has begun to answer, and may be called again. Rejects on an unexpected
   * error.
   */
  run(term: HeldLease, signal: AbortSignal, onBegun: () => void): Promise<void>
}

/** Longest wait for the first answers of a platform before the next library is loaded, in milliseconds. */
const BEGIN_MS = 1000

export function createLeader(context: Context): Leader {
  const { clock, modules, supervisor } = context
  let memory: PostingMemory | undefined

  async function openPosting(term: HeldLease): Promise<Posting> {
    const { createPosting, createPostingMemory } = await import('./posting.ts')
    memory ??= createPostingMemory()
    return createPosting(context, term, memory)
  }

  return {
    async run(term, signal, onBegun) {
      const over = AbortSignal.any([term.signal, signal])
      const isLeading = () => !signal.aborted && term.holds()
      const connected: Platform[] = []
      let posting: Posting | undefined
      // A backup that a stop interrupts leaves no file.
      void context.backups?.run(over)
      try {
        for (const module of modules.filter(({ isShared }) => !isShared)) {
          if (!isLeading()) return
          const platform = await module.connect(context, term)
          connected.push(platform)
          supervisor.run(platform)
          if (platform.begun) await Promise.race([platform.begun, clock.pause(BEGIN_MS, over)])
          onBegun()
        }
        onBegun()
        if (!isLeading()) return
        posting = await openPosting(term)
        await Promise.race([aborted(over), posting.run().then(() => aborted(over))])
      } finally {
        await Promise.all([...connected.map(supervisor.retire), posting?.stop()])
        if (!term.signal.aborted) await term.release()
      }
    },
  }
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
