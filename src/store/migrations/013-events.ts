import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Gives the subscriptions, posts and views of events their name: they were called exercises. */
export const events = (): Migration => ({
  async up(db) {
    for (const [table, column] of [
      ['subscriptions', 'topic'],
      ['broadcasts', 'topic'],
      ['broadcasts', 'kind'],
      ['looks', 'subject'],
    ] as const) {
      await sql`
        update ${sql.table(table)} set ${sql.ref(column)} = 'events'
        where ${sql.ref(column)} = 'exercises'
      `.execute(db)
    }
    for (const [table, column] of [
      ['broadcasts', 'audience'],
      ['announcements', 'options'],
    ] as const) {
      for (const key of ['topic', 'also']) {
        const [from, to] = ['exercises', 'events'].map(name => `"${key}":"${name}"`)
        await sql`
          update ${sql.table(table)}
          set ${sql.ref(column)} = replace(${sql.ref(column)}, ${from}, ${to})
          where ${sql.ref(column)} like ${`%${from}%`}
        `.execute(db)
      }
    }
  },
})
