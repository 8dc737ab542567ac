import { yieldToEventLoop } from '../async/yield.ts'
import { readInstant } from '../store/instant.ts'
import type { Slot } from '../store/schedule/slots.ts'
import type { Store } from '../store/store.ts'
import { GRACE_HOURS, reminderPost, toBroadcast } from './posts.ts'
import { type Reminder, type ReminderSettings, remindersIn } from './reminders.ts'
import type { PublishedEdition } from './update-round.ts'

export interface ReminderRoundOptions {
  readonly store: Pick<Store, 'slots'>
  readonly platforms: readonly string[]
  readonly reminders: ReminderSettings
}

/** How far back it is written down what was missed, in hours. */
const BACK_HOURS = 35 * 24

/** How often it is written down until when everything was looked at, in milliseconds. */
const NOTE_MS = 3_600_000

/** Under what the clock remembers that. */
const LOOKED = 'reminders looked at'

/** Keys that are remembered: those of a day, in every zone, of many exercises. */
const REMEMBERED = 50_000

/** Keys that are asked for at once. */
const KEYS = 500

/** How late a reminder may come to a moved chat, in hours: zones are 26 hours apart at most. */
const MOVED_HOURS = 27

/** Longest wait of such a reminder for its delivery, in hours. */
const LEFT_HOURS = 1

/** Moved chats that are looked after at once. */
const MOVED = 500

/** Posts the reminders that are due in any zone; resolves to whether there were any. */
export function createReminderRound({ store, platforms, reminders }: ReminderRoundOptions) {
  const { slots } = store
  /** Dealt with: what the store need not be asked for any more. */
  const handled = new Set<string>()
  let notedAt = Number.NEGATIVE_INFINITY

  /** Of what is due in any zone, what has not been dealt with. */
  async function open(
    { edition, known }: PublishedEdition,
    zones: readonly string[],
    after: Temporal.Instant,
    until: Temporal.Instant,
  ): Promise<Reminder[]> {
    const found: Reminder[] = []
    for (const zone of zones) {
      const all = remindersIn(zone, edition.exercises, known, reminders, after, until)
      found.push(...all.filter(({ key }) => !handled.has(key)))
      // Whoever asks something meanwhile is answered.
      await yieldToEventLoop()
    }
    if (handled.size > REMEMBERED) handled.clear()
    for (let from = 0; from < found.length; from += KEYS) {
      const keys = found.slice(from, from + KEYS).map(({ key }) => key)
      for (const key of await slots.known(keys)) handled.add(key)
    }
    return found.filter(({ key }) => !handled.has(key))
  }

  async function miss(missed: readonly Slot[]): Promise<void> {
    await slots.record(missed, 'missed')
    for (const { key } of missed) handled.add(key)
  }

  /** Undefined if that was never written down, or is damaged. */
  async function lookedAt(): Promise<Temporal.Instant | undefined> {
    return readInstant((await slots.recall(LOOKED)) ?? '')
  }

  /** A clock that was ahead for a moment has missed what is still to come. */
  async function forgetAhead(now: Temporal.Instant): Promise<void> {
    const noted = await lookedAt()
    if (!noted || Temporal.Instant.compare(noted, now) <= 0) return
    await slots.forgetMissed(now)
    await slots.remember(LOOKED, now.toString())
    handled.clear()
  }

  /** What is too old by now is not posted; that it was missed is written down. */
  async function writeDown(
    told: PublishedEdition,
    zones: readonly string[],
    now: Temporal.Instant,
  ) {
    if (Math.abs(now.epochMilliseconds - notedAt) < NOTE_MS) return
    const since = (await lookedAt()) ?? now
    const grace = now.subtract({ hours: GRACE_HOURS.reminder })
    const oldest = now.subtract({ hours: BACK_HOURS })
    const after = Temporal.Instant.compare(since, oldest) < 0 ? oldest : since
    if (Temporal.Instant.compare(after, grace) < 0)
      await miss(await open(told, zones, after, grace))
    await slots.remember(LOOKED, now.toString())
    notedAt = now.epochMilliseconds
  }

  /** Posts the reminders that chats have missed because they came into a zone after its moment. */
  async function follow(
    { edition, known }: PublishedEdition,
    now: Temporal.Instant,
  ): Promise<boolean> {
    const after = now.subtract({ hours: MOVED_HOURS })
    const least = now.add({ hours: LEFT_HOURS })
    let hasPosted = false
    for (;;) {
      const moved = await slots.moved(MOVED)
      for (const [zone, chats] of Map.groupBy(moved, each => each.zone)) {
        const due = remindersIn(zone, edition.exercises, known, reminders, after, now)
        for (const [newest] of byExercise(due)) {
          if (!newest) continue
          const wanted = toBroadcast(reminderPost(edition, newest), platforms)
          const ids = chats.map(({ chat }) => chat)
          if (await slots.join(newest, wanted, ids, now, least)) hasPosted = true
        }
      }
      await slots.settle(moved)
      if (moved.length < MOVED) return hasPosted
    }
  }

  return async (told: PublishedEdition, now: Temporal.Instant): Promise<boolean> => {
    const zones = await slots.zones()
    await forgetAhead(now)
    const after = now.subtract({ hours: GRACE_HOURS.reminder })
    let hasPosted = false
    for (const [newest, ...older] of byExercise(await open(told, zones, after, now))) {
      if (!newest) continue
      await miss(older)
      const wanted = toBroadcast(reminderPost(told.edition, newest), platforms)
      if (await slots.post(newest, wanted, now)) hasPosted = true
      handled.add(newest.key)
    }
    if (await follow(told, now)) hasPosted = true
    await writeDown(told, zones, now)
    return hasPosted
  }
}

/** Of each exercise in each zone the newest first. */
function byExercise(reminders: readonly Reminder[]): Reminder[][] {
  const groups = Map.groupBy(reminders, ({ exercise, zone }) => `${exercise.id} ${zone}`)
  return [...groups.values()].map(group =>
    group.toSorted((a, b) => Temporal.Instant.compare(b.at, a.at)),
  )
}
