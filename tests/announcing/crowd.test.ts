import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../bot-process.ts'
import { until } from '../delivery/scene.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { ME, openTelegramServer } from '../platforms/telegram/server.ts'
import { query } from '../store/raw.ts'
import { DIALECTS, emptyDatabase } from '../store/stores.ts'
import { openNewsroom } from './scene.ts'

test('with 10,000 recipients the card is edited every three seconds at most, and ends as the ledger does', async () => {
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
  const draft = await ada.write('/announce Hello to all.', /^Draft 1/)
  await ada.press(draft, ' send', /^It is post 1/)
  const card = await ada.sees(/goes out on|on its way/)
  await finished(1)
  await until(async () => (await store.cards.open()).length === 0)
  const at = edits.filter(edit => edit.card === card.id).map(edit => edit.at)
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0))
  expect(gaps.length).toBeGreaterThan(20)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3000)
  expect(await store.broadcasts.progress(1)).toMatchObject({ sent: 10_000, pending: 0, claimed: 0 })
  const last = new Map(ada.chat()).get(card.id)
  expect(last).toContain('████████████ 10000 of 10000')
  expect(last).toContain('finished')
  // On its way it has told how fast it goes, and how long yet.
  expect(ada.told(card.id).some(text => /\d+ a second, about \d+ (s|min) left/.test(text))).toBe(
    true,
  )
}, 120_000)

test.for(DIALECTS)(
  'killed right behind the confirmation, the next process announces it, once (%s)',
  async dialect => {
    const telegram = await openTelegramServer()
    onTestFinished(() => telegram.close())
    const url = await emptyDatabase(dialect)
    const env = { MODERATORS: 'telegram:42', ANNOUNCE_HOLD: '1s', UNLIMITED: '1' }
    const serve = () => startBot('bot', telegram, url, 2000, env)
    const first = serve()
    await first.seen('started')
    const chat = { id: 42, type: 'private' as const }
    const from = { id: 42, is_bot: false, first_name: 'Ada' }
    const shown = telegram.shown('42')
    const sees = async (part: string) => {
      for (;;) {
        const next = await shown.next()
        if (next.text.includes(part)) return next
      }
    }
    telegram.push(messageUpdate('/subscribe', { chat, from }))
    await sees('Subscribed')
    telegram.push(messageUpdate('/announce Hello to all.', { chat, from }))
    const draft = await sees('Draft 1')
    const data = draft.keyboard.find(({ callback_data }) => callback_data?.endsWith(' send'))
    // Twice at once, as an impatient finger does, and once more when nobody is there to answer.
    for (const id of ['a', 'b']) {
      telegram.push({
        callback_query: {
          ...{ id, from, chat_instance: '1', data: data?.callback_data },
          message: {
            ...{ message_id: draft.id, date: 1, chat, from: ME, text: draft.text },
            reply_markup: { inline_keyboard: [draft.keyboard] },
          },
        },
      })
    }
    await until(async () => {
      const rows = await query(url, "select id from announcements where state = 'confirmed'")
      return rows.length === 1
    })
    first.child.kill('SIGKILL')
    await first.exit
    const second = serve()
    await second.seen('broadcast.finished')
    await sees('1 of 1')
    expect(await query(url, 'select id from broadcasts')).toHaveLength(1)
    const got = [...(telegram.taken.get('42')?.values() ?? [])].filter(
      text => text === 'Hello to all.',
    )
    expect(got).toHaveLength(1)
  },
)
