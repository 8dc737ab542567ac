import { type CheckResult, resultsOf } from '../../check-result.ts'
import type { StoreFacts, StoreRows } from '../../store/inspect.ts'
import { platformTitle } from '../../texts/platform-titles.ts'
import { chats, counted, listed, span } from '../../texts/plurals.ts'

const { ok, warning, error } = resultsOf('database')
const posts = resultsOf('posts')

/** The result of the check of an SQLite file for damage; `unknown` if it did not end in time. */
export type Damage = 'none' | 'unknown' | { readonly message: string }

/** Judges a database; `facts` is undefined if the file does not exist. `place` names it to the operator. Pure. */
export function judgeDatabase(
  place: string,
  facts: StoreFacts | undefined,
  damage: Damage | undefined,
): CheckResult[] {
  if (!facts) {
    return [
      warning(
        `There is no database at ${place}. The first start creates it.`,
        'If the bot has run before, set DATABASE_URL to its database, or run this in its folder.',
      ),
    ]
  }
  return [...judgeSchema(place, facts), ...judgeDamage(place, damage), ...judgeLease(facts.rows)]
}

function judgeSchema(place: string, { pending, isEmpty, isNewer }: StoreFacts): CheckResult[] {
  if (isNewer) {
    return [
      error(
        `A newer Sitrep has written the database ${place}.`,
        'Run that version, or change DATABASE_URL.',
      ),
    ]
  }
  if (pending.length === 0) return [ok(`The database ${place} has the newest schema.`)]
  if (isEmpty) return [ok(`The database ${place} is empty. The first start sets it up.`)]
  const changes = counted(pending.length, 'change', 'changes')
  return [
    warning(
      `The database ${place} lacks ${changes} of the schema. The next start makes them, and an older Sitrep then refuses the database.`,
      'Back it up before you start this version.',
    ),
  ]
}

function judgeDamage(place: string, damage: Damage | undefined): CheckResult[] {
  if (damage === undefined) return []
  if (damage === 'none') return [ok('The database file is undamaged.')]
  if (typeof damage === 'object') return [error(damage.message)]
  return [
    warning(
      'The database file couldn’t be checked for damage in time.',
      `Run \`sqlite3 ${place} "pragma quick_check"\`.`,
    ),
  ]
}

function judgeLease(rows: StoreRows | undefined): CheckResult[] {
  if (!rows) return []
  return rows.holder === undefined
    ? [ok('No process holds the lease, so no bot posts now.')]
    : [ok(`The process ${rows.holder} holds the lease and posts.`)]
}

/** Age of the oldest delivery from which on it counts as late, in seconds. */
const LATE_S = 600

/** Most paused broadcasts that are named. */
const NAMED = 10

/** Judges what waits: paused broadcasts, waits of platforms, unreachable chats and late deliveries. Pure. */
export function judgePosts(rows: StoreRows, now: Temporal.Instant): CheckResult[] {
  const found = [
    ...judgePaused(rows.paused),
    ...judgeWaits(rows.waits, now),
    ...judgeReach(rows.reach),
    ...judgeOutbox(rows),
  ]
  return found.length > 0 ? found : [posts.ok('No post is paused or late.')]
}

function judgePaused(paused: readonly number[]): CheckResult[] {
  const [first] = paused
  if (first === undefined) return []
  const named = listed(paused.slice(0, NAMED).map(number => `#${number}`))
  const more = paused.length > NAMED ? ` (${paused.length} in all)` : ''
  return [
    posts.warning(
      `Paused: ${named}${more}.`,
      `Resume with \`bin/sitrep broadcast --resume ${first}\`, or stop it with --cancel ${first}. --list shows why.`,
    ),
  ]
}

function judgeWaits(waits: StoreRows['waits'], now: Temporal.Instant): CheckResult[] {
  const ofChats = waits.filter(({ isChat }) => isChat).length
  return [
    ...waits
      .filter(({ isChat }) => !isChat)
      .map(({ platform, until }) =>
        posts.warning(
          `${platformTitle(platform)} asks to wait for ${span(until.since(now).total('seconds'))} more before the next post.`,
          'Wait. If this happens often, lower the broadcast rate.',
        ),
      ),
    ...(ofChats > 0
      ? [posts.ok(`A platform asks to wait before the next post in ${chats(ofChats)}.`)]
      : []),
  ]
}

function judgeReach(reach: StoreRows['reach']): CheckResult[] {
  return reach.flatMap(({ platform, suspected, left }) => {
    const on = `on ${platformTitle(platform)}`
    return [
      ...(suspected > 0
        ? [
            posts.warning(
              `Posts don’t arrive in ${chats(suspected)} ${on}. Sitrep retries with growing pauses.`,
              'Look for chat.unreachable in the log. It says which right is missing.',
            ),
          ]
        : []),
      ...(left > 0 ? [posts.ok(`${chats(left)} ${on} removed or blocked the bot.`)] : []),
    ]
  })
}

function judgeOutbox({ outbox, holder }: StoreRows): CheckResult[] {
  return outbox
    .filter(({ oldestS }) => oldestS > LATE_S)
    .map(({ platform, due, oldestS }) =>
      posts.warning(
        `On ${platformTitle(platform)}, ${counted(due, 'delivery waits', 'deliveries wait')}, the oldest for ${span(oldestS)}.`,
        holder === undefined ? 'Start the bot.' : 'Look at the log of the bot.',
      ),
    )
}
