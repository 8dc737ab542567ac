import { texts } from '../texts.ts'
import { PAGES, type Page } from './panel.ts'

/** Other names that users type for the pages, or that buttons of earlier releases type. */
export const OTHER_NAMES: Readonly<Record<string, Page>> = {
  topics: 'what',
  sections: 'what',
  changes: 'what',
  reminders: 'what',
  when: 'schedule',
  rhythm: 'schedule',
  digest: 'schedule',
  day: 'schedule',
  weekday: 'schedule',
  time: 'hour',
  timezone: 'zone',
  city: 'zone',
  table: 'tables',
  notifications: 'sound',
}

/** The names of the pages, as users type them. */
export const NAMES: readonly Page[] = [...PAGES, 'hour']

/** The pages with all of their names, for sentences that mean one. */
export const SETTINGS_PAGES = NAMES.map(page => ({
  value: page,
  title: texts.settings.pages[page],
  names: [page, ...Object.keys(OTHER_NAMES).filter(name => OTHER_NAMES[name] === page)],
}))
