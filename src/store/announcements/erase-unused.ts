import type { Kysely } from 'kysely'
import type { Tables } from '../sql/schema.ts'

/** Erases drafts that were not changed since `before`, and unused pictures that are older. */
export async function eraseUnused(db: Kysely<Tables>, before: Temporal.Instant): Promise<void> {
  const old = before.epochMilliseconds
  await db
    .deleteFrom('announcements')
    .where('state', '<>', 'confirmed')
    .where('changed_at', '<', old)
    .execute()
  await db
    .deleteFrom('pictures')
    .where('created_at', '<', old)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('announcements')
            .select('announcements.id')
            .whereRef('announcements.picture_id', '=', 'pictures.id'),
        ),
      ),
    )
    .execute()
}
