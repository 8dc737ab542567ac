import { type Kysely, sql } from 'kysely'
import { knownZone } from '../../clock.ts'
import { readQuiet } from '../chats/chat-row.ts'
import type { Tables } from '../sql/schema.ts'
import type { Audience, AudienceGroup } from './broadcast.ts'

/**
 * Finds the last chat of a batch: the `most`th candidate after the chat id `from`. The candidates of an audience are
 * the chats in its zone, or else those that follow its topic. Undefined if fewer are left.
 */
export async function batchEnd(
  db: Kysely<Tables>,
  audience: Audience,
  from: number,
  most: number,
): Promise<number | undefined> {
  const { zone } = audience
  const inZone = db
    .selectFrom('chats')
    .select('id')
    .where('zone', '=', zone ?? '')
    .where('id', '>', from)
    .orderBy('id')
    .limit(1)
    .offset(most - 1)
  const following = db
    .selectFrom('subscriptions')
    .select('chat_id as id')
    .where('topic', 'in', topicsOf(audience))
    .where('chat_id', '>', from)
    .orderBy('chat_id')
    .limit(1)
    .offset(most - 1)
  const [last] = await (zone === undefined ? following : inZone).execute()
  return last?.id
}

/**
 * Matches chats that are reachable, and suspected chats whose next try is due: a message is then the try. `now` is in
 * milliseconds since the epoch.
 */
export function isReachableOrDue(now: number) {
  return sql<boolean>`(chats.gone is null or chats.retry_at <= ${now})`
}

/**
 * Selects the chats of an audience that would get a message at `now`, in milliseconds since the epoch. A chat that
 * follows both topics of the audience is selected twice.
 */
export function chatsOf(db: Kysely<Tables>, audience: Audience, now: number) {
  return followersOf(db, audience)
    .where(isReachableOrDue(now))
    .where(({ or, and, eb }) =>
      or([
        eb('chats.state', '=', 'active'),
        and([eb('chats.state', '=', 'paused'), eb('chats.paused_until', '<=', now)]),
      ]),
    )
    .$if(audience.once !== undefined, query => query.where(hasNotReceived(audience, now)))
}

/**
 * How long a chat counts as moved after it changed its zone, in milliseconds; the ledger keeps reminders at least as
 * long. Zones differ by up to 26 hours, so for two days such a chat could get the same reminder again.
 */
export const MOVED_MS = 5 * 86_400_000

/**
 * Matches chats that did not get the broadcast of another zone. Only a moved chat can have got one, so the query
 * searches the ledger for moved chats alone.
 */
function hasNotReceived({ once }: Audience, now: number) {
  const { subject = '', key = '' } = once ?? {}
  return sql<boolean>`(chats.zoned_at is null or chats.zoned_at < ${now - MOVED_MS} or not exists (
    select 1 from broadcasts had join deliveries d on d.broadcast_id = had.id
    where had.subject = ${subject} and substr(had.dedupe_key, 1, ${key.length}) = ${key}
      and d.chat_id = chats.id
      and (d.message_ids is not null or d.state in ('pending', 'claimed', 'sent', 'uncertain'))))`
}

/** Counts all subscribed chats of an audience, grouped by the outcome that a message would have now. */
export async function surveyOf(
  db: Kysely<Tables>,
  audience: Audience,
  now: number,
): Promise<AudienceGroup[]> {
  const rows = await followersOf(db, audience)
    .select(['chats.platform', 'chats.zone', 'chats.quiet_from', 'chats.quiet_to'])
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .select(
      sql<
        AudienceGroup['state']
      >`case when chats.gone is not null and chats.retry_at is null then 'left'
        when chats.gone is not null and chats.retry_at > ${now} then 'suspected'
        when chats.state <> 'active' and (chats.paused_until is null or chats.paused_until > ${now})
          then 'paused'
        when chats.gone is not null then 'tried'
        else 'reached' end`.as('outcome'),
    )
    .where('chats.state', '<>', 'stopped')
    .groupBy(['chats.platform', 'chats.zone', 'chats.quiet_from', 'chats.quiet_to', 'outcome'])
    .execute()
  return rows.map(({ platform, zone, count, outcome: state, ...row }) => ({
    platform,
    state,
    count: Number(count),
    zone: knownZone(zone),
    ...readQuiet(row),
  }))
}

/** Returns the topics whose followers belong to an audience. Pure. */
export function topicsOf({ topic, or }: Audience): string[] {
  return or === undefined ? [topic] : [topic, or]
}

function followersOf(db: Kysely<Tables>, audience: Audience) {
  const { without, platforms, within, zone, cadence, also, except = [] } = audience
  let query = db
    .selectFrom('subscriptions')
    .innerJoin('chats', 'chats.id', 'subscriptions.chat_id')
    .where('subscriptions.topic', 'in', topicsOf(audience))
    .where('chats.platform', 'in', platforms)
  if (within !== undefined) {
    query = query.where(({ or, eb }) =>
      or([eb('chats.within', '=', within), eb('chats.address', '=', within)]),
    )
  }
  if (zone !== undefined) query = query.where('chats.zone', '=', zone)
  if (cadence !== undefined) query = query.where('chats.cadence', '=', cadence)
  if (also !== undefined) query = query.where(({ exists }) => exists(following(db, also)))
  const excepted = [...except, ...(without === undefined ? [] : [{ topic: without }])]
  for (const { topic, cadence } of excepted) {
    query = query.where(({ or, eb, not, exists }) => {
      const isOther = not(exists(following(db, topic)))
      return cadence === undefined ? isOther : or([eb('chats.cadence', '<>', cadence), isOther])
    })
  }
  return query
}

/** Whether any chat would get a message to an audience now. */
export async function hasChats(
  db: Kysely<Tables>,
  audience: Audience,
  now: number,
): Promise<boolean> {
  const query = chatsOf(db, audience, now).select('chats.id').limit(1)
  return (await query.executeTakeFirst()) !== undefined
}

/** Selects the chat of the outer query if it follows another topic too. */
function following(db: Kysely<Tables>, topic: string) {
  return db
    .selectFrom('subscriptions as other')
    .select('other.chat_id')
    .where('other.chat_id', '=', sql<number>`chats.id`)
    .where('other.topic', '=', topic)
}
