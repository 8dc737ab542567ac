import { expect, test } from 'vitest'
import { testClock } from '../platforms/pauses.ts'
import { random } from '../random.ts'
import { DIALECTS, newDatabase, openTestStore } from '../store/stores.ts'
import { reachProperty } from './reach-contract.ts'
import { World } from './reach-world.ts'

reachProperty('sqlite', 200)
reachProperty('postgres', 20)

const CHATS = 500
const DAYS = 30

/** Posts a day, eight hours apart. */
const POSTS = 3

/**
 * A post could have arrived if the chat let the bot post and, since it last refused, a sign of life has come or
 * its next try was due by then.
 */
test.for(DIALECTS)(
  'a month of 500 chats on %s whose rights come and go: no post is missed that could have arrived',
  { timeout: 240_000 },
  async dialect => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6))
    const chance = random(seed)
    let world: World | undefined
    const start = Temporal.Instant.from('2026-12-01T08:00:00Z')
    const clock = testClock(() => world?.now ?? start)
    const { store, log } = await openTestStore({ url: await newDatabase(dialect), clock })
    const taken = await store.lease.acquire('active', 'test', 3_600_000)
    if (!('epoch' in taken)) throw new Error('The lease is held.')
    world = new World(store, log, taken.epoch)
    const addresses = Array.from({ length: CHATS }, (_, index) =>
      // Every tenth is a topic of the group before it.
      index % 10 === 9 ? `-${index}/7` : `-${index + 1}`,
    )
    for (const [index, address] of addresses.entries()) await world.add(address, index % 3 > 0)
    for (let post = 0; post < DAYS * POSTS; post++) {
      for (const address of addresses) {
        const { mayPost } = world.member(address)
        // A right is taken now and then, and given back within a few days; Telegram tells half of it.
        if (chance() < (mayPost ? 0.02 : 0.15)) {
          await world.change(address, !mayPost, chance() < 0.2, chance() < 0.5)
        }
        if (world.member(address).mayPost && chance() < 0.03) await world.sign(address)
      }
      if (chance() < 0.05) world.isAway = true
      if (chance() < 0.1) world.restart()
      await world.pass(8 * 60, chance() > 0.1)
      await world.post()
    }
    const { arrived, waited, lost } = world
    console.log(
      `${dialect}, seed ${seed}: ${arrived} posts arrived, ${lost.length} missed that could have arrived, ${waited} missed before the next try`,
    )
    expect(lost, `seed ${seed}`).toEqual([])
    expect(arrived).toBeGreaterThan(CHATS * DAYS * POSTS * 0.7)
    expect(waited).toBeGreaterThan(0)
  },
)
