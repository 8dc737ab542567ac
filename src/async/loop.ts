export interface LoopOptions {
  /** Runs one pass. Resolves to the pause before the next one, in milliseconds. */
  readonly pass: () => Promise<number>
  /** Resolves after `ms` milliseconds, or earlier if there is work. */
  readonly pause: (ms: number) => Promise<void>
  /** Ends the loop after the current pass. */
  readonly signal: AbortSignal
  /** Whether the loop continues after an error, which its origin has logged, because a later pass may succeed. */
  readonly mayGoOn: (error: unknown) => boolean
  /** The pause after such an error, in milliseconds. */
  readonly afterErrorMs: number
}

/** Repeats passes until the signal aborts. Rejects with an error that `mayGoOn` does not accept. */
export async function loop(options: LoopOptions): Promise<void> {
  const { pass, pause, signal, mayGoOn, afterErrorMs } = options
  while (!signal.aborted) {
    const ms = await pass().catch((error: unknown) => {
      if (!mayGoOn(error)) throw error
      return afterErrorMs
    })
    await pause(ms)
  }
}
