import { expect, test } from 'vitest'
import { createBot } from '../../src/commands/bot.ts'
import type { Message } from '../../src/message.ts'
import { renderText } from '../../src/render/text.ts'
import type { Settlement } from '../../src/store/ledger/settlements.ts'
import { announcement, saying } from '../delivery/scene.ts'
import { openKeepingBot } from '../keeping.ts'
import { askBot, type Facts } from '../request.ts'
import { registry } from '../shipped.ts'

const PLACE = { platform: 'telegram', address: '42', kind: 'private' } as const

async function openScene() {
  const { store, clock } = await openKeepingBot()
  const bot = createBot({
    ...{ registry: () => registry, clock, timeZone: 'Europe/Sarajevo', store },
    moderators: { users: ['telegram:42'], roles: ['300/7'] },
  })
  const ask = async (line: string, more: Facts = {}): Promise<string> => {
    const reply = await askBot(bot, line, { place: PLACE, ...more })
    return renderText(reply?.message as Message, { columns: 200, style: 'cards', colour: false })
  }
  const taken = await store.lease.acquire('active', 'test', 600_000)
  const epoch = 'epoch' in taken ? taken.epoch : 0

  /** Posts something, with this outcome. */
  async function post(text: string, outcome: Partial<Settlement>): Promise<number> {
    const { id } = await store.broadcasts.create(announcement({ message: saying(text) }))
    await store.fanOut.enqueue(id, 100)
    const common = { platform: 'telegram', epoch, lease: 'active', knownMs: 0 }
    const exchanged = await store.deliveries.exchange({ ...common, settle: [], most: 32 })
    const row = exchanged?.claimed.find(({ broadcast }) => broadcast === id)
    if (!row) throw new Error('There is no row.')
    const arrived = { state: 'sent', messages: ['1'], part: 1, revisionSent: 1 } as const
    const settle = [{ ...row, ...arrived, ...outcome }]
    await store.deliveries.exchange({ ...common, settle, most: 0 })
    return id
  }
  return { bot, ask, post, store }
}

test('a chat to which nothing was posted learns that', async () => {
  const { ask } = await openScene()
  expect(await ask('/receipt')).toMatch(/^I haven’t posted here yet\./)
})

test('a command in the title of a post is not live', async () => {
  const { bot, ask, post } = await openScene()
  await ask('/subscribe')
  await post('Press /stop now.', {})
  await post('Press /stop again.', {})
  const { message } = (await askBot(bot, '/receipt', { place: PLACE })) ?? {}
  expect(JSON.stringify(message?.body)).toContain('Press /stop now.')
  // The history is read for a missing post, also from the diagnosis.
  expect(message?.actions).toContainEqual({ label: 'Doctor', command: '/doctor' })
})

test('each post has its outcome, the newest first, by the chat’s own clock', async () => {
  const { ask, post, store } = await openScene()
  await ask('/subscribe')
  await post('The first of all.', {})
  await post(`${'A very long first line of an announcement '.repeat(3)}`, { repeated: 1 })
  await post('Refused.', { state: 'failed', error: '400', messages: [], revisionSent: 0 })
  await post('Unknown.', { state: 'uncertain', messages: [], revisionSent: 0 })
  await post('Gone.', { state: 'gone', error: 'blocked', messages: [], revisionSent: 0 })
  await post('Late.', { state: 'skipped', error: 'expired', messages: [], revisionSent: 0 })
  const corrected = await post('Wrong.', {})
  await store.broadcasts.revise(corrected, saying('Right.'))
  const waiting = { state: 'pending', messages: [], part: 0, revisionSent: 0 } as const
  const held = await post('Held.', waiting)
  await store.broadcasts.pause(held)
  await post('Coming.', waiting)
  const shown = await ask('/receipt')
  expect(shown).toContain('Newest first, times in Europe/Sarajevo.')
  expect(shown.split('\n').filter(line => line.startsWith('•'))).toEqual([
    '• Coming. — sending',
    '• Held. — on hold',
    expect.stringMatching(
      /^• Right\. — sent 23 November 2026, 12:00; this chat still shows an older version$/,
    ),
    '• Late. — not sent: it was too late',
    expect.stringMatching(/^• Gone\. — I couldn’t reach this chat 23 November 2026, 12:00$/),
    expect.stringMatching(/^• Unknown\. — sent .*, delivery unconfirmed$/),
    expect.stringMatching(
      /^• Refused\. — rejected by the platform .*: it rejected it without a reason that the bot knows$/,
    ),
    expect.stringMatching(
      /^• A very long .* … — sent .*; possibly twice, .* second copy can’t be corrected or retracted$/,
    ),
    expect.stringMatching(/^• The first of all\. — sent 23 November 2026, 12:00$/),
  ])
})

test('a refused post names the correction to moderators alone, and the operator to all', async () => {
  const { ask, post } = await openScene()
  await ask('/subscribe')
  const failed = { state: 'failed', messages: [], revisionSent: 0 } as const
  await post('Faulty.', { ...failed, error: 'fault' })
  await post('Unreadable.', { ...failed, error: '400 50035' })
  await post('Refused.', { ...failed, error: 'content' })
  const mayManage = async () => true
  const reader =
    /it rejected its content \(report it to the operator\)\n.*it rejected its content \(report it to the operator\)\n/
  const moderator = /it rejected its content \(correct it, or report it to the operator\)\n/
  for (const more of [
    {},
    { user: 'telegram:43', mayManage },
    { user: 'discord:9', roles: ['300/8'] },
  ]) {
    const shown = await ask('/receipt', more)
    expect(shown).toMatch(reader)
    expect(shown).not.toMatch(/correct it|see the log/)
    expect(shown).toMatch('it failed inside Sitrep (report it to the operator)')
  }
  for (const more of [{ user: 'telegram:42' }, { user: 'discord:9', roles: ['300/7'] }]) {
    expect(await ask('/receipt', more)).toMatch(moderator)
  }
})
