import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createReachability } from '../../src/chats/reachability.ts'
import { systemClock } from '../../src/clock.ts'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { renderText } from '../../src/render/text.ts'
import type { Subscription } from '../../src/store/chats/chat.ts'
import { StoreError } from '../../src/store/error.ts'
import { chatKey } from '../../src/store/ledger/flood-waits.ts'
import type { Settlement } from '../../src/store/ledger/settlements.ts'
import { texts } from '../../src/texts.ts'
import { announcement } from '../delivery/scene.ts'
import { askBot, type Facts } from '../request.ts'
import { event, openSchedule } from '../schedule/scene.ts'
import { DIALECTS } from '../store/stores.ts'
import { TARGETS } from '../target-platforms.ts'

const OWN = { platform: 'telegram', address: '1', kind: 'private' } as const
const SERVER = { platform: 'discord', address: '9', within: '300', kind: 'channel' } as const
const LEADS = {
  moments: [14, 3, 1, 'start', 'end'],
  time: Temporal.PlainTime.from('09:00'),
} as const

/** A bot over a schedule with an event on 1 June, on a Saturday before. */
async function open(dialect: (typeof DIALECTS)[number] = 'sqlite') {
  const june = event('june', '2027-06-01', '2027-06-10')
  const scene = await openSchedule({ dialect, start: '2027-05-01T12:00:00Z', events: [june] })
  await scene.beat()
  const { store } = scene
  // The bot waits for the settings of the chat.
  const clock = { ...scene.clock, pause: systemClock.pause }
  const { lease } = store
  const parts: Record<string, { status: string; ready: boolean; reason?: string }> = {}
  const operations = {
    parts: () => parts,
    platforms: TARGETS,
    news: scene.news,
    announcing: { undoWindowMs: 30_000, wake() {}, onWake: () => () => {} },
  }
  const bot = (isSilent: boolean) =>
    createBot({
      ...{ registry: () => createRegistry(scene.content()), clock, timeZone: 'UTC', store },
      moderators: { users: ['telegram:42'], roles: [] },
      reminders: LEADS,
      operations: async () => (isSilent ? undefined : operations),
    })

  async function asking(line = '/doctor', facts: Facts = {}, isSilent = false) {
    const reply = await askBot(bot(isSilent), line, { place: OWN, ...facts })
    if (!reply) throw new Error(`There is no answer to ${line}.`)
    return reply.message
  }

  async function ask(line?: string, facts?: Facts, isSilent?: boolean): Promise<string> {
    const message = await asking(line, facts, isSilent)
    return `${renderText(message, { columns: 80, style: 'grid', colour: false })}\n`
  }

  /** Posts an announcement with this outcome. */
  async function post(outcome: Partial<Settlement>): Promise<number> {
    const { id } = await store.broadcasts.create(announcement())
    await store.fanOut.enqueue(id, 100)
    const { epoch = 0 } = { ...(await lease.acquire('other', 'test', 600_000)) } as {
      epoch?: number
    }
    const common = { platform: 'telegram', epoch, lease: 'other', knownMs: 0 }
    const exchanged = await store.deliveries.exchange({ ...common, settle: [], most: 32 })
    const row = exchanged?.claimed.find(({ broadcast }) => broadcast === id)
    if (!row) throw new Error('There is no row.')
    const sent = { state: 'sent', messages: ['1'], part: 1, revisionSent: 1 } as const
    const settle = [{ ...row, ...sent, ...outcome }]
    await store.deliveries.exchange({ ...common, settle, most: 0 })
    return id
  }

  return {
    ...{ ...scene, clock, parts, asking, ask, post },
    change: (wish: Partial<Subscription>) => scene.subscribe('1', wish),
    refuse: (isSure: boolean, place = OWN as { platform: string; address: string }) =>
      createReachability({ store, now: scene.now }).left(place, 'forbidden', false, {
        ...{ isSure, right: 'Send Messages' },
      }),
  }
}

type Scene = Awaited<ReturnType<typeof open>>

const TOPICS = ['announcements', 'digest', 'events']

/** The states of a chat, each with its golden file. */
const STATES: Record<string, (scene: Scene) => Promise<string>> = {
  async unsubscribed({ ask }) {
    return ask()
  },
  async subscribed({ change, ask }) {
    await change({ topics: TOPICS })
    return ask('why does nothing arrive?')
  },
  async paused({ change, ask }) {
    await change({ topics: TOPICS, state: 'paused' })
    return ask('why')
  },
  async 'paused-until'({ change, now, ask }) {
    const pausedUntil = now().add({ hours: 20 * 24 })
    await change({ topics: TOPICS, state: 'paused', pausedUntil })
    return ask()
  },
  async quiet({ change, ask }) {
    await change({ topics: TOPICS, quiet: { from: 13, to: 16 }, muted: ['june'] })
    return ask()
  },
  async waits({ change, store, now, ask }) {
    await change({ topics: TOPICS })
    await store.floods.keep('telegram', now().add({ hours: 1 }))
    await store.floods.keep(chatKey('telegram', '1'), now().add({ hours: 3 }))
    return ask()
  },
  async failed({ change, post, ask }) {
    await change({ topics: TOPICS })
    await post({ state: 'failed', error: 'content', messages: [], revisionSent: 0 })
    return ask()
  },
  async expired({ change, post, ask }) {
    await change({ topics: TOPICS })
    await post({ state: 'skipped', error: 'expired', messages: [], revisionSent: 0 })
    return ask()
  },
  async sent({ change, post, ask }) {
    await change({ topics: TOPICS, cadence: 'instant' })
    await post({})
    return ask()
  },
  async healed({ change, refuse, set, now, ask }) {
    await change({ topics: TOPICS })
    await refuse(false)
    set(now().add({ hours: 2 }))
    return ask()
  },
  async suspected({ store, refuse, set, now, ask }) {
    await store.chats.update(SERVER, () => ({
      ...{ state: 'active', topics: TOPICS, zone: 'UTC', cadence: 'daily', hour: 9, weekday: 1 },
      ...{ tableStyle: 'grid', onlyNew: false },
    }))
    await refuse(false, SERVER)
    set(now().add({ minutes: 5 }))
    return ask('/doctor', { place: SERVER, barred: 'rights', lacking: ['Send Messages'] })
  },
  async 'left-by-name'({ store, refuse, ask }) {
    const channel = { platform: 'telegram', address: '-100', kind: 'channel' } as const
    await store.chats.update(channel, () => ({
      ...{ state: 'active', topics: TOPICS, zone: 'UTC', cadence: 'daily', hour: 9, weekday: 1 },
      ...{ tableStyle: 'grid', onlyNew: false },
    }))
    await refuse(true, channel)
    const reach = async () => ({ ...channel, title: '@news', isBarred: true })
    return ask('/doctor @news', { reach })
  },
  async 'user-installed'({ ask }) {
    return ask('/doctor', { place: SERVER, barred: 'member', mayManage: async () => false })
  },
  async stranger({ ask }) {
    return ask('/doctor', {
      place: { ...SERVER, kind: 'private', within: undefined } as never,
      barred: 'member',
    })
  },
  async direct({ ask }) {
    return ask('/doctor', {
      place: { platform: 'discord', address: '8', kind: 'private' },
      barred: 'direct',
    })
  },
  async silent({ change, ask }) {
    await change({ topics: TOPICS })
    return ask('/doctor', {}, true)
  },
  async moderator({ change, store, parts, ask }) {
    await change({ topics: TOPICS })
    const { id } = await store.broadcasts.create(announcement())
    await store.broadcasts.pause(id)
    parts.content = { status: 'stale', reason: 'A file has a problem.', ready: true }
    return ask('/doctor', { user: 'telegram:42' })
  },
  async fault({ change, parts, ask }) {
    await change({ topics: TOPICS })
    parts['delivery.telegram'] = { status: 'trouble', reason: 'A secret.', ready: false }
    parts['delivery.discord'] = { status: 'trouble', ready: false }
    const shown = await ask()
    expect(shown).not.toContain('A secret.')
    expect(await ask('/doctor', { user: 'telegram:42' })).toContain(
      'Posting on Telegram: A secret.',
    )
    return shown
  },
}

/** States with rows of each table, which PostgreSQL answers as SQLite does. */
const KEPT_IN_POSTGRES = ['failed', 'healed', 'moderator', 'waits']

test.for(Object.entries(STATES))('the diagnosis of a chat: %s', async ([name, answer]) => {
  const golden = join(import.meta.dirname, `golden/doctor/${name}.txt`)
  const dialects = DIALECTS.filter(each => each === 'sqlite' || KEPT_IN_POSTGRES.includes(name))
  for (const dialect of dialects) {
    const shown = await answer(await open(dialect))
    await expect(shown).toMatchFileSnapshot(golden)
    // One screen of a phone.
    expect(shown.split('\n').length).toBeLessThanOrEqual(20)
  }
})

test('only managers of a chat learn why nothing arrives there', async () => {
  const { change, asking, ask } = await open()
  await change({ topics: TOPICS })
  const group = { platform: 'telegram', address: '-5', kind: 'group' } as const
  expect(await ask('/doctor', { place: group, mayManage: async () => false })).toBe(
    `${texts.refusedGroup}\n\n${texts.diagnosis.askAdmin}\n`,
  )
  const { actions = [] } = await asking('/doctor', { place: group, mayManage: async () => true })
  expect(actions[0]).toMatchObject({ command: '/subscribe' })
})

test('the parts of the process are for moderators who alone read the answer', async () => {
  const { parts, ask } = await open()
  parts.content = { status: 'stale', reason: 'A file has a problem.', ready: true }
  const group = { platform: 'telegram', address: '-5', kind: 'group' } as const
  const mayManage = async () => true
  const about = (place: Facts['place'] = OWN, user = 'telegram:42') =>
    ask('/doctor', { place, user, mayManage })
  expect(await about()).toContain('A file has a problem.')
  expect(await about(SERVER)).toContain('A file has a problem.')
  expect(await about(group)).not.toContain('problem')
  expect(await about(OWN, 'telegram:43')).not.toContain('problem')
})

test('each button is understood and fits, also for a channel with the longest id', async () => {
  const { asking } = await open()
  const channel = { platform: 'telegram', address: `-${'1'.repeat(20)}`, kind: 'channel' } as const
  const reach = async () => ({ ...channel, title: '@news' })
  const lines = ['/doctor', '/doctor @news']
  const actions = await Promise.all(
    lines.map(async line => (await asking(line, { reach })).actions),
  )
  const commands = actions
    .flatMap(each => each ?? [])
    .map(each => 'command' in each && each.command)
  expect(commands).toContain(`/doctor ${channel.address}`)
  for (const command of commands) {
    expect(Buffer.byteLength(`${command}`)).toBeLessThanOrEqual(64)
    expect(JSON.stringify(await asking(`${command}`, { reach }))).not.toContain('isn’t an option')
  }
})

test('a store that fails is the reason itself', async () => {
  const { change, store, clock, content } = await open()
  await change({ topics: TOPICS })
  const until = () => Promise.reject(new StoreError('The disk is full.'))
  const bot = createBot({
    ...{ registry: () => createRegistry(content()), clock, timeZone: 'UTC' },
    store: { ...store, floods: { ...store.floods, until } },
  })
  const reply = await askBot(bot, '/doctor', { place: OWN })
  expect(JSON.stringify(reply?.message)).toContain(texts.diagnosis.noStore)
})

test.for(['/doctor kosovo', 'doctor kosovo', 'why kosovo'])('“%s” is no diagnosis', async line => {
  const { ask } = await open()
  expect(await ask(line)).not.toContain('arrives here')
})
