import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { renderText } from '../../src/render/text.ts'
import { saying } from '../delivery/scene.ts'
import { askBot, type Facts } from '../request.ts'
import { editionOf, event, openSchedule } from '../schedule/scene.ts'
import { DIALECTS } from '../store/stores.ts'
import { TARGETS } from '../target-platforms.ts'

const MODERATORS = { users: ['telegram:42'], roles: ['300/7'] }
const { id, asOf } = editionOf([])
const VERSIONS = `Sitrep ${manifest.version}, Node ${process.versions.node}, edition ${id} (${asOf})`
const june = event('june', '2027-06-01', '2027-06-10')

async function open(dialect: (typeof DIALECTS)[number] = 'sqlite') {
  const scene = await openSchedule({ dialect, start: '2027-05-01T00:00:00Z' })
  await scene.beat()
  const problem = { reason: 'A file has a problem.' }
  const bot = createBot({
    registry: () => createRegistry(scene.content()),
    clock: scene.clock,
    timeZone: 'UTC',
    store: scene.store,
    moderators: MODERATORS,
    operations: async () => ({
      parts: () => ({
        content: { status: 'stale', ...problem, ready: true },
        telegram: { status: 'running', ready: true },
      }),
      platforms: TARGETS.slice(0, 1),
      news: scene.news,
      announcing: { undoWindowMs: 30_000, wake() {}, onWake: () => () => {} },
    }),
  })
  const asking = async (line: string, more: Facts = { user: 'telegram:42' }) => {
    const place = { platform: 'telegram', address: '42', kind: 'private' as const }
    const reply = await askBot(bot, line, { place, ...more })
    if (!reply) throw new Error(`There is no answer to ${line}.`)
    return reply
  }
  const text = ({ message }: Awaited<ReturnType<typeof asking>>) =>
    renderText({ body: message.body }, { columns: 200, style: 'grid', colour: false })
      .replaceAll(/[═─\n]+/g, ' | ')
      .replace(/ \| $/, '')
  return {
    ...scene,
    problem,
    asking,
    ask: async (line: string, more?: Facts) => text(await asking(line, more)),
    buttons: async (line: string) =>
      ((await asking(line)).message.actions ?? []).map(action =>
        'command' in action ? `${action.label}: ${action.command}` : '',
      ),
  }
}

describe.for(DIALECTS)('the status for moderators, kept in %s', dialect => {
  test('the status counts the servers whose events are on, and those that refuse them', async () => {
    const { ask, store, now } = await open(dialect)
    const { turnOn, turnOff } = store.scheduledEvents
    const key = (server: string) => ({ platform: 'discord', server })
    for (const server of ['1', '2', '3', '4']) await turnOn(key(server), 'UTC')
    await turnOn(key('3'), 'UTC', { refused: 'rights', nextAt: now() })
    await turnOff(key('4'))
    expect(await ask('/status')).toContain(
      'Server events | • on in 2 servers | • 1 server without the permission Create Events | Sending',
    )
  })

  test('the status shows the platforms, the announcements on their way and the pending update', async () => {
    const { ask, buttons, subscribe, edit, beat, store } = await open(dialect)
    expect(await ask('/status')).toBe(
      'Status | ⚠ Content needs attention. | • Content: last good edition. A file has a problem. | ' +
        '• Telegram: connected, up to 25 messages a second | ' +
        `${VERSIONS} | ` +
        'Sending | Nothing in the queue.',
    )
    await subscribe('1', { topics: ['events'] })
    const { id } = await store.broadcasts.create({
      key: 'k',
      kind: 'announcement',
      audience: { topic: 'events', platforms: ['telegram'] },
      message: saying('Hello.'),
    })
    await store.fanOut.enqueue(id, 10)
    edit(editionOf([june]))
    await beat('2027-05-01T01:00:00Z')
    await store.broadcasts.create({
      key: 'x',
      kind: 'digest',
      audience: { topic: 'x', platforms: [] },
      message: saying(),
    })
    expect(await ask('/status')).toMatch(
      /Sending \| • #\d+: 0 of 0 \| Pending update \| Goes out automatically on Sat 1 May, 01:10\. \| Exercises \| • Exercise june: new, 1–10 June 2027$/,
    )
    expect(await buttons('/status')).toEqual([
      'Send now: /status send 2',
      'Discard update: /status drop 2',
      'Refresh: /status',
    ])
  })

  test('the words between backticks of a problem are code, and a single backtick stays', async () => {
    const { asking, problem } = await open(dialect)
    problem.reason = 'content/a.md:3: `objectives` isn’t a command. Rename `objectives`, not `'
    for (const command of ['/status', '/doctor']) {
      const tree = JSON.stringify((await asking(command)).message.body)
      expect(tree.match(/"inlineCode","value":"objectives"/g)).toHaveLength(2)
      expect(tree).toContain('"text","value":", not `"')
    }
  })

  test('the verdict names what waits for a moderator: a held update, and an announcement that Sitrep paused', async () => {
    const { ask, edit, beat, store, subscribe } = await open(dialect)
    await subscribe('1', { topics: ['events'] })
    const { id } = await store.broadcasts.create({
      key: 'k',
      kind: 'announcement',
      audience: { topic: 'events', platforms: ['telegram'] },
      message: saying('Hello.'),
    })
    await store.broadcasts.pause(id)
    expect(await ask('/status')).toMatch(/^Status \| ⚠ Content needs attention\. /)
    await store.broadcasts.resume(id)
    await store.broadcasts.pauseForFault(id, 'refused')
    const held = `Content and announcement #${id} need attention`
    expect(await ask('/status')).toContain(`⚠ ${held}. `)
    edit(editionOf(Array.from({ length: 6 }, (_, index) => ({ ...june, id: `june-${index}` }))))
    await beat('2027-05-01T01:00:00Z')
    await beat('2027-05-01T01:20:00Z')
    expect(await ask('/status')).toContain(`⚠ Content, announcement #${id} and a held update need`)
  })

  test('a press sends or discards a pending update once, and the audit records it', async () => {
    const { ask, buttons, edit, beat, subscribe } = await open(dialect)
    await subscribe('1', { topics: ['events'] })
    edit(editionOf([june]))
    await beat('2027-05-01T01:00:00Z')
    // A button of an edit that is not there any more.
    expect(await ask('/status send 1')).toMatch(/^Too late/)
    expect(await ask('/status send 1 now')).toMatch(/^Too late/)
    expect(await ask('/status send 2')).toMatch(/^Send this update now\? .* Exercise june: new/)
    expect(await buttons('/status send 2')).toEqual([
      'Send now: /status send 2 now',
      'Back: /status',
    ])
    expect(await beat()).toEqual([])
    expect(await ask('/status send 2 now')).toMatch(/^Update on its way\. \| Status/)
    expect(await ask('/status drop 2')).toMatch(/^Too late/)
    expect(await beat()).toMatchObject([{ key: 'news 2 events' }])
    edit(editionOf([]))
    await beat('2027-05-01T02:00:00Z')
    expect(await ask('/status drop 3')).toMatch(
      /^Update discarded\. It’ll still appear in digests and \/changes\./,
    )
    expect(await ask('/audit')).toBe(
      'Audit | Newest first, times in UTC. | ' +
        '• Sat 1 May, 02:00 — telegram:42 discarded an update | ' +
        '• Sat 1 May, 01:00 — telegram:42 published an update early',
    )
  })
})

test('a user who is no moderator is refused at every press, and nothing happens', async () => {
  const { asking, edit, beat, store } = await open()
  edit(editionOf([june]))
  await beat('2027-05-01T01:00:00Z')
  const strangers: Facts[] = [
    { user: 'telegram:43' },
    { user: 'discord:42' },
    { user: 'discord:43', roles: ['300/8', '301/7'] },
    // In a direct message there are no roles.
    { user: 'discord:44' },
    {},
  ]
  for (const more of strangers) {
    for (const line of ['/status', '/status drop 2', '/audit']) {
      expect(await asking(line, more)).toMatchObject({ refused: true })
    }
  }
  expect(await store.editions.pending()).toMatchObject({ id: 2 })
  expect(await store.audit.list(10)).toEqual([])
  // A role counts in its own server, and the user of the local chat has every right.
  expect(await asking('/status', { user: 'discord:43', roles: ['300/7'] })).not.toHaveProperty(
    'refused',
  )
  const place = { platform: 'web', address: 'local', kind: 'private' as const }
  expect(await asking('/status', { place, operator: 'web:local' })).not.toHaveProperty('refused')
})

test('the audit is turned page by page', async () => {
  const { ask, buttons, store } = await open()
  expect(await ask('/audit')).toBe('The audit log is empty.')
  for (let index = 1; index <= 20; index++) {
    await store.audit.note({
      actor: `telegram:${index}`,
      action: 'forget',
      details: { platform: 'telegram' },
    })
  }
  // An entry of Sitrep's own is no act of a person.
  await store.audit.note({ actor: 'sitrep', action: 'send.finished', details: { broadcast: 1 } })
  expect(await ask('/audit')).toMatch(/— telegram:20 deleted a chat’s data \| /)
  expect(await ask('/audit')).not.toMatch(/sitrep|finished/)
  expect(await buttons('/audit')).toEqual(['Older: /audit 6'])
  const rest = await ask('/audit 6')
  expect(rest).toMatch(/telegram:5 .* telegram:1 /)
  expect(await buttons('/audit 6')).toEqual([])
})

test('moderators read times by the clock of the chat in which they ask', async () => {
  const { ask, store, subscribe, edit, beat } = await open()
  await subscribe('42', { zone: 'Asia/Kathmandu' })
  await store.audit.note({ actor: 'telegram:42', action: 'forget', details: {} })
  expect(await ask('/audit')).toMatch(/Asia\/Kathmandu.*1 May, 05:45/)
  edit(editionOf([june]))
  await beat('2027-05-01T01:00:00Z')
  expect(await ask('/status')).toMatch(/1 May, 06:55/)
})
