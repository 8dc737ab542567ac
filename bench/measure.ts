/** A figure and, where one is set, the most that it should be. Both in the unit named. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly aim?: number
  readonly unit: string
}

/** Milliseconds that `work` took in each of `runs` runs, after a few that do not count. */
export async function time(runs: number, work: (run: number) => unknown): Promise<number[]> {
  const warmup = Math.min(Math.ceil(runs / 4), 20)
  const samples: number[] = []
  for (let run = -warmup; run < runs; run++) {
    const before = performance.now()
    await work(Math.abs(run))
    if (run >= 0) samples.push(performance.now() - before)
  }
  return samples
}

/** Watches the event loop and the memory until the returned function is called. */
export function watchLoop(): () => {
  readonly tookMs: number
  /** The longest time for which other tasks had no turn, in milliseconds. */
  readonly stallMs: number
  readonly addedMb: number
} {
  globalThis.gc?.()
  const memory = process.memoryUsage().rss
  let stallMs = 0
  let last = performance.now()
  let peak = memory
  const watch = setInterval(() => {
    const now = performance.now()
    stallMs = Math.max(stallMs, now - last - 1)
    last = now
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 1)
  const before = performance.now()
  return () => {
    clearInterval(watch)
    // One that is under way counts as well.
    stallMs = Math.max(stallMs, performance.now() - last - 1)
    const tookMs = performance.now() - before
    return { tookMs, stallMs, addedMb: (peak - memory) / 2 ** 20 }
  }
}

/** The sample below which `share` (0 to 1) of all samples lie. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Prints the figures beside their aims; true unless one is over three times its aim. */
export function report(figures: readonly Figure[]): boolean {
  for (const { what, value, aim, unit } of figures) {
    const shown = value.toFixed(value < 10 ? 3 : 0).padStart(8)
    const goal = aim === undefined ? '' : `   aim ${aim} ${unit}${verdict(value, aim)}`
    console.log(`${what.padEnd(46)}${shown} ${unit}${goal}`)
  }
  return figures.every(({ value, aim = Number.POSITIVE_INFINITY }) => !(value > 3 * aim))
}

function verdict(value: number, aim: number): string {
  if (value <= aim) return ''
  return value <= 3 * aim ? '  over its aim' : '  FAILED: over 3 × its aim'
}
