import { expect, test } from 'vitest'
import { columnsOf, valuesFor } from '../store/damage-values.ts'
import { connect } from '../store/raw.ts'
import { DIALECTS, newDatabase, openTestStore } from '../store/stores.ts'
import { send, serveCalendar } from './calendar-server.ts'
import { calendar, vevent } from './calendars.ts'
import { eventually, openProcess } from './process.ts'

const TEXT = calendar(vevent('a'))

test.for(DIALECTS)(
  'a damaged row of a calendar is replaced by the next check (%s)',
  async dialect => {
    const url = await newDatabase(dialect)
    const { store } = await openTestStore({ url })
    const raw = await connect(url)
    const server = await serveCalendar((response, request) => {
      const isSame = request.headers['if-none-match'] === '"1"'
      if (isSame) response.writeHead(304).end()
      else send(TEXT, { etag: '"1"' })(response, request)
    })
    const list = `${server.url}#private`
    const first = await openProcess(store, list)
    first.start()
    await eventually(first.events).toEqual(['a scheduled'])
    await first.stop()
    const columns = (await columnsOf(raw, dialect)).get('calendar_feeds') ?? []
    const [row] = await raw.query('select * from calendar_feeds')
    // Its next check is due.
    const sound: Record<string, unknown> = { ...(row as object), next_at: 0 }
    let damages = 0
    for (const column of columns) {
      for (const value of valuesFor(column, dialect)) {
        // An empty list is a calendar without events.
        if (column.name === 'events' && value === `'[]'`) continue
        await raw.query('delete from calendar_feeds')
        const names = Object.keys(sound)
        const values = names.map(name => {
          if (name === column.name) return value
          const good = sound[name]
          return typeof good === 'string' && name !== 'version'
            ? `'${good.replaceAll("'", "''")}'`
            : `${good}`
        })
        const isTaken = await raw
          .query(`insert into calendar_feeds (${names.join(', ')}) values (${values.join(', ')})`)
          .then(
            () => true,
            () => false,
          )
        if (!isTaken) continue
        damages++
        await first.clock.advance({ minutes: 1 })
        const next = await openProcess(store, list, first.clock)
        next.start()
        await expect
          .poll(next.events, { message: `${column.name} = ${value}`, timeout: 10_000 })
          .toEqual(['a scheduled'])
        await next.stop()
      }
    }
    expect(damages).toBeGreaterThan(60)
  },
)
