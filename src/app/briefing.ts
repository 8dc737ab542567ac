import type { Bot } from '../bot.ts'
import { defaults } from '../chats/subscription.ts'
import { type Clock, systemClock } from '../clock.ts'
import { dressed } from '../commands/answer.ts'
import { createBot } from '../commands/bot.ts'
import type { Registry } from '../commands/command.ts'
import type { Config } from '../config.ts'
import { localEdition } from '../content/occurrences.ts'
import { type Log, sentences } from '../log.ts'
import type { Plan } from '../schedule/plan.ts'
import { type EditionSource, openEditions } from './edition-source.ts'

/** A plan with the date on which it was made. */
export type PlanOfToday = Plan & { readonly today: Temporal.PlainDate }

/** A bot without a store, for the commands `ask`, `plan` and `check`. */
export interface Briefing {
  readonly editions: EditionSource
  readonly bot: Bot
  /**
   * Plans the posts of these days for a chat that follows everything. Resolves to a sentence if the days cannot be
   * read.
   */
  plan(from?: string, to?: string): Promise<PlanOfToday | string>
}

interface BriefingOptions {
  readonly clock?: Clock
  readonly log?: Log
  /** See `EditionSourceOptions`. */
  readonly hasDrafts?: boolean
}

/** Creates a briefing whose content is not read yet: see `EditionSource.load`. */
export function createBriefing(
  config: Config,
  { clock = systemClock, log = sentences(() => {}), hasDrafts = false }: BriefingOptions = {},
): Briefing {
  const { contentDir: directory, timeZone, publicUrl, feeds } = config
  // Without a store there are no events of calendars, but the content may have links to their command.
  const hasFeeds = feeds.length > 0
  const source = { directory, clock, timeZone, log, publicUrl, hasDrafts, hasFeeds }
  const editions = openEditions({ ...source, onChange() {} })
  return {
    editions,
    bot: createBot({ registry: editions.registry, clock, log, timeZone }),
    plan: (from, to) => planToday(config, clock, editions.registry(), from, to),
  }
}

/** Plans the posts of these days: see `Briefing.plan`. */
export async function planToday(
  { timeZone: usual, reminders }: Config,
  clock: Clock,
  registry: Registry,
  from?: string,
  to?: string,
): Promise<PlanOfToday | string> {
  const { plan, readSpan } = await import('../schedule/plan.ts')
  const { edition } = registry
  const timeZone = edition.timezone ?? usual
  const local = clock.now().toZonedDateTimeISO(timeZone)
  const now = local.toPlainDate()
  const span = readSpan(from, to, now, localEdition(edition, local).events)
  if (typeof span === 'string') return span
  const rhythm = { ...defaults(timeZone), cadence: 'weekly' as const }
  const planned = plan({ edition, rhythm, reminders }, span)
  // As the posts are sent: with live commands and the colour of the edition.
  const posts = planned.posts.map(post => ({ ...post, message: dressed(registry, post.message) }))
  return { ...planned, posts, today: now }
}
