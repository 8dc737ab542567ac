import { expect, onTestFinished, test } from 'vitest'
import {
  createProgressMessages,
  type ShownProgress,
} from '../../src/announcements/progress-messages.ts'
import type { Clock } from '../../src/clock.ts'
import type { Failure, Outcome, Poster } from '../../src/poster.ts'
import { StoreError } from '../../src/store/error.ts'
import { announcement, saying } from '../delivery/scene.ts'
import { manualClock } from '../platforms/pauses.ts'
import { query } from '../store/raw.ts'
import { newDatabase, openTestStore } from '../store/stores.ts'

const GROUP = { platform: 'telegram', address: '-100', kind: 'group' as const }

const OWN = { platform: 'telegram', address: '42', kind: 'private' as const }

/** A card of one announcement, a clock that is let go on, and a platform that answers as it is told. */
async function openCards(place: typeof GROUP | typeof OWN = GROUP) {
  const clock = manualClock('2027-05-01T12:00:00Z')
  const url = await newDatabase('sqlite')
  const { store, log } = await openTestStore({ url, clock })
  const calls: { readonly at: number; readonly call: string; readonly text: string }[] = []
  const answers: Outcome<string>[] = []
  const meanwhile: (() => Promise<void>)[] = []
  const note = (call: string, part: object) => {
    calls.push({ at: clock.now().epochMilliseconds, call, text: JSON.stringify(part) })
    return answers.shift() ?? { ok: true as const, value: String(calls.length) }
  }
  const poster: Poster = {
    platform: 'telegram',
    limits: { ceiling: 30, chat: () => [], knownMs: 0 },
    render: message => [message],
    send: async (to, part) => note(`send ${to.address}`, part),
    edit: async (to, id, part) => {
      const [work] = meanwhile.splice(0)
      await work?.()
      return note(`edit ${to.address}/${id}`, part)
    },
    remove: async () => ({ ok: true, value: '' }),
    close() {},
  }
  const { id } = await store.announcements.draft({
    ...{ key: 'k', act: 'send', by: 'telegram:42', place, text: { ...saying(), lost: [] } },
    options: { topic: 'announcements' },
  })
  const { key: _, ...broadcast } = announcement({ message: saying('Secret plans.') })
  const confirmed = await store.announcements.confirm(id, 1, {
    broadcast: { ...broadcast, startsAt: clock.now().add({ seconds: 30 }) },
    note: { actor: 'telegram:42', action: 'announcement.send', details: {} },
  })
  expect(confirmed.outcome).toBe('done')
  const over = new AbortController()
  /** Resolves when the cards have done what there was, and sleep. */
  let asleep = Promise.withResolvers<void>()
  const watched: Clock = {
    ...clock,
    pause(ms, signal) {
      const pause = clock.pause(ms, signal)
      asleep.resolve()
      pause.then(() => {
        asleep = Promise.withResolvers()
      })
      return pause
    },
  }
  /** The stopwatch, and how long each reading of it takes: a busy machine must not slow the cards of a test. */
  const stopwatch = { at: 0, countingMs: 0 }
  const readStopwatch = () => {
    stopwatch.at += stopwatch.countingMs
    return stopwatch.at
  }
  const shown: ShownProgress = new Map()
  let isAway = false
  const away = async (): Promise<never> => {
    throw new StoreError('The database is away.')
  }
  const begin = () =>
    createProgressMessages({
      ...{ posters: [poster], clock: watched, log, timeZone: 'UTC', limiters: new Map() },
      ...{ shown, stopwatch: readStopwatch },
      store: {
        ...store,
        progressMessages: {
          ...store.progressMessages,
          set: (...values) => (isAway ? away() : store.progressMessages.set(...values)),
        },
      },
      term: { signal: over.signal, holds: () => !over.signal.aborted },
    })
  let progressMessages = begin()
  let running = progressMessages.run()
  onTestFinished(async () => {
    over.abort()
    await running
  })

  /** Lets so much time pass, in steps; after each the cards have done what was due. */
  async function pass(seconds: number): Promise<void> {
    for (let step = 0; step < seconds * 4; step++) {
      await clock.advance({ milliseconds: 250 })
      await asleep.promise
    }
  }

  /** Changes what there is to show: one more is reached. */
  let reached = 0
  async function reach(count = 1): Promise<void> {
    for (let more = 0; more < count; more++) {
      reached += 1
      const chat = { platform: 'telegram', address: String(reached), kind: 'private' as const }
      await store.chats.update(chat, () => ({
        ...{ state: 'active', topics: ['announcements'], zone: 'UTC', cadence: 'weekly', hour: 9 },
        ...{ weekday: 1, tableStyle: 'grid', onlyNew: false },
      }))
    }
  }

  return {
    ...{ url, store, clock, calls, answers, pass, reach, place, stopwatch },
    wake: () => progressMessages.wake(),
    /** Does something while the next edit is under way. */
    during: (work: () => Promise<void>) => meanwhile.push(work),
    /** Lets no card's id be kept, or lets them be kept again. */
    outage: (isBegun: boolean) => {
      isAway = isBegun
    },
    made: () => calls.map(({ call }) => call),
    async restart() {
      await progressMessages.stop()
      progressMessages = begin()
      running = progressMessages.run()
    },
    /** Gives everybody their rows, or ends it. */
    async spread() {
      while (!(await store.fanOut.enqueue(1, 100)).isDone);
    },
    async finish() {
      await store.broadcasts.cancel(1)
      while (!(await store.fanOut.skipCancelled(1, 100)).isDone);
      await store.fanOut.finish(1)
    },
    audit: async () => (await store.audit.list(10)).map(({ action }) => action),
    failing: (...failures: Failure[]) =>
      answers.push(...failures.map(failure => ({ ok: false as const, failure }))),
  }
}

/** Revises the text once a second. Resolves to the times between the calls, in milliseconds. */
async function revised(
  { calls, pass, store }: Awaited<ReturnType<typeof openCards>>,
  seconds: number,
): Promise<number[]> {
  await pass(1)
  for (let second = 0; second < seconds; second++) {
    await store.broadcasts.revise(1, saying(`Text ${second}.`))
    await pass(1)
  }
  return calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0))
}

test.each([
  ["options = '{'", "options = '{}'"],
  ['created_at = 9000000000000000', 'created_at = 1'],
])('an announcement that is damaged in the database ends no cards: %s', async (damage, repair) => {
  const scene = await openCards()
  await query(scene.url, `update announcements set ${damage}`)
  await scene.pass(1)
  expect(scene.made()).toEqual([])
  await query(scene.url, `update announcements set ${repair}`)
  await scene.pass(1)
  expect(scene.made()).toEqual(['send -100'])
})

test('however often its numbers change, the message is edited every three seconds at most', async () => {
  const gaps = await revised(await openCards(OWN), 20)
  expect(gaps.length).toBeGreaterThan(3)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3000)
  // The message is edited as soon as the platform allows, not much later.
  expect(Math.max(...gaps)).toBeLessThan(5000)
})

test('counting that takes 100 ms is followed by ten seconds without counting', async () => {
  const scene = await openCards(OWN)
  scene.stopwatch.countingMs = 100
  const gaps = await revised(scene, 40)
  expect(gaps.length).toBeGreaterThan(2)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000)
  expect(Math.max(...gaps)).toBeLessThan(12_000)
})

test('a broadcast that is finished is counted once more at once, however long counting takes', async () => {
  const { made, pass, finish, store, stopwatch } = await openCards(OWN)
  stopwatch.countingMs = 1000
  await pass(1)
  await finish()
  await pass(5)
  expect(made()).toEqual(['send 42', 'edit 42/1'])
  expect(await store.progressMessages.open()).toEqual([])
})

test.each([false, true])(
  'after a retraction a card that had its last word says so, and has no buttons (during its last edit: %s)',
  async isDuring => {
    const { audit, calls, during, finish, pass, store } = await openCards(OWN)
    const retract = async () => void (await store.broadcasts.retract(1, saying('Gone.')))
    await pass(1)
    await finish()
    if (isDuring) during(retract)
    await pass(5)
    if (!isDuring) await retract()
    await pass(10)
    expect(calls.at(-1)?.text).not.toMatch(/\/(correct|retract) 1/)
    expect(await store.progressMessages.open()).toEqual([])
    expect(await audit()).toEqual(['send.finished', 'announcement.send'])
  },
)

test('a wait that the platform names is kept before the next edit', async () => {
  const { failing, made, pass } = await openCards()
  failing({ next: 'retry', code: '429', afterMs: 3_600_000 })
  await pass(600)
  expect(made()).toEqual(['send -100'])
})

test('a failed post is tried again with growing pauses; one that arrived is not repeated', async () => {
  const { failing, calls, pass } = await openCards()
  const refused: Failure = { next: 'retry', code: '500' }
  failing(refused, refused, refused, refused, refused)
  await pass(300)
  expect(calls.map(({ call }) => call)).toEqual(Array(6).fill('send -100'))
  const gaps = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0))
  expect(gaps.at(-1)).toBeGreaterThan(2 * (gaps[0] ?? 0))
})

test('an answer that is lost twice is not asked for for ever', async () => {
  const { failing, made, pass } = await openCards()
  const lost: Failure = { next: 'uncertain', code: 'ECONNRESET' }
  failing(lost, lost, lost, lost)
  await pass(600)
  expect(made()).toEqual(['send -100', 'send -100'])
})

test('a refused post between two lost answers is the only one that does not count', async () => {
  const { failing, made, pass } = await openCards()
  const lost: Failure = { next: 'uncertain', code: 'ECONNRESET' }
  failing(lost, { next: 'retry', code: '429' }, lost, lost)
  await pass(600)
  expect(made()).toEqual(['send -100', 'send -100', 'send -100'])
})

test('a card that was deleted is not posted again, and the outcome is written down all the same', async () => {
  const { failing, made, pass, store, finish, audit } = await openCards()
  await pass(1)
  failing({ next: 'message-missing', code: '400' })
  await store.broadcasts.pause(1)
  await pass(5)
  await store.broadcasts.resume(1)
  await pass(5)
  expect(made()).toEqual(['send -100', 'edit -100/1'])
  await finish()
  await pass(5)
  expect(await audit()).toEqual(['send.finished', 'announcement.send'])
  expect(await store.progressMessages.open()).toEqual([])
})

test('a group that moved to another id gets the edits there', async () => {
  const { failing, made, pass, store } = await openCards()
  await pass(1)
  failing({ next: 'moved', code: '400', to: '-200' })
  await store.broadcasts.pause(1)
  await pass(15)
  expect(made()).toEqual(['send -100', 'edit -100/1', 'send -200'])
})

test('a progress message in a group hides a text that no chat has received yet', async () => {
  const group = await openCards()
  await group.pass(1)
  expect(group.calls[0]?.text).not.toContain('Secret')
  const own = await openCards(OWN)
  await own.pass(1)
  expect(own.calls[0]?.text).toContain('Secret plans')
})

test('a clock that is set back does not freeze it', async () => {
  const { clock, made, pass, store, wake } = await openCards()
  await pass(1)
  await clock.advance({ hours: -2 })
  await store.broadcasts.pause(1)
  // Timers know nothing of the wall clock: this one is over in any case.
  wake()
  await pass(5)
  expect(made()).toEqual(['send -100', 'edit -100/1'])
})

test('confirmed anew while “undone” is on its way, the card is not over', async () => {
  const { pass, store, calls } = await openCards()
  await pass(1)
  const note = { actor: 'telegram:42', action: 'announcement.undo', details: {} }
  const undone = await store.announcements.undo(1, note)
  if (undone.outcome !== 'done') throw new Error('It is undone.')
  const [shown] = await store.progressMessages.open()
  const { key: _, ...broadcast } = announcement({ message: saying('Again.') })
  await store.announcements.confirm(1, undone.announcement?.revision ?? 0, { broadcast, note })
  // The process that drew the message as undone is too late to end it.
  if (shown) await store.progressMessages.end(shown)
  expect(await store.progressMessages.open()).toMatchObject([{ id: 1, state: 'confirmed' }])
  await pass(5)
  expect(calls.at(-1)?.text).not.toContain('Undone')
})

test('after a restart it goes on with the message that it has', async () => {
  const { made, pass, restart, reach, spread } = await openCards()
  await pass(1)
  await restart()
  await pass(31)
  await reach(2)
  await spread()
  await pass(5)
  expect(made()[0]).toBe('send -100')
  expect(new Set(made().slice(1))).toEqual(new Set(['edit -100/1']))
})

test('a card whose id cannot be kept is posted once, beyond the lease as well', async () => {
  const { made, outage, pass, restart, reach, spread, store } = await openCards()
  outage(true)
  await pass(10)
  expect(made()).toEqual(['send -100'])
  await restart()
  await pass(10)
  outage(false)
  await pass(25)
  await reach(2)
  await spread()
  await pass(5)
  expect(new Set(made().slice(1))).toEqual(new Set(['edit -100/1']))
  expect((await store.progressMessages.open())[0]?.cardId).toBe('1')
})
