import type { Progress } from '../store/broadcast.ts'

/** Widest bar, in columns. */
const WIDEST = 30

/** One line: a bar, how many of how many, how fast, how long yet. Fits into `columns`. Pure. */
export function bar(progress: Progress, elapsedMs: number, columns = 80): string {
  const { pending, claimed, ...ended } = progress
  const done = Object.values(ended).reduce((sum, count) => sum + count, 0)
  const all = done + pending + claimed
  const share = all === 0 ? 0 : done / all
  const rate = done / (elapsedMs / 1000)
  const left = done > 0 ? ` · ${duration((all - done) / rate)} left` : ''
  const words = ` ${done} of ${all} · ${Math.round(rate)} a second${done < all ? left : ''}`
  const width = Math.max(0, Math.min(WIDEST, columns - words.length - 3))
  const full = Math.round(share * width)
  return width > 0 ? `[${'█'.repeat(full)}${'·'.repeat(width - full)}]${words}` : words.trimStart()
}

/** Seconds, in words as short as they are sure. Pure. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'a while'
  if (seconds < 1) return 'a moment'
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
