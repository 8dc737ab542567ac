import { type Kysely, sql } from 'kysely'
import type { Batch } from '../../async/batches.ts'
import type { Tables } from '../sql/schema.ts'
import { eventTopic, muteTopic } from './chat.ts'
import { toTopics } from './topic-rows.ts'

/** The topics of single events, of all chats. Everything throws {@link StoreError} if the store fails. */
export interface EventTopics {
  /** Lists the ids of the events that chats follow or have muted. */
  events(): Promise<ReadonlySet<string>>
  /** Removes up to `most` rows of an event. */
  erase(event: string, most: number): Promise<Batch>
}

export function createEventTopics(db: Kysely<Tables>): EventTopics {
  return {
    async events() {
      // Skip from one topic to the next through the index: a scan would visit all chats, and topics are few.
      const { rows } = await sql<{ topic: string }>`
        with recursive each(topic) as (
          select min(topic) from subscriptions
          union all
          select (select min(s.topic) from subscriptions as s where s.topic > each.topic) from each
          where each.topic is not null
        )
        select topic from each where topic is not null
      `.execute(db)
      const { followed = [], muted = [] } = toTopics(rows.map(({ topic }) => topic))
      return new Set([...followed, ...muted])
    },
    async erase(event, most) {
      const topics = [eventTopic(event), muteTopic(event)]
      const chats = db
        .selectFrom('subscriptions')
        .select('chat_id')
        .where('topic', 'in', topics)
        .limit(most)
      const { numDeletedRows } = await db
        .deleteFrom('subscriptions')
        .where('topic', 'in', topics)
        .where('chat_id', 'in', chats)
        .executeTakeFirst()
      return { isDone: numDeletedRows < most }
    },
  }
}
