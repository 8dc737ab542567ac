import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../bot-process.ts'
import { until } from '../delivery/scene.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { ME, openTelegramServer } from '../platforms/telegram/server.ts'
import { query } from '../store/raw.ts'
import { type Dialect, newDatabase } from '../store/stores.ts'

/** Declares the test of a bot that is killed right behind the confirmation of an announcement. */
export function killedContract(dialect: Dialect): void {
  test(`killed right behind the confirmation, the next process announces it, once (${dialect})`, async () => {
    const telegram = await openTelegramServer()
    onTestFinished(() => telegram.close())
    const url = await newDatabase(dialect)
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
    const draft = await sees('Draft #1')
    const data = draft.keyboard.find(({ callback_data }) => callback_data?.endsWith(' send'))
    // The moderator presses twice at once, and a third time while no process answers.
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
  })
}
