import { type Kysely, sql } from 'kysely'
import type { ChatRef, UnreachableChat } from '../../platform.ts'
import type { Tables } from '../sql/schema.ts'
import { toChatRef } from './chat-row.ts'
import { readGone } from './reachability-columns.ts'

/** The unreachable chats. Everything throws {@link StoreError} if the store fails. */
export interface Reach {
  /** Lists the suspected and left chats of a platform; with `since`, those that have changed from then on. */
  unreachable(platform: string, since?: Temporal.Instant): Promise<UnreachableChat[]>
  /** Finds up to `most` suspected chats whose next try is due and may be a check, the longest due first. */
  due(platform: string, now: Temporal.Instant, most: number): Promise<ChatRef[]>
  /** Counts suspected and left chats by platform, without those that have unsubscribed. */
  count(): Promise<ReachCount[]>
}

export interface ReachCount {
  readonly platform: string
  readonly suspected: number
  readonly left: number
}

export function createReach(db: Kysely<Tables>): Reach {
  const unreachable = db.selectFrom('chats').where('gone', 'is not', null)
  const PLACE = ['platform', 'address', 'within', 'kind'] as const

  return {
    async unreachable(platform, since) {
      const query = unreachable
        .select([...PLACE, 'gone', 'retry_at'])
        .where('platform', '=', platform)
      const rows = await (since ? query.where('changed_at', '>=', since.epochMilliseconds) : query)
        .orderBy('changed_at')
        .execute()
      return rows.map(row => ({
        ...toChatRef(row),
        isLeft: row.retry_at === null,
        ...(row.gone !== null && { why: readGone(row.gone) }),
      }))
    },
    async due(platform, now, most) {
      const rows = await unreachable
        .select(PLACE)
        .where('platform', '=', platform)
        .where('state', '<>', 'stopped')
        .where('retry_at', '>', 0)
        .where('retry_at', '<=', now.epochMilliseconds)
        .orderBy('retry_at')
        .limit(most)
        .execute()
      return rows.map(toChatRef)
    },
    async count() {
      const rows = await unreachable
        .select('platform')
        .select(sql<number>`count(retry_at)`.as('suspected'))
        .select(sql<number>`count(*) - count(retry_at)`.as('left'))
        .where('state', '<>', 'stopped')
        .groupBy('platform')
        .orderBy('platform')
        .execute()
      return rows.map(({ platform, suspected, left }) => ({
        platform,
        suspected: Number(suspected),
        left: Number(left),
      }))
    },
  }
}
