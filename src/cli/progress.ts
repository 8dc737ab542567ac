import { type Progress, totalOf } from '../store/ledger/broadcast.ts'
import { duration } from '../texts/dates.ts'
import { figure } from '../texts/plurals.ts'

/** Widest bar, in columns. */
const WIDEST = 30

/**
 * Draws one line: a bar, the count, the rate, and the remaining time, as far as they fit into `columns`. `before` is
 * the count at the start of `elapsedMs`. Pure.
 */
export function bar(
  progress: Progress,
  before: number,
  elapsedMs: number,
  columns: number,
): string {
  const all = totalOf(progress)
  const done = all - progress.pending - progress.claimed
  if (all === 0) return 'Counting recipients…'.slice(0, columns)
  const rate = Math.max(0, done - before) / (elapsedMs / 1000)
  const count = `${figure(done)} of ${figure(all)}`
  const speed = ` · ${figure(Math.round(rate))}/s`
  const left = rate > 0 && done < all ? ` · ${duration((all - done) / rate)} left` : ''
  const words = [count + speed + left, count + speed, count].find(each => each.length <= columns)
  const text = words ?? `${Math.floor((100 * done) / all)} %`
  const width = Math.min(WIDEST, columns - text.length - 3)
  if (width < 5) return text
  const full = Math.round((done / all) * width)
  return `[${'█'.repeat(full)}${'·'.repeat(width - full)}] ${text}`
}
