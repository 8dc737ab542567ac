import { capitalized } from './capitalized.ts'
import { counted } from './plurals.ts'

/** The words of an edition for its events. */
interface Words {
  readonly one: string
  readonly many: string
  readonly columns: { readonly name: string; readonly participants: string }
}

/** Texts of events, in an edition's words for them. */
export const events = {
  description: 'Upcoming and past',
  title: ({ many }: Words) => capitalized(many),
  header: ({ columns: { name, participants } }: Words) => [name, 'Date', participants, 'Status'],
  filters: { upcoming: 'Upcoming', past: 'Past', all: 'All' },
  titles: {
    upcoming: ({ many }: Words) => `Upcoming ${many}`,
    past: ({ many }: Words) => `Past ${many}`,
    all: ({ many }: Words) => capitalized(many),
  },
  none: {
    upcoming: ({ many }: Words) => `No upcoming ${many}.`,
    past: ({ many }: Words) => `No past ${many}.`,
    all: ({ many }: Words) => `No ${many} yet.`,
  },
  place: 'Place',
  more: 'More',
  page: (filter: string, page: number) => `${filter}, page ${page}`,
  facts: (name: string, facts: string) => `${name}: ${facts}`,
  next: ({ one }: Words) => `Next ${one}`,
  theNext: ({ one }: Words) => `The next ${one}`,
  which: ({ one }: Words) => `upcoming, past, all, or one ${one}`,
  calendar: {
    title: 'Calendar file',
    name: (title: string, { many }: Words) => `${title}: ${many}`,
    fact: (name: string, value: string) => `${name}: ${value}`,
    organizer: 'Organizer',
    source: 'Source',
    postponed: 'Postponed. These are the former dates.',
    cancelled: 'Cancelled.',
    open: (count: number, { one, many }: Words) =>
      `Open the file to add ${counted(count, one, many)} to your calendar.`,
    first: 'More would not fit, so these are the next ones.',
    subscribe: 'Or subscribe to this address, and your calendar stays up to date: ',
    add: 'Add to calendar',
  },
  near: ({ many }: Words, days: number) => `${capitalized(many)} in the next ${days} days`,
} as const
