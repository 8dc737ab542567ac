import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testClock } from '../platforms/pauses.ts'
import { type Dialect, newDatabase, openTestStore } from '../store/stores.ts'
import { World } from './reach-world.ts'

/** A group with a topic, and two more; a check can tell nothing of the last. */
const CHATS = ['-1', '-1/7', '-2', '-3'] as const

/** The longest that a suspected chat waits for its next try, in minutes. */
const WEEK = 7 * 24 * 60

type Step = (world: World) => Promise<unknown>

const chat = fc.constantFrom(...CHATS)
const step: fc.Arbitrary<readonly [string, Step]> = fc.oneof(
  fc
    .tuple(chat, fc.boolean(), fc.boolean(), fc.boolean())
    .map(([of, mayPost, isSure, isTold]): readonly [string, Step] => [
      `${of} ${mayPost ? 'lets' : isSure ? 'shows' : 'refuses'}${isTold ? ', told' : ''}`,
      world => world.change(of, mayPost, isSure, isTold),
    ]),
  chat.map((of): readonly [string, Step] => [`${of} is alive`, world => world.sign(of)]),
  fc
    .tuple(fc.constantFrom(1, 45, 70, 400, 1500, WEEK + 60), fc.boolean())
    .map(([minutes, isUp]): readonly [string, Step] => [
      `${minutes} minutes ${isUp ? '' : 'down'}`,
      world => world.pass(minutes, isUp),
    ]),
  ...Array.from({ length: 3 }, () =>
    fc.constant<readonly [string, Step]>(['a post', world => world.post()]),
  ),
  fc.constant<readonly [string, Step]>(['a restart', async world => world.restart()]),
  fc.constant<readonly [string, Step]>([
    'an outage',
    async world => {
      world.isAway = true
    },
  ]),
)

/** Plays `numRuns` orders of what can happen to chats and to the bot. */
export function reachProperty(dialect: Dialect, numRuns: number): void {
  test(`whatever happens in whatever order, a chat that lets the bot post gets the next post in time, and nothing twice (${dialect})`, {
    timeout: 240_000,
  }, async () => {
    const { store, log } = await openTestStore({
      url: await newDatabase(dialect),
      clock: testClock(() => world.now),
    })
    const taken = await store.lease.acquire('active', 'test', 600_000)
    if (!('epoch' in taken)) throw new Error('The lease is held.')
    let world = new World(store, log, taken.epoch)
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 40 }), async steps => {
        const { now } = world
        for (const address of world.members.keys()) {
          await store.chats.forget({ platform: 'telegram', address }, 'test')
        }
        world = new World(store, log, taken.epoch)
        world.now = now
        world.posts = runs * 1000
        runs += 1
        for (const address of CHATS) await world.add(address, address !== '-3')
        for (const [, act] of steps) await act(world)
        // In the end all chats let the bot post, and no chat gives a sign of life.
        world.isAway = false
        for (const address of CHATS) await world.change(address, true, false, false)
        await world.pass(WEEK + 60, true)
        const suspected = [...world.members.values()].filter(({ isOut }) => !isOut)
        await world.post()
        for (const { got } of suspected) expect(got).toContain(`Post ${world.posts}`)
        expect(world.lost).toEqual([])
      }),
      { numRuns },
    )
  })
}
