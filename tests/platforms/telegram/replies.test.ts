import { expect, test } from 'vitest'
import type { Bot } from '../../../src/bot.ts'
import { systemClock } from '../../../src/clock.ts'
import { createBot } from '../../../src/commands/bot.ts'
import { message, paragraph } from '../../../src/message.ts'
import { webhookSecret } from '../../../src/platforms/telegram/webhook.ts'
import { memoryPictures, png } from '../../pictures.ts'
import { answering } from '../../request.ts'
import { openBot, registry } from '../../shipped.ts'
import { parseTelegramHtml } from '../../telegram-html.ts'
import { turns } from '../pauses.ts'
import { keyboardOf, messageUpdate } from './person.ts'
import { openTelegram } from './scene.ts'
import { answerWith, ME, refuse, reset, TOKEN } from './server.ts'

const group = { id: -1001, title: 'Desk', type: 'supergroup' }
const words = (text: string) => parseTelegramHtml(text).text.replaceAll('\u2060', '')

function press(data: string, more: object = {}) {
  const from = { id: 700, is_bot: false, first_name: 'Ada' }
  const chat = { id: 700, type: 'private', first_name: 'Ada' }
  const reply_markup = keyboardOf(data)
  const on = { message_id: 5, date: 1_764_000_000, chat, from: ME, text: 'Before', reply_markup }
  return {
    callback_query: { id: `p${data}`, from, chat_instance: '1', data, message: on, ...more },
  }
}

test('a pressed button changes its message in place, and the waiting ends', async () => {
  await using scene = await openTelegram()
  scene.server.push(press('/threats'))
  const edit = await scene.server.next('editMessageText')
  expect(edit.body).toMatchObject({ chat_id: '700', message_id: 5, parse_mode: 'HTML' })
  expect(words(edit.body.text)).toMatch(/^Threats and challenges/)
  expect((await scene.server.next('answerCallbackQuery')).body).toEqual({
    callback_query_id: 'p/threats',
  })
})

test('under a post the answer stands below it; in a channel only the user who pressed gets it', async () => {
  await using scene = await openTelegram()
  scene.server.push(press('+/next'))
  expect((await scene.server.next('sendMessage')).body).toMatchObject({ chat_id: '700' })
  await scene.server.next('answerCallbackQuery')
  const channel = { id: -1001, type: 'channel', title: 'News' }
  const reply_markup = keyboardOf('+/threats details', '+/pause 1w')
  const on = press('').callback_query.message
  const message = { ...on, reply_markup, chat: channel, sender_chat: channel }
  scene.server.push(press('+/threats details', { message }))
  // Telegram opens the reader's own chat with the bot, where it is typed.
  expect((await scene.server.next('answerCallbackQuery')).body).toEqual({
    callback_query_id: 'p+/threats details',
    url: 'https://t.me/sitrep_test_bot?start=threats-details',
  })
  scene.server.push(press('+/pause 1w', { message }))
  expect((await scene.server.next('answerCallbackQuery')).body.text).toMatch(
    /^I can’t save anything here/,
  )
  expect(scene.server.calls.filter(({ method }) => method === 'sendMessage')).toHaveLength(1)
  expect(scene.server.calls.filter(({ method }) => method === 'editMessageText')).toEqual([])
})

test('pressed twice, a message that is as it should be is no error', async () => {
  await using scene = await openTelegram()
  scene.server.push(press('/next'))
  await scene.server.next('editMessageText')
  scene.server.push(press('/next', { id: 'again' }))
  await scene.server.next('answerCallbackQuery')
  await scene.server.next('answerCallbackQuery')
  await scene.server.next('editMessageText')
  scene.server.push(messageUpdate('/about'))
  await scene.server.next('sendMessage')
  expect(scene.events()).not.toContain('reply.failed')
  expect(scene.server.calls.filter(({ method }) => method === 'sendMessage')).toHaveLength(1)
})

test('under a part of a longer answer, or a message too old, the answer comes as a new one', async () => {
  await using scene = await openTelegram()
  const { message: on } = press('/next').callback_query
  for (const old of [
    { ...on, text: 'The end\n\n3/3' },
    { ...on, date: 0 },
  ]) {
    scene.server.push(press('/next', { message: old }))
    expect((await scene.server.next('sendMessage')).body).toMatchObject({ chat_id: '700' })
    await scene.server.next('answerCallbackQuery')
  }
  expect(scene.server.calls.map(({ method }) => method)).not.toContain('editMessageText')
})

test('an answer with a picture stands below what was pressed; one that Telegram does not take leaves its words', async () => {
  const shown = { ...message([paragraph('The <map>.')]), picture: { id: 1, type: 'png' as const } }
  const bot = answering(openBot(), async () => ({ message: { ...shown }, understood: true }))
  const pictures = memoryPictures(png(40, 30), Buffer.from('no picture'))
  await using scene = await openTelegram({ bot, pictures })
  scene.server.push(press('/map'))
  const { body } = await scene.server.next('sendPhoto')
  expect(body).toMatchObject({ chat_id: '700', caption: 'The &lt;map&gt;.' })
  shown.picture = { ...shown.picture, id: 2 }
  scene.server.push(press('/map'))
  await scene.server.next('sendPhoto')
  expect((await scene.server.next('sendMessage')).body.text).toBe('[Image]\n\nThe &lt;map&gt;.')
  expect(scene.server.calls.map(({ method }) => method)).not.toContain('editMessageText')
})

test('a picture that cannot be read, or whose uploads all fail, leaves its words', async () => {
  const shown = { ...message([paragraph('The map.')]), picture: { id: 1, type: 'png' as const } }
  const bot = answering(openBot(), async () => ({ message: shown, understood: true }))
  const unread = { ...memoryPictures(), read: () => Promise.reject(new Error('away')) }
  await using closed = await openTelegram({ bot, pictures: unread })
  closed.server.push(press('/map'))
  const { body } = await closed.server.next('sendMessage')
  expect(body).toMatchObject({ text: '[Image]\n\nThe map.', parse_mode: 'HTML' })
  await using scene = await openTelegram({ bot, pictures: memoryPictures(png(40, 30)) })
  scene.server.meet('sendPhoto', reset, reset, reset)
  scene.server.push(press('/map'))
  expect((await scene.server.next('sendMessage')).body.text).toBe('[Image]\n\nThe map.')
  expect(scene.server.calls.filter(({ method }) => method === 'sendPhoto')).toHaveLength(3)
})

for (const reason of ["message can't be edited", 'message to edit not found']) {
  test(`the platform says "${reason}": the answer comes as a new message, and the log has no warning`, async () => {
    await using scene = await openTelegram()
    scene.server.meet('editMessageText', refuse(400, `Bad Request: ${reason}`))
    scene.server.push(press('/threats'))
    expect(words((await scene.server.next('sendMessage')).body.text)).toMatch(/^Threats/)
    expect(scene.events()).not.toContain('reply.failed')
  })
}

test('an old button of a command that is gone leaves its message and answers below', async () => {
  await using scene = await openTelegram()
  scene.server.push(press('/threatz'))
  expect(words((await scene.server.next('sendMessage')).body.text)).toMatch(/^I don’t know/)
  await scene.server.next('answerCallbackQuery')
})

test('an answer in a group replies to the question, and one in a forum stays in its topic', async () => {
  await using scene = await openTelegram()
  scene.server.push(messageUpdate('/next@sitrep_test_bot', { chat: group, message_id: 42 }))
  expect((await scene.server.next('sendMessage')).body).toMatchObject({
    chat_id: '-1001',
    reply_parameters: { message_id: 42, allow_sending_without_reply: true },
  })
  scene.server.push(
    messageUpdate('/next@sitrep_test_bot', {
      chat: { ...group, is_forum: true },
      message_thread_id: 7,
      is_topic_message: true,
    }),
  )
  expect((await scene.server.next('sendMessage')).body).toMatchObject({ message_thread_id: 7 })
})

test('an unknown command in a group may be another bot’s, and is ignored', async () => {
  await using scene = await openTelegram()
  scene.server.push(messageUpdate('/weather', { chat: group }))
  scene.server.push(messageUpdate('/weather@sitrep_test_bot', { chat: group, message_id: 9 }))
  const { body } = await scene.server.next('sendMessage')
  expect(body.reply_parameters.message_id).toBe(9)
  expect(words(body.text)).toMatch(/^I don’t know \/weather/)
})

test('a flood of other bots’ commands in a group costs nothing, and one of ours is answered once', async () => {
  await using scene = await openTelegram()
  for (let time = 0; time < 30; time++)
    scene.server.push(messageUpdate('/weather', { chat: group }))
  for (let time = 0; time < 15; time++) scene.server.push(messageUpdate('/next', { chat: group }))
  const shown = scene.server.shown('-1001')
  const said = []
  for (let time = 0; time < 13; time++) said.push(words((await shown.next()).text).slice(0, 10))
  expect(said).toEqual([...Array(12).fill('Next exerc'), 'You’re goi'])
  scene.server.push(messageUpdate('/threats', { from: { id: 701, is_bot: false }, chat: group }))
  expect(words((await shown.next()).text)).toMatch(/^Threats/)
})

test('a flood of presses in one chat is acknowledged 20 at a time, and leaves other chats alone', async () => {
  // No call is given up and repeated while the server holds it back.
  await using scene = await openTelegram({ timeoutMs: 60_000 })
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  const slow: Parameters<typeof scene.server.meet>[1] = async (response, call) => {
    await free
    refuse(400, 'Bad Request: query is too old')(response, call)
  }
  scene.server.meet('answerCallbackQuery', ...Array.from({ length: 20 }, () => slow))
  for (let time = 0; time < 400; time++) scene.server.push(press('/next', { id: `flood${time}` }))
  for (let time = 0; time < 20; time++) await scene.server.next('answerCallbackQuery')
  const from = { id: 800, is_bot: false, first_name: 'Bo' }
  const { message } = press('/threats').callback_query
  const other = { ...message, chat: { ...message.chat, id: 800 } }
  scene.server.push(press('/threats', { id: 'other', from, message: other }))
  expect((await scene.server.next('answerCallbackQuery')).body.callback_query_id).toBe('other')
  await scene.seen('reply.dropped')
  go()
  await scene.platform.stop()
  const calls = scene.server.calls.filter(({ method }) => method === 'answerCallbackQuery')
  expect(calls.length).toBeLessThan(350)
})

test('while an inline answer is under way, only the latest of the typed texts waits', async () => {
  await using scene = await openTelegram()
  const from = { id: 700, is_bot: false, first_name: 'Ada' }
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  scene.server.meet('answerInlineQuery', async (response, call) => {
    await free
    refuse(400, 'Bad Request: query is too old')(response, call)
  })
  scene.server.push({ inline_query: { id: 'k', from, query: 'k', offset: '' } })
  await scene.server.next('answerInlineQuery')
  for (const query of ['ko', 'kos', 'koso', 'kosovo']) {
    scene.server.push({ inline_query: { id: query, from, query, offset: '' } })
  }
  scene.server.push(messageUpdate('/next'))
  await scene.server.shown('700').next()
  go()
  expect((await scene.server.next('answerInlineQuery')).body.inline_query_id).toBe('kosovo')
})

test('an old button under a shared message tells the user who presses, and changes nothing', async () => {
  await using scene = await openTelegram()
  scene.server.push(press('/threatz', { message: undefined, inline_message_id: 'shared-1' }))
  expect((await scene.server.next('answerCallbackQuery')).body.text).toMatch(
    /I don’t know \/threatz/,
  )
  scene.server.push(messageUpdate('/next'))
  await scene.server.shown('700').next()
  expect(scene.server.calls.map(({ method }) => method)).not.toContain('editMessageText')
})

test('an inline query in any chat offers sections and tables from the search index', async () => {
  await using scene = await openTelegram()
  const from = { id: 700, is_bot: false, first_name: 'Ada' }
  scene.server.push({ inline_query: { id: 'q1', from, query: 'cyber', offset: '' } })
  const { results, cache_time, inline_query_id } = (await scene.server.next('answerInlineQuery'))
    .body
  expect({ cache_time, inline_query_id }).toEqual({ cache_time: 60, inline_query_id: 'q1' })
  expect(results.map(({ id }: { id: string }) => id)).toContain('/tables regional-challenges')
  for (const result of results) {
    const { message_text, parse_mode } = result.input_message_content
    expect(parse_mode).toBe('HTML')
    expect(words(message_text)).toMatch('\n')
    expect(result.description).not.toBe('')
    expect(Buffer.byteLength(result.id)).toBeLessThanOrEqual(64)
  }
  scene.server.push({ inline_query: { id: 'q2', from, query: '', offset: '' } })
  const all = (await scene.server.next('answerInlineQuery')).body.results
  expect(all.map(({ id }: { id: string }) => id)).toEqual([
    ...['/objectives', '/threats', '/partnerships', '/capabilities'],
    ...['/community', '/recommendations', '/outlook'],
  ])
})

test('a button of a shared message changes it where it is; of a longer answer a link has the rest', async () => {
  const long = Array.from({ length: 200 }, (_, index) => paragraph(`Paragraph ${index} of many.`))
  const bot = answering(openBot(), async (line, ask) =>
    line === '/threats long' ? { message: message(long), understood: true } : ask(),
  )
  await using scene = await openTelegram({ bot })
  scene.server.push(press('/next', { message: undefined, inline_message_id: 'shared-1' }))
  const edit = (await scene.server.next('editMessageText')).body
  expect(edit).toMatchObject({ inline_message_id: 'shared-1' })
  expect(edit).not.toHaveProperty('chat_id')
  scene.server.push(press('/threats long', { message: undefined, inline_message_id: 'shared-1' }))
  expect((await scene.server.next('editMessageText')).body.reply_markup).toEqual({
    inline_keyboard: [
      [{ text: 'Read more', url: 'https://t.me/sitrep_test_bot?start=threats-long' }],
    ],
  })
})

test('the menu is set once for each scope, and again only when it changes', async () => {
  const shipped = openBot()
  let entries = shipped.menu()
  const bot: Bot = { ...shipped, menu: () => entries }
  await using scene = await openTelegram({ bot })
  const first = await scene.server.next('setMyCommands')
  expect(first.body.scope).toEqual({ type: 'all_private_chats' })
  expect(first.body.commands.map(({ command }: { command: string }) => command)).toEqual(
    // Commands of moderators are not in the menu for all readers.
    entries.filter(({ forModerators }) => !forModerators).map(({ name }) => name),
  )
  expect((await scene.server.next('setMyCommands')).body.scope.type).toBe('all_group_chats')

  const sets = () => scene.server.calls.filter(({ method }) => method === 'setMyCommands').length
  scene.platform.refresh?.()
  for (let call = 0; call < 4; call++) await scene.server.next('getMyCommands')
  expect(sets()).toBe(2)
  entries = entries.slice(1)
  scene.platform.refresh?.()
  await scene.server.next('setMyCommands')
  await scene.server.next('setMyCommands')
  expect(sets()).toBe(4)
})

test('the profile is set once, and follows the edition', async () => {
  const shipped = openBot()
  let profile = { description: 'A briefing.', short: 'Short.' }
  await using scene = await openTelegram({ bot: { ...shipped, profile: () => profile } })
  expect((await scene.server.next('setMyDescription')).body).toEqual({ description: 'A briefing.' })
  expect((await scene.server.next('setMyShortDescription')).body).toEqual({
    short_description: 'Short.',
  })
  profile = { description: `${'word '.repeat(200)}`, short: 'Short.' }
  scene.platform.refresh?.()
  const { description } = (await scene.server.next('setMyDescription')).body
  expect([...description].length).toBeLessThanOrEqual(512)
  expect(description).toMatch(/ word…$/)
  expect(scene.server.calls.filter(({ method }) => method === 'setMyShortDescription').length).toBe(
    1,
  )
})

test('a moderator’s private chat has a menu with the commands for moderators', async () => {
  const shipped = openBot()
  const bot: Bot = { ...shipped, moderators: () => ['42', '43'] }
  await using scene = await openTelegram({
    bot,
    before: server =>
      server.meet(
        'getMyCommands',
        answerWith(200, '{"ok":true,"result":[]}'),
        answerWith(200, '{"ok":true,"result":[]}'),
        refuse(400, 'Bad Request: chat not found'),
      ),
  })
  for (let call = 0; call < 2; call++) await scene.server.next('setMyCommands')
  const { body } = await scene.server.next('setMyCommands')
  expect(body.scope).toEqual({ type: 'chat', chat_id: 43 })
  expect(body.commands.map(({ command }: { command: string }) => command)).toContain('announce')
  expect(scene.events()).not.toContain('menu.refused')
})

test('the chat of a former moderator loses its menu, also after a restart', async () => {
  let stored: string | undefined
  const menus = {
    read: async () => stored,
    async write(users: string) {
      stored = users
    },
  }
  let moderators = ['42', '43']
  const bot: Bot = { ...openBot(), moderators: () => moderators }
  const chats = (calls: readonly { readonly body: { scope: { chat_id?: number } } }[]) =>
    calls.flatMap(({ body }) => body.scope.chat_id ?? [])
  {
    await using scene = await openTelegram({ bot, menus })
    for (let call = 0; call < 4; call++) await scene.server.next('setMyCommands')
  }
  moderators = ['43']
  await using scene = await openTelegram({ bot, menus })
  const { body } = await scene.server.next('deleteMyCommands')
  expect(body.scope).toEqual({ type: 'chat', chat_id: 42 })
  // Each is deleted once.
  moderators = []
  scene.platform.refresh?.()
  await scene.server.next('deleteMyCommands')
  const deleted = scene.server.calls.filter(({ method }) => method === 'deleteMyCommands')
  expect(chats(deleted)).toEqual([42, 43])
})

test('an update that comes again is answered once', async () => {
  await using scene = await openTelegram()
  scene.server.push({ ...messageUpdate('/next'), update_id: 900 })
  scene.server.push({ ...messageUpdate('/next'), update_id: 900 })
  scene.server.push({ ...messageUpdate('/about'), update_id: 901 })
  await scene.server.next('sendMessage')
  expect(words((await scene.server.next('sendMessage')).body.text)).toMatch(/^About|Source/)
})

test('a question older than ten minutes is left; one of nine minutes is answered', async () => {
  const now = Temporal.Instant.from('2026-11-23T12:00:00Z')
  const clock = { ...systemClock, now: () => now }
  const bot = createBot({ registry: () => registry, clock, timeZone: 'UTC' })
  await using scene = await openTelegram({ bot })
  const at = (minutes: number) => ({ date: now.epochMilliseconds / 1000 - minutes * 60 })
  scene.server.push(messageUpdate('/threats', at(11)))
  scene.server.push(messageUpdate('/outlook', at(9)))
  expect(words((await scene.server.next('sendMessage')).body.text)).toMatch(/^The way forward/)
})

test('a user over the rate limit is asked once to slow down, and other users are answered', async () => {
  await using scene = await openTelegram()
  for (let time = 0; time < 40; time++) scene.server.push(messageUpdate('/next'))
  const other = { id: 800, is_bot: false, first_name: 'Bo' }
  const chat = { id: 800, type: 'private' }
  scene.server.push(messageUpdate('/about', { from: other, chat }))
  await scene.server.shown('800').next()
  const shown = scene.server.shown('700')
  const texts = [(await shown.next()).text]
  while (!texts.at(-1)?.includes('a bit fast')) texts.push((await shown.next()).text)
  scene.server.push(press('/threats'))
  const { body } = await scene.server.next('answerCallbackQuery')
  // The clock of these tests stands still: nothing is granted again.
  expect(body).toEqual({
    callback_query_id: 'p/threats',
    text: 'You’re going a bit fast for me. Please wait a few seconds and try again.',
  })
  expect(texts.length).toBe(13)
  expect(shown.waiting).toEqual([])
  expect(scene.server.calls.map(({ method }) => method)).not.toContain('editMessageText')
})

test('a webhook takes updates with the secret alone, and is answered before the chat is', async () => {
  await using scene = await openTelegram({ webhookUrl: 'https://bot.example.org/hooks/telegram' })
  const { body } = await scene.server.next('setWebhook')
  expect(body).toMatchObject({
    url: 'https://bot.example.org/hooks/telegram',
    secret_token: webhookSecret(TOKEN),
  })
  expect(body.secret_token).toMatch(/^[A-Za-z0-9_-]{1,256}$/)
  const { http } = scene.platform
  expect(http?.path).toBe('/hooks/telegram')
  const post = (text: string, secret?: string, method = 'POST') => {
    const headers = secret ? { 'x-telegram-bot-api-secret-token': secret } : {}
    const request = { method, headers, ...(method === 'POST' && { body: text }) }
    return http?.handle(new Request('http://127.0.0.1/hooks/telegram', request))
  }
  const update = JSON.stringify({ update_id: 1, ...messageUpdate('/threats') })
  for (const secret of [undefined, 'guessed', `${webhookSecret(TOKEN)}x`]) {
    expect((await post(update, secret))?.status).toBe(401)
  }
  expect((await post('', webhookSecret(TOKEN), 'GET'))?.status).toBe(405)
  for (const broken of ['', '{', 'null', '[]', '{"a":1}']) {
    expect((await post(broken, webhookSecret(TOKEN)))?.status).toBe(400)
  }
  expect(scene.server.calls.map(({ method }) => method)).not.toContain('sendMessage')
  // The chat takes its time: Telegram need not wait for it.
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  scene.server.meet('sendMessage', async (response, call) => {
    await free
    refuse(500, 'Internal Server Error')(response, call)
  })
  expect((await post(update, webhookSecret(TOKEN)))?.status).toBe(200)
  go()
  await scene.server.shown('700').next()
  expect((await post(update, webhookSecret(TOKEN)))?.status).toBe(200)
  const sent = scene.server.calls.filter(({ method }) => method === 'sendMessage')
  expect(sent).toHaveLength(2)
})

test('a webhook that cannot take an update has Telegram bring it again', async () => {
  const scene = await openTelegram({
    webhookUrl: 'https://bot.example.org/t',
    before: server => server.meet('getMe', refuse(500, 'x'), () => {}),
    timeoutMs: 60_000,
  })
  const post = (update: object) =>
    scene.platform.http?.handle(
      new Request('http://127.0.0.1/t', {
        method: 'POST',
        headers: { 'x-telegram-bot-api-secret-token': webhookSecret(TOKEN) },
        body: JSON.stringify(update),
      }),
    )
  await scene.seen('platform.trouble')
  // The bot does not know its own name yet.
  expect((await post({ update_id: 1, ...messageUpdate('/threats') }))?.status).toBe(503)
  await scene.platform.stop()
  expect((await post({ update_id: 1, ...messageUpdate('/threats') }))?.status).toBe(503)
  await scene.server.close()
  await using other = await openTelegram({ webhookUrl: 'https://bot.example.org/t' })
  await other.server.next('getWebhookInfo')
  const hook = other.platform.http
  const request = (update: object) =>
    new Request('http://127.0.0.1/t', {
      method: 'POST',
      headers: { 'x-telegram-bot-api-secret-token': webhookSecret(TOKEN) },
      body: JSON.stringify(update),
    })
  expect((await hook?.handle(request({ update_id: 2, message: { text: 7 } })))?.status).toBe(200)
  await other.seen('update.unread')
})

test('a webhook is set again if Telegram names another, and told if Telegram does not reach it', async () => {
  const url = 'https://bot.example.org/t'
  const clock = turns()
  await using scene = await openTelegram({ webhookUrl: url, clock })
  const info = (more: object) =>
    answerWith(200, JSON.stringify({ ok: true, result: { url, pending_update_count: 0, ...more } }))
  await scene.server.next('getWebhookInfo')
  // Another program has set another address: the bot sets its own again.
  scene.server.meet('getWebhookInfo', info({ url: 'https://elsewhere.example.org/' }))
  await clock.next(60_000)
  await scene.server.next('getWebhookInfo')
  await clock.next(60_000)
  expect((await scene.server.next('setWebhook')).body.url).toBe(url)
  expect((await scene.server.next('setWebhook')).body.url).toBe(url)
  await scene.server.next('getWebhookInfo')
  const failing = { last_error_date: 1_764_000_000, last_error_message: 'Wrong response: 404' }
  scene.server.meet('getWebhookInfo', info(failing), info(failing))
  await clock.next(60_000)
  expect(await scene.seen('platform.trouble')).toMatchObject({
    code: 'Wrong response: 404',
    msg: expect.stringMatching(/^Telegram can’t reach TELEGRAM_WEBHOOK_URL/),
  })
  await clock.next(60_000)
  await scene.seen('platform.recovered')
})

test('a webhook that Telegram refuses stops the platform with what to do', async () => {
  await using scene = await openTelegram({
    webhookUrl: 'https://bot.example.org/t',
    before: server =>
      server.meet('setWebhook', refuse(400, 'Bad Request: bad webhook: no such host')),
  })
  const error = await scene.running.catch((reason: unknown) => reason)
  expect((error as Error).message).toMatch(/^Telegram rejected the webhook\. TELEGRAM_WEBHOOK_URL/)
})

test('at the end, answers under way are sent, and no update is answered twice', async () => {
  const scene = await openTelegram({ clock: systemClock })
  const { promise: free, resolve: go } = Promise.withResolvers<void>()
  scene.server.meet('sendMessage', async (response, call) => {
    await free
    refuse(500, 'Internal Server Error')(response, call)
  })
  scene.server.push(messageUpdate('/threats'))
  await scene.server.next('sendMessage')
  const stopped = scene.platform.stop()
  go()
  await scene.server.shown('700').next()
  await stopped
  const last = scene.server.calls.filter(({ method }) => method === 'getUpdates').at(-1)
  expect(last?.body).toEqual({ offset: 501, limit: 1, timeout: 0 })
  await scene.server.close()
})

test('work that does not end delays the end by the allowed time at most', async () => {
  const scene = await openTelegram({ timeoutMs: 60_000, drainMs: 1 })
  scene.server.meet('sendMessage', () => {})
  scene.server.push(messageUpdate('/threats'))
  await scene.server.next('sendMessage')
  await scene.platform.stop()
  expect(scene.platform.state().status).toBe('stopped')
  await scene.server.close()
})
