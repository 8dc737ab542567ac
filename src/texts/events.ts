import { capitalized } from './capitalized.ts'

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
  near: ({ many }: Words, days: number) => `${capitalized(many)} in the next ${days} days`,
} as const
