import { yieldToEventLoop } from '../async/yield.ts'
import type { Clock } from '../clock.ts'
import { readInstant } from '../store/instant.ts'
import type { Slot } from '../store/schedule/slots.ts'
import type { Store } from '../store/store.ts'
import { dueReminders, type Reminder, type ReminderSettings } from './due-reminders.ts'
import { GRACE_HOURS, reminderPost, toBroadcast } from './posts.ts'
import { limitReminders } from './reminder-limit.ts'
import type { PublishedEdition } from './update-round.ts'

export interface ReminderRoundOptions {
  readonly store: Pick<Store, 'slots' | 'eventTopics'>
  readonly clock: Pick<Clock, 'elapsed'>
  readonly platforms: readonly string[]
  readonly reminders: ReminderSettings
  /** The base address of links, without a slash at the end. */
  readonly publicUrl?: string | undefined
}

/** Age up to which missed reminders are recorded, in hours. */
const BACK_HOURS = 35 * 24

/** Time between two records of {@link CHECKED_KEY}, in milliseconds. */
const RECORD_MS = 3_600_000

/** The key under which the store keeps the instant up to which all reminders were checked. */
const CHECKED_KEY = 'reminders looked at'

/** Most handled keys in memory: those of a day, in every zone, of many events. */
const HANDLED_KEYS = 50_000

/** Keys in one query. */
const KEYS_PER_QUERY = 500

/** Age up to which a chat that changed its zone gets a reminder, in hours. Zones are at most 26 hours apart. */
const MOVED_HOURS = 27

/** Least time that such a reminder stays valid after it was enqueued, in hours. */
const LEAST_HOURS = 1

/** Events between two yields: a daily one takes a few milliseconds. */
const BATCH = 20

/** Moved chats in one batch. */
const MOVED_CHATS = 500

/** Creates the round that posts reminders. Its functions throw {@link StoreError} if the store fails. */
export function createReminderRound(options: ReminderRoundOptions) {
  const { store, clock, platforms, reminders, publicUrl } = options
  const { slots, eventTopics } = store
  /** Keys of reminders that are posted or recorded as missed, so that the store need not be asked again. */
  const handled = new Set<string>()
  let recordedAt = Number.NEGATIVE_INFINITY

  /** Lists the reminders of a zone in a span, in steps: a calendar may have thousands of events. */
  async function dueIn(
    zone: string,
    { edition, firstSeen }: PublishedEdition,
    after: Temporal.Instant,
    until: Temporal.Instant,
  ): Promise<Reminder[]> {
    const found: Reminder[] = []
    for (let from = 0; from < edition.events.length; from += BATCH) {
      const some = { ...edition, events: edition.events.slice(from, from + BATCH) }
      found.push(...dueReminders(zone, some, firstSeen, reminders, after, until))
      await yieldToEventLoop()
    }
    return limitReminders(found)
  }

  /** Finds the due reminders of all zones that are neither posted nor recorded as missed. */
  async function unhandled(
    published: PublishedEdition,
    zones: readonly string[],
    after: Temporal.Instant,
    until: Temporal.Instant,
  ): Promise<Reminder[]> {
    const found: Reminder[] = []
    for (const zone of zones) {
      const all = await dueIn(zone, published, after, until)
      found.push(...all.filter(({ key }) => !handled.has(key)))
    }
    if (handled.size > HANDLED_KEYS) handled.clear()
    for (let from = 0; from < found.length; from += KEYS_PER_QUERY) {
      const keys = found.slice(from, from + KEYS_PER_QUERY).map(({ key }) => key)
      for (const key of await slots.known(keys)) handled.add(key)
    }
    return found.filter(({ key }) => !handled.has(key))
  }

  /**
   * Records the reminders that no chat would get, those for the followers of an event without followers, as missed.
   * Resolves to the others.
   */
  async function wanted(found: readonly Reminder[]): Promise<readonly Reminder[]> {
    if (!found.some(({ forFollowers }) => forFollowers)) return found
    const followed = await eventTopics.events()
    const isWanted = ({ forFollowers, event }: Reminder) => !forFollowers || followed.has(event.id)
    await recordMissed(found.filter(each => !isWanted(each)))
    return found.filter(isWanted)
  }

  async function recordMissed(missed: readonly Slot[]): Promise<void> {
    await slots.record(missed, 'missed')
    for (const { key } of missed) handled.add(key)
  }

  /** Reads the instant up to which all reminders were checked; undefined if it was never recorded, or is damaged. */
  async function checkedUntil(): Promise<Temporal.Instant | undefined> {
    return readInstant((await slots.recall(CHECKED_KEY)) ?? '')
  }

  /** Records reminders that are too old to be posted as missed. */
  async function recordExpired(
    published: PublishedEdition,
    zones: readonly string[],
    now: Temporal.Instant,
  ) {
    const at = clock.elapsed()
    if (at - recordedAt < RECORD_MS) return
    const since = (await checkedUntil()) ?? now
    const grace = now.subtract({ hours: GRACE_HOURS.reminder })
    const oldest = now.subtract({ hours: BACK_HOURS })
    const after = Temporal.Instant.compare(since, oldest) < 0 ? oldest : since
    if (Temporal.Instant.compare(after, grace) < 0)
      await recordMissed(await unhandled(published, zones, after, grace))
    await slots.remember(CHECKED_KEY, now.toString())
    recordedAt = at
  }

  /** Posts the reminders that chats missed because they changed to a zone in which the time was over. */
  async function postToMoved(published: PublishedEdition, now: Temporal.Instant): Promise<boolean> {
    const after = now.subtract({ hours: MOVED_HOURS })
    const expiresAt = now.add({ hours: LEAST_HOURS })
    let hasPosted = false
    for (;;) {
      const moved = await slots.moved(MOVED_CHATS)
      for (const [zone, chats] of Map.groupBy(moved, each => each.zone)) {
        const due = await dueIn(zone, published, after, now)
        for (const [newest] of byEvent(due)) {
          if (!newest || isOver(newest, now)) continue
          const broadcast = toBroadcast(
            reminderPost(published.edition, newest, publicUrl),
            platforms,
          )
          const ids = chats.map(({ chat }) => chat)
          if (await slots.join(newest, broadcast, ids, now, expiresAt)) hasPosted = true
        }
      }
      await slots.settle(moved)
      if (moved.length < MOVED_CHATS) return hasPosted
    }
  }

  return {
    /** Posts the reminders that are due in each zone. Resolves to whether one was posted. */
    async run(published: PublishedEdition, now: Temporal.Instant): Promise<boolean> {
      const zones = await slots.zones()
      const after = now.subtract({ hours: GRACE_HOURS.reminder })
      let hasPosted = false
      const found = await wanted(await unhandled(published, zones, after, now))
      for (const [newest, ...older] of byEvent(found)) {
        if (!newest) continue
        if (isOver(newest, now)) {
          await recordMissed([newest, ...older])
          continue
        }
        await recordMissed(older)
        const broadcast = toBroadcast(reminderPost(published.edition, newest, publicUrl), platforms)
        if (await slots.post(newest, broadcast, now)) hasPosted = true
        handled.add(newest.key)
      }
      if (await postToMoved(published, now)) hasPosted = true
      await recordExpired(published, zones, now)
      return hasPosted
    },
    /** Removes records of missed reminders in the future, which a clock that ran ahead has made. */
    async resetFuture(now: Temporal.Instant): Promise<void> {
      const checked = await checkedUntil()
      if (!checked || Temporal.Instant.compare(checked, now) <= 0) return
      await slots.forgetMissed(now)
      await slots.remember(CHECKED_KEY, now.toString())
      handled.clear()
    },
  }
}

/** Whether the times of an event have passed, so that its reminder is of no use any more. */
function isOver({ event: { at } }: Reminder, now: Temporal.Instant): boolean {
  return at !== undefined && Temporal.Instant.compare(at.end, now) <= 0
}

/** Groups reminders by occurrence and zone, the newest of each group first. */
function byEvent(reminders: readonly Reminder[]): Reminder[][] {
  const groups = Map.groupBy(reminders, ({ event, zone }) => `${event.subject} ${zone}`)
  return [...groups.values()].map(group =>
    group.toSorted((a, b) => Temporal.Instant.compare(b.at, a.at)),
  )
}
