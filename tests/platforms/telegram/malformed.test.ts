import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openKeepingBot } from '../../keeping.ts'
import { askBot } from '../../request.ts'
import { mutated, watchProcess } from '../mutated.ts'
import { messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { answerWith } from './server.ts'

const folder = join(import.meta.dirname, 'fixtures')

/** Updates in the form in which Telegram sends them, all of them of this moment. */
function updates(now: number): object[] {
  return readdirSync(folder).map(file => {
    const text = readFileSync(join(folder, file), 'utf8')
    const { update_id: _, ...update } = JSON.parse(text.replaceAll('1764000000', String(now)))
    return update
  })
}

test('updates with a value that is missing or another are passed over, and the next question is answered', async () => {
  using watched = watchProcess()
  const { bot, clock } = await openKeepingBot()
  const now = Math.floor(clock.now().epochMilliseconds / 1000)
  await using scene = await openTelegram({ bot, clock })
  for (const update of updates(now)) {
    for (const each of mutated(update, 2)) scene.server.push(each)
  }
  const date = Math.floor(clock.now().epochMilliseconds / 1000)
  const desk = { id: -1001, title: 'Desk', type: 'supergroup' }
  for (const chat of [{ id: 700, type: 'private' }, desk]) {
    const shown = scene.server.shown(String(chat.id))
    let isAnswered = false
    const reading = (async () => {
      while (!(await shown.next()).text.includes('don’t know'));
      isAnswered = true
    })()
    // Behind so many answers to one chat the first question may be dropped.
    const again = () => {
      scene.server.push(messageUpdate('/about@sitrep_test_bot', { chat, date: date + 600 }))
      return isAnswered
    }
    await expect.poll(again, { timeout: 30_000, interval: 500 }).toBe(true)
    await reading
  }
  expect(scene.events()).toContain('update.unread')
  expect(scene.written()).not.toMatch(/what are the threats|and the outlook/)
  expect(scene.platform.state()).toEqual({ status: 'running' })
  expect(watched.faults).toEqual([])
}, 60_000)

test('kinds of updates, of chats and of members that are new are passed over', async () => {
  const { bot, clock, store, wish } = await openKeepingBot()
  const place = { platform: 'telegram', address: '-1001', kind: 'group' as const }
  await askBot(bot, '/subscribe', { place })
  await using scene = await openTelegram({ bot, clock })
  const member = (status: string) => ({ user: { id: 1 }, status })
  const chat = { id: -1001, type: 'supergroup' }
  scene.server.push({ levitation: { chat } })
  scene.server.push({
    my_chat_member: {
      chat,
      old_chat_member: member('member'),
      new_chat_member: member('spectator'),
    },
  })
  await scene.seen('update.unread')
  const date = Math.floor(clock.now().epochMilliseconds / 1000)
  scene.server.push(messageUpdate('/next', { date, chat: { id: 5, type: 'hologram' } }))
  await scene.server.shown('5').next()
  expect(await wish('telegram', '-1001')).not.toHaveProperty('gone')
  expect(store.state().status).toBe('open')
})

test('an update without a number is passed over, and those beside it are answered', async () => {
  await using scene = await openTelegram()
  const good = { update_id: 900, ...messageUpdate('/next') }
  const result = [{}, null, { update_id: 'x', ...messageUpdate('/about') }, good]
  scene.server.meet('getUpdates', answerWith(200, JSON.stringify({ ok: true, result })))
  scene.server.push(messageUpdate('/threats'))
  expect((await scene.server.shown('700').next()).text).toMatch(/Next exercise/)
  expect(await scene.seen('update.unread')).toMatchObject({ level: 'error' })
})
