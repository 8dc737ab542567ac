import type { Env, Hono } from 'hono'
import { etag } from 'hono/etag'

/** An iCalendar file, and a digest of its text. */
export interface ServedCalendar {
  readonly text: string
  readonly digest: string
}

export interface CalendarSource {
  /**
   * Resolves to the calendar of all events, or to one by its name; undefined if there is none. `unavailable`: it cannot
   * be written now.
   */
  find(name?: string): Promise<ServedCalendar | 'unavailable' | undefined>
}

/** How long a browser or a proxy may use a calendar without asking, in seconds. */
const FRESH_S = 300

/** How long a client should wait while the calendar is unavailable, in seconds. */
const RETRY_S = 60

/** Adds the routes of the calendars: of all events, of one event, and of a section that shows the events. */
export function addCalendars<E extends Env>(app: Hono<E>, calendars: CalendarSource): void {
  for (const path of ['/calendar.ics', '/calendar/:file{[^/]+\\.ics}']) {
    app.get(path, etag(), async context => {
      const name = (context.req.param('file') as string | undefined)?.replace(/\.ics$/, '')
      const found = await calendars.find(name)
      if (!found) return context.text('There is no such calendar.\n', 404)
      if (found === 'unavailable') {
        return context.text('Please try again in a minute.\n', 503, { 'retry-after': `${RETRY_S}` })
      }
      return context.body(found.text, 200, {
        'content-type': 'text/calendar; charset=utf-8',
        'content-disposition': `inline; filename="${fileName(name)}"`,
        'cache-control': `public, max-age=${FRESH_S}`,
        'x-content-type-options': 'nosniff',
        etag: `"${found.digest}"`,
      })
    })
  }
}

function fileName(name = 'calendar'): string {
  return `${name.replace(/[^\w-]/g, '-')}.ics`
}
