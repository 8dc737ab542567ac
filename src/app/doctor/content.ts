import { type CheckResult, resultsOf } from '../../check-result.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import { ContentError, formatProblems, isError } from '../../content/problem.ts'
import type { FeedEntry } from '../../feeds/entry.ts'
import { FeedError } from '../../feeds/error.ts'
import { monthOrDay } from '../../texts/dates.ts'
import { counted } from '../../texts/plurals.ts'
import { texts } from '../../texts.ts'
import { createBriefing } from '../briefing.ts'
import type { DoctorContext } from './doctor-context.ts'

/** Reads the content, as a bot does at its start. */
export async function checkContent(config: Config, clock: Clock): Promise<CheckResult[]> {
  const { ok, warning, error } = resultsOf('content')
  const fix = 'Run `bin/sitrep check`, which lists all of them.'
  const { editions } = createBriefing(config, { clock })
  try {
    await editions.load()
  } catch (failure) {
    if (!(failure instanceof ContentError)) throw failure
    const problems = failure.problems.filter(isError)
    const count = counted(problems.length, 'problem', 'problems')
    const first = formatProblems(problems.slice(0, 1), config.contentDir)
    return [error(`The content has ${count}. ${first}`, fix)]
  }
  const warnings = editions.problems().length
  const { title = '', asOf = '' } = editions.published() ?? {}
  return [
    ok(`The content is “${title}”, as of ${monthOrDay(asOf)}.`),
    ...(warnings > 0
      ? [warning(`The content has ${counted(warnings, 'warning', 'warnings')}.`, fix)]
      : []),
  ]
}

/** Reads a calendar of `CALENDAR_FEEDS`. A bot runs without it, with its last good events. */
export async function checkFeed(
  entry: FeedEntry,
  { config: { timeZone }, clock, timeoutMs, signal }: DoctorContext,
): Promise<CheckResult[]> {
  const { ok, warning } = resultsOf('calendars')
  const { tryFeed } = await import('../../feeds/try-feed.ts')
  const late = AbortSignal.timeout(timeoutMs)
  const name = `calendar ${entry.number} (${entry.host})`
  try {
    const ending = AbortSignal.any([signal, late])
    const events = await tryFeed(entry, { clock, timeZone, signal: ending })
    return [ok(`Sitrep can read ${name}: ${counted(events, 'event', 'events')}.`)]
  } catch (failure) {
    if (late.aborted) {
      return [warning(`Can’t read ${name} in ${timeoutMs / 1000} seconds.`, 'Check its server.')]
    }
    if (!(failure instanceof FeedError)) throw failure
    return [
      warning(
        texts.feeds.broken({ ...entry, failure: failure.failure }),
        'Check its entry in CALENDAR_FEEDS.',
      ),
    ]
  }
}
