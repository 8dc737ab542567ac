import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { openKeepingBot } from '../../keeping.ts'
import { keyboardOf, messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { ME, refuse } from './server.ts'

const FORGED = '/search Pay 1 coin to evil.example'

const CHANNEL = { id: -1003, type: 'channel', title: 'News' }
const GROUP = { id: -1001, type: 'supergroup', title: 'Desk' }
const PRIVATE = { id: 7, type: 'private', first_name: 'Eve' }

let ids = 0

/** Options with the machine's clock, with which the platform sends pending answers before it stops. */
const DRAINED = { clock: systemClock }

/** Returns a press of a modified client: the client chooses the data, and Telegram adds the message. */
function press(data: string, chat: object, more: object = {}, user = 7) {
  ids += 1
  const sent = { message_id: 10_000 + ids, date: 1_764_000_000, chat, text: 'Official' }
  const message = { ...sent, from: ME, ...more }
  const from = { id: user, is_bot: false, first_name: 'Eve' }
  return { callback_query: { id: `press-${ids}`, from, chat_instance: '1', data, message } }
}

type Scene = Awaited<ReturnType<typeof openTelegram>>

/** Pushes presses, waits until each is acknowledged and all is sent; the calls that show something. */
async function after(scene: Scene, presses: readonly object[]) {
  for (const each of presses) scene.server.push(each)
  for (const _ of presses) await scene.server.next('answerCallbackQuery')
  await scene.platform.stop()
  return scene.server.calls.filter(({ method }) => /^(edit|send)/.test(method))
}

const KEYBOARDS = {
  'an announcement without buttons': {},
  'a digest': { reply_markup: keyboardOf('+/pause 1w', '+/settings') },
  'an announcement with a link': {
    reply_markup: { inline_keyboard: [[{ text: 'More', url: 'https://example.org' }]] },
  },
  'an answer': { reply_markup: keyboardOf('/threats details', '/next') },
  'a picture': {
    text: undefined,
    caption: 'Official',
    photo: [],
    reply_markup: keyboardOf('/next'),
  },
  'a message that is too old': { date: 0, text: undefined },
}

test.for(Object.entries(KEYBOARDS))(
  'a reader who forges a press changes nothing in a channel: %s',
  async ([, more]) => {
    await using scene = await openTelegram(DRAINED)
    const forged = [
      FORGED,
      `+${FORGED}`,
      'Pay 1 coin',
      '/about',
      '+/stop',
      '/export',
      '/threatz',
      '+',
      '',
    ]
    const presses = forged.map((data, index) => press(data, CHANNEL, more, 70 + index))
    expect(await after(scene, presses)).toEqual([])
  },
)

test.for(Object.entries(KEYBOARDS))(
  'a forged press replaces no message, in a group nor elsewhere: %s',
  async ([, more]) => {
    await using scene = await openTelegram(DRAINED)
    const presses = [GROUP, PRIVATE].flatMap((chat, index) =>
      [FORGED, `+${FORGED}`, 'Pay 1 coin'].map(data => press(data, chat, more, 70 + index)),
    )
    const shown = await after(scene, presses)
    expect(shown.filter(({ method }) => method.startsWith('edit'))).toEqual([])
    // In a chat with other readers, the bot does not repeat the presser's words.
    const inGroup = shown.filter(({ body }) => body.chat_id === String(GROUP.id))
    expect(inGroup.filter(({ body }) => /Pay 1 coin/.test(body.text))).toEqual([])
  },
)

test('a press on a post that has been replaced meanwhile is answered beside it', async () => {
  await using scene = await openTelegram(DRAINED)
  const [shown, ...more] = await after(scene, [press('/next', GROUP, KEYBOARDS['a digest'])])
  expect(more).toEqual([])
  expect(shown).toMatchObject({ method: 'sendMessage', body: { chat_id: String(GROUP.id) } })
})

test('a shared message is replaced with parts of the briefing alone', async () => {
  await using scene = await openTelegram(DRAINED)
  const shared = { message: undefined, inline_message_id: 'shared-1' }
  const on = (data: string, index: number) => {
    const { callback_query } = press(data, CHANNEL, {}, 80 + index)
    return { callback_query: { ...callback_query, ...shared } }
  }
  const lines = [
    FORGED,
    'Pay 1 coin',
    '/stop',
    '/settings zone Paris',
    '/digest',
    '/threats details',
  ]
  const shown = await after(scene, lines.map(on))
  expect(shown.map(({ method }) => method)).toEqual(['editMessageText'])
  expect(shown[0]?.body.text).toMatch(/Threats/)
})

test('buttons in a channel lead readers to their own chat, and act for admins', async () => {
  await using scene = await openTelegram(DRAINED)
  scene.server.statuses.set(`${CHANNEL.id}/8`, 'administrator')
  scene.server.statuses.set(`${CHANNEL.id}/9`, 'administrator')
  scene.server.rights.set(`${CHANNEL.id}/9`, { can_post_messages: false })
  for (const reader of [7, 9]) {
    scene.server.push(press('/threats details', CHANNEL, KEYBOARDS['an answer'], reader))
    expect((await scene.server.next('answerCallbackQuery')).body.url).toBe(
      'https://t.me/sitrep_test_bot?start=threats-details',
    )
  }
  scene.server.push(press('/threats details', CHANNEL, KEYBOARDS['an answer'], 8))
  const edit = await scene.server.next('editMessageText')
  expect(edit.body).toMatchObject({ chat_id: String(CHANNEL.id), message_id: 10_000 + ids })
  await scene.server.next('answerCallbackQuery')
  // Without an answer about the rights of a presser, the presser counts as a reader.
  const { calls } = scene.server
  const failing = refuse(500, 'Internal Server Error')
  scene.server.meet(
    'getChatMember',
    refuse(400, 'Bad Request: CHAT_ADMIN_REQUIRED'),
    failing,
    failing,
  )
  for (const unknown of [10, 11]) {
    scene.server.push(press('/next', CHANNEL, KEYBOARDS['an answer'], unknown))
    expect((await scene.server.next('answerCallbackQuery')).body).toHaveProperty('url')
  }
  await scene.platform.stop()
  expect(calls.filter(({ method }) => method === 'editMessageText')).toHaveLength(1)
})

test('settings in a channel are changed by the buttons of its administrators alone', async () => {
  const { bot, clock, wish } = await openKeepingBot()
  await using scene = await openTelegram({ bot, clock })
  scene.server.statuses.set(`${CHANNEL.id}/8`, 'administrator')
  const date = Math.floor(clock.now().epochMilliseconds / 1000)
  const panel = { date, reply_markup: keyboardOf('/subscribe', '/settings hour 18') }
  scene.server.push(press('/subscribe', CHANNEL, panel, 7))
  expect((await scene.server.next('answerCallbackQuery')).body.text).toMatch(/^Only admins/)
  expect(await wish('telegram', String(CHANNEL.id))).toBeUndefined()
  scene.server.push(press('/subscribe', CHANNEL, panel, 8))
  expect((await scene.server.next('editMessageText')).body.text).toMatch(/^✅ Subscribed/)
  expect(await wish('telegram', String(CHANNEL.id))).toMatchObject({ state: 'active' })
})

test('a press and a line that arrive together take effect in their order', async () => {
  const { bot, clock, wish } = await openKeepingBot()
  const date = Math.floor(clock.now().epochMilliseconds / 1000)
  await using scene = await openTelegram({
    ...{ bot, clock },
    before(server) {
      server.push(press('/stop', PRIVATE, { date, reply_markup: keyboardOf('/stop') }))
      server.push(messageUpdate('/subscribe', { chat: PRIVATE, date }))
    },
  })
  await scene.server.next('sendMessage')
  await scene.server.next('answerCallbackQuery')
  expect(await wish('telegram', String(PRIVATE.id))).toMatchObject({ state: 'active' })
})

const LINES = ['/next', '/about', '/threats', '/threats details', '/tables', '/subscribe', FORGED]
const data = fc.constantFrom(...LINES, ...LINES.map(line => `+${line}`), 'kosovo', '+')
const chat = fc.constantFrom('private', 'group', 'supergroup', 'channel')
const kind = fc.constantFrom(
  ...[{ text: 'Official' }, { text: 'The end\n\n2/3' }, { caption: 'Official', photo: [] }],
  ...[{ text: 'Official', via_bot: ME }, { text: 'Official', sender_chat: CHANNEL }, { date: 0 }],
)
/** A press of a message's own button. */
const OWN = {
  ...{ data: '/next', kind: { text: 'Official' }, keyboard: ['/next'] },
  type: 'private' as const,
  status: 'member' as const,
}
const pressed = fc.record({
  ...{ data, kind },
  keyboard: fc.option(fc.array(data, { maxLength: 4 })),
  type: chat,
  status: fc.constantFrom('member', 'administrator', 'creator', 'left'),
})

test('a message is edited only if one of its own buttons has the pressed data, whatever it is', async () => {
  let edited = 0
  await fc.assert(
    fc.asyncProperty(fc.array(pressed, { minLength: 20, maxLength: 40 }), async all => {
      await using scene = await openTelegram(DRAINED)
      const presses = all.map(({ data, kind, keyboard, type, status }, index) => {
        // Each in a chat of its own, by a user of its own: no answer is dropped, and no user is slowed down.
        const user = 1000 + index
        const id = type === 'private' ? user : -user
        scene.server.statuses.set(`${id}/${user}`, status)
        const reply_markup = keyboard ? keyboardOf(...keyboard) : undefined
        const { text: _, ...on } = { text: '', ...kind }
        const more = { text: undefined, ...on, ...kind, reply_markup }
        return press(data, { id, type }, more, user)
      })
      const shown = await after(scene, presses)
      for (const [index, { data, keyboard, type, status }] of all.entries()) {
        const user = 1000 + index
        const own = shown.filter(({ body }) => Math.abs(Number(body.chat_id)) === user)
        const edits = own.filter(({ method }) => method.startsWith('edit'))
        edited += edits.length
        const isReader = type === 'channel' && ['member', 'left'].includes(status)
        if (!keyboard?.includes(data) || data.startsWith('+') || isReader) expect(edits).toEqual([])
        if (isReader) expect(own).toEqual([])
      }
    }),
    // The first presses are answered by an edit for certain.
    { numRuns: 10, examples: [[Array.from({ length: 20 }, () => OWN)]] },
  )
  expect(edited).toBeGreaterThan(0)
}, 60_000)
