import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  afterFailure,
  afterStep,
  decideBeforeSend,
  isStillDue,
  nextStep,
  type RevisionShape,
  released,
  settled,
} from '../../src/delivery/decisions.ts'
import type { Failure } from '../../src/poster.ts'
import type { Broadcast } from '../../src/store/ledger/broadcast.ts'
import type { Claimed } from '../../src/store/ledger/claims.ts'
import type { Settlement } from '../../src/store/ledger/settlements.ts'
import type { Store } from '../../src/store/store.ts'
import { testClock } from '../platforms/pauses.ts'
import { runs } from '../properties.ts'
import { connect } from '../store/raw.ts'
import { DIALECTS, newDatabase, openTestStore, WISH } from '../store/stores.ts'
import { announcement, type LedgerRow, saying } from './scene.ts'

/** Rows that the holder may have in hand. */
const MOST = 3

/** Time for which a platform recognizes a repeated message: none on Telegram, always on Discord. */
const KNOWN_MS = { telegram: 0, discord: 3_600_000 } as const
type Platform = keyof typeof KNOWN_MS

/** The messages that a chat shows, by their ids; null for a deleted one. */
type Shown = Map<string, string | null>

interface Hand {
  readonly epoch: number
  readonly work: { row: Claimed; broadcast: Broadcast; hasLeft: boolean }[]
  settle: Settlement[]
}

/** The state that a process keeps beyond its terms. */
interface Process {
  known: Settlement[]
  own: number[]
}

type Row = LedgerRow & { chat_id: number; epoch: number | null; left_at: number | null }

/** The ledger itself, and everything around it as simple as can be. */
class World {
  readonly shown = new Map<number, Shown>()
  readonly keys = new Map<string, string>()
  /** The parts of each revision, from 1 on; undefined for a retraction. */
  revisions: (readonly string[] | undefined)[] = [undefined]
  hand: Hand = { epoch: 0, work: [], settle: [] }
  /** Holders of before, who do not know that they are over. */
  readonly ghosts: Hand[] = []
  readonly processes: [Process, Process] = [
    { known: [], own: [] },
    { known: [], own: [] },
  ]
  holder = 0
  /** By chat: number of messages that left and whose outcome the next process did not know. */
  readonly unknown = new Map<number, number>()
  /** Chats for which a message has ever left. */
  readonly left = new Set<number>()
  now = Temporal.Instant.from('2026-11-23T12:00:00Z')
  id = 0
  sends = 0
  readonly store: Store
  /** The database itself. */
  readonly query: (text: string) => Promise<unknown[]>

  constructor(store: Store, query: World['query']) {
    this.store = store
    this.query = query
  }

  /** The lease ends, with or without its process, and one of the two takes it. */
  async takeOver(by: number, isCrash: boolean): Promise<void> {
    const { hand, processes } = this
    this.ghosts.push({ ...hand, work: [...hand.work], settle: [...hand.settle] })
    const isForgotten = isCrash || by !== this.holder
    const rows = await this.rows()
    const mayHaveArrived = rows.filter(row => row.left_at !== null).map(row => Number(row.chat_id))
    if (isForgotten) for (const chat of mayHaveArrived) this.count(chat)
    const before = processes[this.holder]
    if (!before) throw new Error('There are two.')
    if (isCrash) Object.assign(before, { known: [], own: [] })
    else {
      before.own.push(hand.epoch)
      before.known.push(...hand.settle, ...hand.work.map(({ row }) => released(row)))
    }
    const { lease, deliveries } = this.store
    await this.query('update lease set expires_at = 0')
    const taken = await lease.acquire('active', `holder ${this.ghosts.length}`, 3_600_000)
    if (!('epoch' in taken)) throw new Error('The lease is held.')
    this.hand = { epoch: taken.epoch, work: [], settle: [] }
    this.holder = by
    const { known = [], own = [] } = processes[by] ?? {}
    await deliveries.recover({ lease: 'active', epoch: taken.epoch, known, own })
    processes[by] = { known: [], own: [] }
  }

  private count(chat: number): void {
    this.unknown.set(chat, (this.unknown.get(chat) ?? 0) + 1)
  }

  /** Records that the call of a row in hand leaves; nothing where that needs no record. */
  async leave(index: number): Promise<void> {
    const { hand } = this
    const work = hand.work[index % Math.max(1, hand.work.length)]
    if (!work || work.hasLeft) return
    const { row, broadcast } = work
    if (nextStep(row, this.contentOf(broadcast)).do !== 'send') return
    const left = await this.store.deliveries.leave(hand.epoch, [row])
    expect(left).toMatchObject([{ broadcast: row.broadcast, chat: row.chat }])
    work.hasLeft = true
    this.left.add(row.chat)
  }

  async exchange(
    hand: Hand,
    platform: Platform,
    most: number,
    leavesAtOnce = false,
  ): Promise<boolean> {
    const mine = hand.settle.filter(each => this.platformOf(each.chat) === platform)
    const exchanged = await this.store.deliveries.exchange({
      ...{ platform, epoch: hand.epoch, lease: 'active', settle: mine },
      most: Math.max(0, most - this.inHand(hand, platform)),
      knownMs: KNOWN_MS[platform],
      leavesAtOnce,
    })
    if (!exchanged) return false
    hand.settle = hand.settle.filter(each => !mine.includes(each))
    for (const row of exchanged.claimed) {
      const broadcast = exchanged.open.find(({ id }) => id === row.broadcast)
      if (!broadcast) throw new Error('What is claimed is open.')
      const ended = decideBeforeSend(row, broadcast, this.contentOf(broadcast), this.now)
      if (ended) hand.settle.push(ended)
      else hand.work.push({ row, broadcast, hasLeft: row.hasLeft })
      if (row.hasLeft) this.left.add(row.chat)
    }
    // Release the rows of a paused or revised broadcast.
    for (const work of hand.work.splice(0)) {
      const { row, broadcast, hasLeft } = work
      const known = exchanged.open.find(({ id }) => id === row.broadcast)
      if (hasLeft || isStillDue(row, broadcast, known)) hand.work.push(work)
      else hand.settle.push(released(row))
    }
    return true
  }

  inHand(hand: Hand, platform: Platform): number {
    return hand.work.filter(({ row }) => row.place.platform === platform).length
  }

  platformOf(chat: number): Platform {
    return chat % 2 === 0 ? 'telegram' : 'discord'
  }

  contentOf({ revision }: Broadcast): RevisionShape {
    return { revision, parts: this.revisions[revision]?.length ?? 0, isPublished: false }
  }

  /** Makes one call for one claimed row, with a given end. */
  async work(index: number, how: Ending): Promise<void> {
    const { hand } = this
    await this.leave(index)
    const at = index % Math.max(1, hand.work.length)
    const [work] = hand.work.splice(at, 1)
    if (!work) return
    const { row, broadcast } = work
    const parts = this.revisions[broadcast.revision]
    const content = this.contentOf(broadcast)
    const step = nextStep(row, content)
    const has = how === 'arrives' || how === 'answer lost'
    let id = ''
    if (has) {
      const shown = this.shown.get(row.chat) ?? new Map<string, string | null>()
      this.shown.set(row.chat, shown)
      if (step.do === 'send') {
        const key = `${row.broadcast} ${row.chat} ${step.as.part} ${step.as.revision}`
        const known = KNOWN_MS[row.place.platform as Platform] > 0 ? this.keys.get(key) : undefined
        this.sends += 1
        id = known ?? `${this.sends}`
        if (!known) {
          this.keys.set(key, id)
          shown.set(id, parts?.[step.part] ?? 'notice')
        }
      } else if (step.do === 'edit') shown.set(step.id, parts?.[step.part] ?? 'notice')
      else if (step.do === 'remove') shown.set(step.id, null)
    }
    if (how === 'arrives') {
      const next = afterStep(row, step, content, id)
      const isWhole = nextStep(next, content).do === 'end'
      const { revision: revisionSent } = content
      hand.settle.push(isWhole ? settled(next, 'sent', { revisionSent }) : settled(next, 'pending'))
      return
    }
    const failure: Failure = FAILURES[how]
    if (failure.next === 'uncertain' && step.do === 'send') this.count(row.chat)
    hand.settle.push(afterFailure(row, step, failure, this.now, this.now, 0).settlement)
  }

  async rows(): Promise<Row[]> {
    return (await this.query('select * from deliveries order by chat_id')) as Row[]
  }

  /** Checks the invariants of `docs/delivery.md`. */
  async check(): Promise<void> {
    const rows = await this.rows()
    for (const platform of ['telegram', 'discord']) {
      const claimed = rows.filter(row => row.platform === platform && row.state === 'claimed')
      expect(claimed.length).toBeLessThanOrEqual(MOST)
    }
    for (const row of rows) {
      expect(row.epoch === null).toBe(row.state !== 'claimed')
      expect(Number(row.epoch ?? 0)).toBeLessThanOrEqual(this.hand.epoch)
      const shown = [...(this.shown.get(Number(row.chat_id)) ?? [])]
      const ids: string[] = JSON.parse(row.message_ids ?? '[]')
      const strays = shown.filter(([id, text]) => text !== null && !ids.includes(id))
      // Each second copy is recorded; a platform that recognizes a repeated message has none.
      const mayStray = row.repeated
      // One part may have arrived whose outcome is not known yet, but never of a row that was merely claimed.
      const isOpen = row.left_at !== null || row.tried_at !== null
      if (row.left_at !== null) expect(row.state).toBe('claimed')
      if (isOpen) expect(this.left).toContain(Number(row.chat_id))
      // A true count: each repetition follows upon a call that left and whose outcome was unknown.
      expect(row.repeated).toBeLessThanOrEqual(this.unknown.get(Number(row.chat_id)) ?? 0)
      expect(strays.length).toBeLessThanOrEqual(mayStray + Number(isOpen))
      if (row.state !== 'sent') continue
      const said = this.revisions[row.revision_sent]
      const standing = ids.map(id => this.shown.get(Number(row.chat_id))?.get(id))
      if (said) expect(standing).toEqual(said)
      else expect(standing.every(text => text === null)).toBe(true)
    }
    const broadcast = await this.store.broadcasts.find(this.id)
    const isOpen = rows.some(({ state }) => state === 'pending' || state === 'claimed')
    if (broadcast?.isFinished) expect(isOpen).toBe(false)
  }

  /** Everything that is left, until nothing is. */
  async drain(): Promise<void> {
    const { broadcasts, fanOut } = this.store
    await broadcasts.resume(this.id)
    for (let round = 0; round < 200; round++) {
      this.now = this.now.add({ minutes: 2 })
      while (!(await fanOut.enqueue(this.id, 2)).isDone);
      while (!(await fanOut.requeueForRevision(this.id, 2)).isDone);
      while (!(await fanOut.skipCancelled(this.id, 2)).isDone);
      for (const platform of ['telegram', 'discord'] as const) {
        await this.exchange(this.hand, platform, MOST)
      }
      while (this.hand.work.length > 0) await this.work(0, 'arrives')
      for (const platform of ['telegram', 'discord'] as const) {
        await this.exchange(this.hand, platform, 0)
      }
      await this.check()
      if (await fanOut.finish(this.id)) return
      if ((await broadcasts.find(this.id))?.isFinished) return
    }
    throw new Error('It does not come to an end.')
  }
}

type Ending = 'arrives' | 'answer lost' | 'request lost' | 'refused' | 'gone' | 'later'

const FAILURES = {
  'answer lost': { next: 'uncertain', code: 'timeout' },
  'request lost': { next: 'uncertain', code: 'timeout' },
  refused: { next: 'rejected', code: '400', of: 'content' },
  gone: { next: 'gone', code: '403', why: 'blocked' },
  later: { next: 'retry', code: '429', afterMs: 1000 },
} as const

type Command = fc.AsyncCommand<object, World>

const command = (name: string, act: (world: World) => Promise<unknown>): Command => ({
  check: () => true,
  async run(_, world) {
    await act(world)
    await world.check()
  },
  toString: () => name,
})

const platform = fc.constantFrom<Platform>('telegram', 'discord')
const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })

/** The parts of the next revision; their words tell of which it is. */
function parts(world: World, said: readonly string[]): readonly string[] {
  return said.map((word, index) => `${word} ${world.revisions.length} ${index + 1}`)
}

const enqueue = fc
  .integer({ min: 1, max: 6 })
  .map(most => command(`enqueue ${most}`, world => world.store.fanOut.enqueue(world.id, most)))

const exchange = fc
  .tuple(platform, fc.boolean())
  .map(([on, atOnce]) =>
    command(`exchange ${on}${atOnce ? ', leaves at once' : ''}`, world =>
      world.exchange(world.hand, on, MOST, atOnce),
    ),
  )

const leave = fc.nat(4).map(index => command(`leave ${index}`, world => world.leave(index)))

const work = (...endings: Ending[]) =>
  fc
    .tuple(fc.nat(4), fc.constantFrom(...endings))
    .map(([index, how]) => command(`work ${index}: ${how}`, world => world.work(index, how)))

const disturbances = [
  fc
    .boolean()
    .map(isOther =>
      command(`crash, ${isOther ? 'the other' : 'a new one'} takes over`, world =>
        world.takeOver(isOther ? 1 - world.holder : world.holder, true),
      ),
    ),
  fc
    .boolean()
    .map(isOther =>
      command(`the lease is lost, ${isOther ? 'the other' : 'the same'} takes it`, world =>
        world.takeOver(isOther ? 1 - world.holder : world.holder, false),
      ),
    ),
  platform.map(on =>
    command(`a ghost settles ${on}`, async world => {
      const ghost = world.ghosts.at(-1)
      if (!ghost || ghost.epoch === 0) return
      for (const { row } of ghost.work.splice(0)) ghost.settle.push(settled(row, 'failed', {}))
      const before = await world.rows()
      expect(await world.exchange(ghost, on, MOST)).toBe(false)
      expect(await world.rows()).toEqual(before)
    }),
  ),
  text.map(said =>
    command(`revise ${said}`, async world => {
      const next = parts(world, said)
      expect(await world.store.broadcasts.revise(world.id, saying(...next))).toBe(true)
      world.revisions.push(next)
    }),
  ),
  fc.constant(
    command('retract', async world => {
      await world.store.broadcasts.retract(world.id, saying())
      world.revisions.push(undefined)
    }),
  ),
  fc.constant(command('pause', world => world.store.broadcasts.pause(world.id))),
  fc.constant(command('resume', world => world.store.broadcasts.resume(world.id))),
  fc.constant(command('cancel', world => world.store.broadcasts.cancel(world.id))),
  fc
    .integer({ min: 1, max: 6 })
    .map(most =>
      command(`drop ${most}`, world => world.store.fanOut.skipCancelled(world.id, most)),
    ),
  fc.constant(command('finish', world => world.store.fanOut.finish(world.id))),
  fc.integer({ min: 1, max: 120 }).map(minutes =>
    command(`${minutes} minutes pass`, async world => {
      world.now = world.now.add({ minutes })
    }),
  ),
]

const requeueForRevision = fc
  .integer({ min: 1, max: 6 })
  .map(most =>
    command(`redo ${most}`, world => world.store.fanOut.requeueForRevision(world.id, most)),
  )

/** Usual steps are frequent; otherwise no run would get far enough to be disturbed. */
const commands = fc.commands(
  [
    ...Array.from({ length: 3 }, () => enqueue),
    ...Array.from({ length: 8 }, () => exchange),
    ...Array.from({ length: 12 }, () => work('arrives')),
    ...Array.from({ length: 3 }, () => work('answer lost', 'request lost')),
    work('refused', 'gone', 'later'),
    leave,
    ...[requeueForRevision, requeueForRevision],
    ...disturbances,
  ],
  { maxCommands: 80, size: 'max' },
)

describe.for(DIALECTS)('the ledger on %s', dialect => {
  test('whatever happens in whatever order, what is written down of it holds', {
    timeout: 240_000,
  }, async () => {
    const url = await newDatabase(dialect)
    let world: World
    const clock = testClock(() => world.now)
    const { store } = await openTestStore({ url, clock })
    const { query, close } = await connect(url)
    onTestFinished(close)
    world = new World(store, query)
    for (let index = 0; index < 6; index++) {
      // By their ids: an odd one is Discord's.
      const on = index % 2 === 0 ? 'discord' : 'telegram'
      await store.chats.update({ platform: on, address: `${index}`, kind: 'private' }, () => WISH)
    }
    await fc.assert(
      fc.asyncProperty(commands, async sequence => {
        await query('delete from deliveries')
        await query('delete from broadcasts')
        const { hand } = world
        world = new World(store, query)
        world.hand = { epoch: hand.epoch, work: [], settle: [] }
        const first = parts(world, ['a', 'b'])
        const { id } = await store.broadcasts.create(announcement({ message: saying(...first) }))
        world.id = id
        world.revisions.push(first)
        await world.takeOver(0, true)
        await fc.asyncModelRun(() => ({ model: {}, real: world }), sequence)
        await world.drain()
        // Everybody has a row, unless it was stopped before they had one.
        const rows = await world.rows()
        const broadcast = await store.broadcasts.find(id)
        if (broadcast?.state === 'active' && broadcast.revision === 1) expect(rows).toHaveLength(6)
        const newest = world.revisions.length - 1
        // A retracted message leaves nothing that a later revision could change.
        const standing = rows.filter(row => row.state === 'sent' && row.message_ids !== null)
        for (const row of standing) {
          expect(row.revision_sent).toBe(newest)
        }
      }),
      { numRuns: runs(dialect === 'sqlite' ? 300 : 40) },
    )
  })
})
