import type { Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Tables } from './schema.ts'

/** Who did what; only ever added to. */
export interface Audit {
  /** `actor` with the platform's name: `telegram:42`. `details` names no person and no text. */
  add(actor: string, action: string, details: Readonly<Record<string, unknown>>): Promise<void>
}

export function createAudit(db: Kysely<Tables>, clock: Pick<Clock, 'now'>): Audit {
  return {
    async add(actor, action, details) {
      const at = clock.now().epochMilliseconds
      const row = { at, actor, action, details: JSON.stringify(details) }
      await db.insertInto('audit').values(row).execute()
    },
  }
}
