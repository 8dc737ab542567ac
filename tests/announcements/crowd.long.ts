import { expect, test } from 'vitest'
import { until } from '../delivery/scene.ts'
import { openNewsroom } from './scene.ts'

test('an announcement to 10,000 chats: its progress message is edited every three seconds at most, and ends with the counts of the ledger', async () => {
  const room = await openNewsroom({
    telegram: 4000,
    discord: 6000,
    env: { TELEGRAM_BROADCAST_RATE: '30', DISCORD_BROADCAST_RATE: '50', ANNOUNCE_HOLD: '1s' },
  })
  const { clock, telegram, onTelegram, start, store, finished } = room
  const edits: { readonly at: number; readonly card: number }[] = []
  telegram.weather = ({ method, body }) => {
    if (method === 'editMessageText' && body.chat_id === '42') {
      edits.push({ at: clock.now().epochMilliseconds, card: body.message_id })
    }
    return undefined
  }
  await start()
  const ada = onTelegram()
  const draft = await ada.write('/announce Hello to all.', /^Draft #1/)
  await ada.press(draft, ' send', /^Sending announcement #1/)
  const card = await ada.sees(/Goes out on|Sending/)
  await finished(1)
  await until(async () => (await store.progressMessages.open()).length === 0)
  const at = edits.filter(edit => edit.card === card.id).map(edit => edit.at)
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0))
  expect(gaps.length).toBeGreaterThan(20)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3000)
  expect(await store.broadcasts.progress(1)).toMatchObject({ sent: 10_000, pending: 0, claimed: 0 })
  const last = new Map(ada.chat()).get(card.id)
  expect(last).toContain('Sent to 10,000 of 10,000 chats in')
  expect(last).toContain('✅ Announcement #1 sent')
  // On its way it has told how fast it goes, and how long yet.
  expect(
    ada.told(card.id).some(text => /\d+ per second, about \d+ (second|minute)s? left/.test(text)),
  ).toBe(true)
}, 120_000)
