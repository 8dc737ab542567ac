import { expect, test } from 'vitest'
import { createRegistry } from '../../../src/commands/registry.ts'
import { openModeratorScene } from '../../commands/moderator-scene.ts'
import { section } from '../../content/fixture.ts'
import { answering } from '../../request.ts'
import { editionOf, event } from '../../schedule/scene.ts'
import { connect } from '../../store/raw.ts'
import { parseTelegramHtml } from '../../telegram-html.ts'
import { createStream } from '../stream.ts'
import { messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { ME } from './server.ts'

const BETA = section('command: beta\ntitle: Beta\nsummary: Another summary.', 'Words of beta.')

const ADA = 42
const PRIVATE = { id: ADA, type: 'private' }
const READER = { id: 700, type: 'private' }
const EVE = { id: 700, is_bot: false, first_name: 'Eve' }
const GROUP = { id: -1001, type: 'supergroup' }

/**
 * A moderator, who also is the creator of a group, and a reader. Their chats have subscribed, and pause; the
 * reader's counts as gone. An edit is new to them, and there is a draft.
 */
async function open() {
  const forModerators = await openModeratorScene()
  const pause = { ...{ state: 'paused' as const }, topics: ['digest', 'events'] }
  await forModerators.beat()
  await forModerators.subscribe(String(ADA), pause)
  const wish = await forModerators.wish(String(ADA))
  const group = { platform: 'telegram', address: String(GROUP.id), kind: 'group' as const }
  await forModerators.store.chats.update(group, () => wish)
  const reader = { platform: 'telegram', address: '700', kind: 'private' as const }
  await forModerators.store.chats.update(
    reader,
    () => wish && { ...wish, gone: 'blocked' as const },
  )
  forModerators.edit(
    editionOf([event('june', '2027-06-01', '2027-06-10')], { 'sections/02-beta.md': BETA }),
  )
  await forModerators.beat('2027-05-02T10:00:00Z')
  await forModerators.beat('2027-05-02T10:10:00Z')
  await forModerators.ask('/announce Hello to all.')
  const answered = createStream<true>()
  const bot = answering(forModerators.bot, async (_, ask) => {
    const reply = await ask()
    answered.push(true)
    return reply
  })
  const scene = await openTelegram({ bot, clock: forModerators.clock })
  scene.server.statuses.set(`${GROUP.id}/${ADA}`, 'creator')
  const from = { id: ADA, is_bot: false, first_name: 'Ada' }
  const date = forModerators.now().epochMilliseconds / 1000
  return {
    ...{ ...scene, forModerators, answered },
    say: (chat: object, text: string, more: object = {}) =>
      scene.server.push(messageUpdate(text, { from, chat, date, ...more })),
    press(chat: { id: number }, data: string, on: Shown) {
      const keyboard = { inline_keyboard: [on.keyboard] }
      const message = { ...{ message_id: on.id, date, chat, from: ME }, text: on.text }
      const query = { id: `press ${data}`, from, chat_instance: '1', data }
      scene.server.push({
        callback_query: { ...query, message: { ...message, reply_markup: keyboard } },
      })
    },
    /** Every row of every table, as text. */
    async kept(): Promise<Record<string, string>> {
      const { query, close } = await connect(forModerators.url)
      const tables = (await query(
        `select name from sqlite_master where type = 'table' order by name`,
      )) as { name: string }[]
      const rows: Record<string, string> = {}
      for (const { name } of tables)
        rows[name] = JSON.stringify(await query(`select * from "${name}"`), blob)
      await close()
      return rows
    },
  }
}

type Shown = {
  text: string
  id: number
  keyboard: readonly { text: string; callback_data?: string }[]
}

const blob = (_: string, value: unknown) =>
  value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value

const said = ({ text }: Shown) => parseTelegramHtml(text).text.replaceAll('\u2060', '')

/** Words that a link can bring behind a command: a payload has letters, digits, `_` and `-`. */
const WORDS = [
  ...['everything', 'subscribe', 'stop', 'pause', 'resume', 'export', 'forget', 'daily', 'monday'],
  ...[
    '-digest',
    '-exercises',
    'hour',
    '1w',
    '12h',
    '1',
    '2',
    '1-send',
    '1-pause',
    'send',
    'Hello_all',
  ],
]

/** A payload for each command, by each of its names, with each of its values or words of all kinds. */
function payloads(registry: ReturnType<typeof createRegistry>): string[] {
  const { edition } = registry
  return registry.commands.flatMap(({ name, aliases, parameters: [first] }) => {
    const choices = first?.choices?.(edition).map(({ value }) => value)
    const words = first ? (choices ?? WORDS) : []
    return [name, ...aliases, ...words.map(word => `${name}-${word}`)]
  })
}

test('a link writes nothing, whichever command it brings, for readers, administrators and moderators', async () => {
  await using scene = await open()
  const all = payloads(createRegistry(scene.forModerators.content()))
  expect(all).toEqual(expect.arrayContaining(['forget-everything', 'settings--digest', 'announce']))
  const before = await scene.kept()
  for (const payload of all) {
    scene.say(PRIVATE, `/start ${payload}`)
    scene.say(GROUP, `/start@${ME.username} ${payload}`)
    scene.say(READER, `/start ${payload}`, { from: EVE })
    for (let chat = 0; chat < 3; chat++) await scene.answered.next()
  }
  expect(await scene.kept()).toEqual(before)
  expect(scene.forModerators.woken).toEqual([])
}, 60_000)

test.for([
  ['forget-everything', '/forget everything', /^Deleted\./],
  ['stop', '/stop', /^Unsubscribed\./],
  ['settings-daily', '/settings daily', /^When\n/],
])('the link %s asks, and the press of its button acts', async ([payload, line, done]) => {
  await using scene = await open()
  const before = await scene.kept()
  scene.say(PRIVATE, `/start ${payload}`)
  const asked = await scene.server.shown(String(ADA)).next()
  expect(said(asked)).toContain(`A link or a forwarded message wants to run this command:`)
  expect(said(asked)).toContain(line)
  expect(asked.keyboard.map(({ callback_data }) => callback_data)).toEqual([line, '/briefing'])
  expect(await scene.kept()).toEqual(before)
  scene.press(PRIVATE, String(line), asked)
  expect(said(await scene.server.shown(String(ADA)).next())).toMatch(done as RegExp)
  expect(await scene.kept()).not.toEqual(before)
})

test('the link that adds the bot to a group asks first, and only an admin’s press acts', async () => {
  await using scene = await open()
  scene.say(GROUP, `/start@${ME.username} subscribe`)
  const asked = await scene.server.shown(String(GROUP.id)).next()
  expect(said(asked)).toContain('/subscribe')
  const paused = { state: 'paused' }
  expect(
    await scene.forModerators.store.chats.find({ platform: 'telegram', address: '-1001' }),
  ).toMatchObject({ subscription: paused })
  scene.server.changeStatus(GROUP, ADA, 'member')
  scene.press(GROUP, '/subscribe', asked)
  expect((await scene.server.next('answerCallbackQuery')).body.text).toMatch(/^Only admins/)
  scene.server.changeStatus(GROUP, ADA, 'creator')
  scene.press(GROUP, '/subscribe', asked)
  expect(said(await scene.server.shown(String(GROUP.id)).next())).toMatch(/^Resumed/)
})

test('a forwarded command asks as a link does', async () => {
  await using scene = await open()
  const before = await scene.kept()
  const forward_origin = { type: 'hidden_user', sender_user_name: 'Eve', date: 1 }
  for (const [text, forward] of [
    ['/forget everything', { forward_origin }],
    ['/unsubscribe', { forward_origin }],
    // Before Bot API 7.0.
    ['stop', { forward_date: 1, forward_sender_name: 'Eve' }],
  ] as const) {
    scene.say(PRIVATE, text, forward)
    const asked = await scene.server.shown(String(ADA)).next()
    expect(said(asked)).toMatch(/^A link or a forwarded message wants to run this command:/)
  }
  expect(await scene.kept()).toEqual(before)
})

test('a link shows sections and searches at once, and what is for moderators to them alone', async () => {
  await using scene = await open()
  const shown = scene.server.shown(String(ADA))
  const seen = async (payload: string, more: object = {}) => {
    scene.say(PRIVATE, `/start ${payload}`, more)
    return said(await shown.next())
  }
  expect(await seen('beta')).toMatch(/^Beta/)
  expect(await seen('search-beta')).toMatch(/^2 results for “beta”/)
  expect(await seen('changes')).toMatch(/^What’s new[\s\S]*New summary/)
  // The link did not count as a look: the change is still new.
  expect(await seen('changes')).toMatch(/^What’s new[\s\S]*New summary/)
  expect(await seen('announce-Pay_me')).toContain('/announce Pay_me')
  scene.say(READER, '/start announce-Pay_me', { from: EVE })
  const told = said(await scene.server.shown('700').next())
  expect(told).not.toContain('Pay_me')
  expect(told).toContain('Pick a section')
})

test('a line that is too long for a button leads to the overview', async () => {
  await using scene = await open()
  scene.say(PRIVATE, `/start settings-${'x'.repeat(55)}`)
  expect(said(await scene.server.shown(String(ADA)).next())).toContain('Pick a section')
})
