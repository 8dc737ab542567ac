import { counted, listed, plural } from './plurals.ts'

/** The causes for which a calendar cannot be read, by their codes. */
const CAUSES: Readonly<Record<string, string>> = {
  timeout: 'It took longer than 20 seconds',
  'too-large': 'It has more than 5 MB',
  private: 'Its host is in a private network; add #private to its entry if that is meant',
  redirect: 'It redirects to another host, or too often',
  'no-calendar': 'The answer isn’t an iCalendar file',
  encoding: 'Its text is not UTF-8',
  unreachable: 'Its server can’t be reached',
  missing: 'There is no file at its path',
  unreadable: 'The file can’t be read',
  'too-complex': 'Reading it takes too much time or memory',
  emptied: 'It lost all or most of its events; change its entry if that is meant',
}

/** A calendar that cannot be read: its place in the list, its host, and the code of the cause. */
interface BrokenFeed {
  readonly number: number
  readonly host: string
  readonly failure: string
}

function cause(failure: string): string {
  const [, status] = /^status (\d+)$/.exec(failure) ?? []
  return status ? `Its server answered ${status}` : (CAUSES[failure] ?? failure)
}

/** Returns the facts about the events of all calendars. */
function state(calendars: number, events: number, unsupported: number, skipped: number): string {
  const facts = [
    `${counted(events, 'event', 'events')} of ${counted(calendars, 'calendar', 'calendars')}`,
    ...(unsupported > 0
      ? [`${counted(unsupported, 'repetition', 'repetitions')} not supported`]
      : []),
    ...(skipped > 0 ? [`${counted(skipped, 'event', 'events')} left out as damaged`] : []),
  ]
  return facts.join(', ')
}

/** Texts about the calendars of CALENDAR_FEEDS, for moderators and operators. */
export const feeds = {
  state,
  broken: ({ number, host, failure }: BrokenFeed) =>
    `Can’t read calendar ${number} (${host}). ${cause(failure)}. Events read from it before stay.`,
  recovered: ({ number, host }: Omit<BrokenFeed, 'failure'>) =>
    `Calendar ${number} (${host}) can be read again.`,
  /** The reason in /status. */
  reason(broken: readonly BrokenFeed[]): string {
    const [first, ...others] = broken
    if (!first) return ''
    const numbers = listed(others.map(({ number }) => `${number}`))
    const more = `Can’t read ${plural(others.length, 'calendar', 'calendars')} ${numbers} either.`
    return [feeds.broken(first), ...(others.length > 0 ? [more] : [])].join(' ')
  },
} as const
