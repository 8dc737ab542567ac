import type { Migration } from 'kysely/migration'
import { chats } from './001-chats.ts'
import { lease } from './002-lease.ts'
import { ledger } from './003-ledger.ts'
import { delivery } from './004-delivery.ts'
import { schedule } from './005-schedule.ts'
import { announcements } from './006-announcements.ts'
import { left } from './007-left.ts'
import { reach } from './008-reach.ts'
import { calendar } from './009-calendar.ts'
import { cards } from './010-cards.ts'
import { numbers } from './011-numbers.ts'
import { sound } from './012-sound.ts'
import { events } from './013-events.ts'
import { calendarFeeds } from './014-calendar-feeds.ts'
import { scheduledEvents } from './015-scheduled-events.ts'
import { telegramFiles } from './016-telegram-files.ts'
import { createDialect, type DialectName } from './dialect.ts'

export type { DialectName }

/**
 * Creates the migrations; they run in the order of their names. A released migration never changes, because an
 * existing database may be at any of them.
 */
export function createMigrations(name: DialectName): Record<string, Migration> {
  const dialect = createDialect(name)
  return {
    '001 chats': chats(dialect),
    '002 lease': lease(),
    '003 ledger': ledger(dialect),
    '004 delivery': delivery(dialect),
    '005 schedule': schedule(dialect),
    '006 announcements': announcements(dialect),
    '007 left': left(),
    '008 reach': reach(),
    '009 calendar': calendar(),
    '010 cards': cards(),
    '011 numbers': numbers(dialect),
    '012 sound': sound(),
    '013 events': events(),
    '014 calendar feeds': calendarFeeds(),
    '015 scheduled events': scheduledEvents(dialect),
    '016 telegram files': telegramFiles(),
  }
}
