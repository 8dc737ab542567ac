import { describe, expect, test } from 'vitest'
import { until } from '../delivery/scene.ts'
import { png } from '../pictures.ts'
import { refuse } from '../platforms/telegram/server.ts'
import { DIALECTS } from '../store/stores.ts'
import { linesUnder, type NewsroomOptions, openNewsroom } from './scene.ts'

/** A newsroom with a draft that is about to be confirmed. */
async function openWithDraft(options: NewsroomOptions = {}) {
  const room = await openNewsroom(options)
  await room.start(options.env)
  const ada = room.onTelegram()
  const draft = await ada.write('/announce Hello to all.', /^Draft #1/, {
    entities: [{ type: 'bold', offset: 10, length: 5 }],
  })
  return { ...room, ada, draft }
}

describe.for(DIALECTS)('from Telegram, kept in %s', dialect => {
  test('written, looked at, confirmed, shown on its way: the card’s last word is what the ledger says', async () => {
    const room = await openWithDraft({ dialect, telegram: 120, discord: 3 })
    const { ada, draft, store, telegram, discord, finished } = room
    expect(draft.text).toContain('<b>Hello</b> to all.')
    expect(draft.text).toContain('Telegram: 120 chats, about 5 seconds')
    expect(draft.text).toContain('Discord: 3 chats')
    // Two that cannot be reached, for different reasons.
    telegram.weather = ({ method, body }) => {
      if (method !== 'sendMessage') return undefined
      if (body.chat_id === '1000003')
        return { fault: refuse(403, 'Forbidden: bot was blocked by the user') }
      if (body.chat_id === '1000004') return { fault: refuse(400, 'Bad Request: chat not found') }
      return undefined
    }
    const confirmed = await ada.press(draft, ' send', /^Sending announcement #1 in/)
    const card = await ada.sees(/Goes out on/)
    expect(linesUnder(card.keyboard)).toEqual(['+/announcements 1 undo'])
    await finished(1)
    await until(async () => (await store.progressMessages.open()).length === 0)
    // The confirmation has counted down in the place of the draft, and has lost its button with the end of the window.
    expect(confirmed.id).toBe(draft.id)
    const steps = ada.told(draft.id).slice(1)
    expect(steps.at(-1)).toBe('Announcement #1 is on its way.')
    expect(steps.length).toBeGreaterThan(2)
    for (const step of steps.slice(0, -1)) {
      expect(step).toMatch(/^Sending announcement #1 in \d+ seconds?\. Press Undo to stop it\.$/)
    }
    const last = new Map(ada.chat()).get(card.id) ?? ''
    const progress = await store.broadcasts.progress(1)
    expect(progress).toMatchObject({ sent: 121, gone: 2, pending: 0, claimed: 0 })
    expect(last).toContain('Sent to 121 of 123 chats in')
    expect(last).toMatch(/1 blocked the bot, 1 unreachable\./)
    expect(last).toContain('✅ Announcement #1 sent')
    expect(telegram.taken.get('1000000')?.values().next().value).toBe('<b>Hello</b> to all.')
    expect([...discord.taken.values()].filter(each => each.size > 0)).toHaveLength(3)
    const audit = await store.audit.list(10)
    expect(audit.map(({ actor, action, details }) => ({ actor, action, details }))).toEqual([
      {
        ...{ actor: 'sitrep', action: 'send.finished' },
        details: { broadcast: 1, reached: 121, of: 123 },
      },
      {
        ...{ actor: 'telegram:42', action: 'announcement.send' },
        details: { draft: 1, to: 'announcements, telegram, discord', chats: 123, broadcast: 1 },
      },
    ])
  })

  test('an announcement undone by its progress message before it is sent: no chat gets it, and the message says so', async () => {
    const { ada, draft, store, telegram } = await openWithDraft({ dialect, telegram: 5 })
    await ada.press(draft, ' send', CONFIRMED)
    const card = await ada.sees(/Goes out on/)
    expect(await ada.pressCard(card, 'undo')).toBe(
      'Undone. No one received it, and it’s a draft again.',
    )
    await ada.sees(/^Undone\. No one received it/)
    await until(async () => (await store.progressMessages.open()).length === 0)
    expect(await store.broadcasts.progress(1)).toMatchObject({ sent: 0, pending: 0 })
    expect(telegram.taken.get('1000000')).toBeUndefined()
    await ada.write('/announce 1', /^Draft #1/)
  })

  test('an announcement stopped half way: chats that have it keep it, no other gets it, and the message counts both', async () => {
    const { ada, draft, store, telegram, finished } = await openWithDraft({
      dialect,
      telegram: 300,
    })
    await ada.press(draft, ' send', CONFIRMED)
    const card = await ada.sees(/Goes out on/)
    const reached = () => [...telegram.taken.keys()].filter(chat => chat !== '42').length
    await until(() => reached() > 60)
    expect(await ada.pressCard({ ...card, keyboard: STOP }, 'cancel')).toMatch(/^Stopped\./)
    await finished(1)
    await until(async () => (await store.progressMessages.open()).length === 0)
    const { sent, skipped } = await store.broadcasts.progress(1)
    expect(sent + skipped).toBe(300)
    expect(sent).toBe(reached())
    expect(sent).toBeLessThan(250)
    const last = new Map(ada.chat()).get(card.id)
    expect(last).toContain(`Sent to ${sent} of 300 chats`)
    expect(last).toContain(`${skipped} not reached before it was stopped.`)
  })

  test('an announcement paused before a restart and resumed after it: the same message goes on, and every chat gets it', async () => {
    const room = await openWithDraft({ dialect, telegram: 200 })
    const { ada, draft, store, telegram, finished, stop, start } = room
    await ada.press(draft, ' send', CONFIRMED)
    const card = await ada.sees(/Goes out on/)
    const reached = () => [...telegram.taken.keys()].filter(chat => chat !== '42').length
    await until(() => reached() > 20)
    expect(await ada.pressCard({ ...card, keyboard: PAUSE }, 'pause')).toMatch(/^Paused\./)
    await stop()
    const before = reached()
    await start()
    await ada.write('/announcements 1', /is paused/)
    expect(reached()).toBe(before)
    expect(await ada.pressCard({ ...card, keyboard: PAUSE }, 'resume')).toBe('Resumed.')
    await finished(1)
    await until(async () => (await store.progressMessages.open()).length === 0)
    expect(await store.broadcasts.progress(1)).toMatchObject({ sent: 200 })
    expect(new Map(ada.chat()).get(card.id)).toContain('Sent to 200 of 200 chats')
    for (const [chat, messages] of telegram.taken) if (chat !== '42') expect(messages.size).toBe(1)
  })

  test('corrected while it is being sent: everybody ends with the new text, and the reach is told', async () => {
    const { ada, draft, store, telegram, finished } = await openWithDraft({
      dialect,
      telegram: 200,
    })
    await ada.press(draft, ' send', CONFIRMED)
    const card = await ada.sees(/Goes out on/)
    await until(() => telegram.taken.size > 80)
    const asked = /^Correct announcement #1/
    const correction = await ada.write('/correct 1 Hello to all, at noon.', asked)
    await ada.press(correction, ' send', /^Correcting announcement #1/)
    await finished(1)
    await until(async () => (await store.progressMessages.open()).length === 0)
    for (const [chat, messages] of telegram.taken) {
      if (chat === '42') continue
      expect([...messages.values()]).toEqual([
        expect.stringMatching(/Corrected:.*Hello to all, at noon\./s),
      ])
    }
    const chat = ada.chat()
    expect(new Map(chat).get(card.id)).toContain('Progress appears below')
    expect(chat.at(-1)?.[1]).toContain('Corrected in 200 of 200 chats.')
  })
})

const ASKED = /Reply to this message with the new text\.(\n|$)/
const CONFIRMED = /^Sending announcement #1 in/
const STOP = [{ text: 'Stop it', callback_data: '+/announcements 1 cancel' }]
const PAUSE = [
  { text: 'Pause', callback_data: '+/announcements 1 pause' },
  { text: 'Resume', callback_data: '+/announcements 1 resume' },
]

test('taken back after 48 hours, when nothing can be deleted any more: a notice stands in its place', async () => {
  const { ada, draft, store, telegram, finished } = await openWithDraft({ telegram: 6 })
  await ada.press(draft, ' send', CONFIRMED)
  await finished(1)
  telegram.weather = ({ method }) =>
    method === 'deleteMessage'
      ? { fault: refuse(400, "Bad Request: message can't be deleted for everyone") }
      : undefined
  const asked = await ada.write('/retract 1', /Will be removed from 6 chats/)
  await ada.press(asked, ' send', /^Retracting announcement #1/)
  await finished(1)
  await until(async () => (await store.progressMessages.open()).length === 0)
  for (let chat = 1_000_000; chat < 1_000_006; chat++) {
    expect([...(telegram.taken.get(String(chat))?.values() ?? [])]).toEqual([
      'This announcement has been retracted.',
    ])
  }
  expect(ada.chat().at(-1)?.[1]).toContain('Retracted from 6 of 6 chats.')
})

test('a stranger who has the button, and a moderator who is one no more, change nothing', async () => {
  const { ada, draft, store, onTelegram, stop, start } = await openWithDraft({ telegram: 3 })
  const stranger = onTelegram(7)
  expect(await stranger.pressCard(draft, ' send')).toMatch(
    /^Only this bot’s moderators and, on Discord, server admins/,
  )
  await ada.press(draft, ' send', CONFIRMED)
  const card = await ada.sees(/Goes out on/)
  expect(await stranger.pressCard(card, 'undo')).toMatch(
    /^Only this bot’s moderators and, on Discord, server admins/,
  )
  await stop()
  await start({ MODERATORS: 'telegram:43' })
  expect(await ada.pressCard(card, 'undo')).toMatch(
    /^Only this bot’s moderators and, on Discord, server admins/,
  )
  expect(await store.broadcasts.find(1)).toMatchObject({ state: 'active' })
  expect(await store.audit.list(10)).toHaveLength(1)
})

test('a message that is answered is announced with its formatting, and so is a caption', async () => {
  const { onTelegram, start } = await openNewsroom({ telegram: 1 })
  await start()
  const ada = onTelegram()
  const reply_to_message = {
    message_id: 5,
    date: 1,
    chat: { id: 42, type: 'private' },
    text: 'Read this, soon\n\nAt the gate.',
    entities: [
      { type: 'text_link', offset: 5, length: 4, url: 'https://example.org/a' },
      { type: 'italic', offset: 11, length: 4 },
    ],
  }
  const draft = await ada.write('/announce', /^Draft #1/, { reply_to_message })
  expect(draft.text).toContain('Read <a href="https://example.org/a">this</a>, <i>soon</i>')
  expect(draft.text).toContain('At the gate.')
})

test('an answer to the question for a new text becomes the text of the draft or the correction', async () => {
  const { ada, draft, finished, store, telegram } = await openWithDraft({ telegram: 2 })
  const asked = await ada.press(draft, ' edit', ASKED)
  const bold = { entities: [{ type: 'bold', offset: 4, length: 3 }] }
  const changed = await ada.answer(asked, 'For all, at noon.', /^Text updated/, bold)
  expect(changed.text).toContain('For <b>all</b>, at noon.')
  telegram.files.set('map', png(64, 48))
  const photo = [{ file_id: 'map', file_unique_id: 'u', width: 64, height: 48, file_size: 100 }]
  const caption = await ada.answer(changed, '', /^Image updated/, {
    text: undefined,
    photo,
  })
  // The preview shows the image, and the rest of the draft follows it.
  expect([...telegram.photos.keys()]).toEqual([`42/${caption.id}`])
  expect(caption.text).toContain('With image')
  const pictured = await ada.sees(/For all, at noon\./)
  // Another moderator was faster: the text that was written becomes a second draft.
  const late = await ada.answer(asked, 'At one.', /^It was changed while you were writing/)
  expect(late.text).toContain('saved as this new draft')
  const plain = await ada.press(pictured, ' picture off', /^Draft #1/)
  await ada.press(plain, ' send', CONFIRMED)
  await finished(1)
  const correction = await ada.write('/correct 1 For some.', /Correct announcement #1/)
  const again = await ada.press(correction, ' edit', ASKED)
  const corrected = await ada.answer(again, 'For few.', /^Text updated/)
  await ada.press(corrected, ' send', /^Correcting announcement #1/)
  await until(async () => (await store.broadcasts.find(1))?.revision === 2)
  await finished(1)
  expect([...(telegram.taken.get('1000000')?.values() ?? [])]).toEqual([
    expect.stringMatching(/^<i>Corrected: .*For few\.$/s),
  ])
})

test('a text that takes several messages to ask for is answered below the last', async () => {
  const { onTelegram, start, store } = await openNewsroom({ telegram: 1 })
  await start()
  const ada = onTelegram()
  const entities = [{ type: 'bold', offset: 10, length: 5 }]
  await ada.write(`/announce Words ${'are many here, and more. '.repeat(162)}`, /^Draft #1/, {
    entities,
  })
  const last = await ada.sees(/(\d)\/\1$/)
  const asked = await ada.press(last, ' edit', ASKED)
  expect(asked.text).toMatch(/<i>2\/2<\/i>$/)
  await ada.answer(asked, 'Few words.', /^Text updated/)
  expect(JSON.stringify(await store.announcements.find(1))).toContain('Few words.')
})

test('a picture is seen as it arrives before it is sent, and uploaded once for all', async () => {
  const { onTelegram, start, telegram, finished } = await openNewsroom({ telegram: 3 })
  await start()
  const ada = onTelegram()
  telegram.files.set('map', png(64, 48))
  const photo = [{ file_id: 'map', file_unique_id: 'u', width: 64, height: 48, file_size: 100 }]
  const caption = '/announce Mind the river.'
  const more = { text: undefined, caption, photo }
  const draft = await ada.write('', /^Draft #1/, more)
  ada.push('/announce 1.1 link capabilities', draft)
  const linked = await ada.sees(/^Draft #1/)
  const seen = await ada.press(linked, ' show', /^Mind the river\.\s+Test: only you got this/)
  expect(telegram.photos.get(`42/${seen.id}`)).toBe('photo-2')
  expect(linesUnder(seen.keyboard)).toEqual(['+/capabilities'])
  // The answer to a press below an image comes as a new message: an image cannot become a text.
  await ada.press(seen, '+/capabilities', /./)
  expect(new Map(ada.chat()).get(seen.id)).toMatch(/^Mind the river\.\s/)
  await ada.press(linked, ' send', CONFIRMED)
  await finished(1)
  for (const chat of ['1000000', '1000001', '1000002']) {
    const [id] = telegram.taken.get(chat)?.keys() ?? []
    expect(telegram.photos.get(`${chat}/${id}`)).toBe('photo-2')
  }
})

test('hidden links, mentions, broken markup and length are shown as they are, and warned about', async () => {
  const { onTelegram, start } = await openNewsroom({ telegram: 1 })
  await start()
  const ada = onTelegram()
  const text = '/announce <b>@everyone</b> @here see bank.example ||x||\n\n'
  const long = 'All of this is said at length. '.repeat(129)
  const draft = await ada.write(text + long, /^Draft #1/, {
    entities: [{ type: 'text_link', offset: 38, length: 12, url: 'https://evil.example/login' }],
  })
  const said = [draft, ...(await rest())].map(each => each.text).join('\n')
  expect(said).toContain('&lt;b&gt;')
  expect(said).toContain('@\u2060everyone won’t notify anyone')
  expect(said).toContain('@\u2060here won’t notify anyone')
  expect(said.replaceAll('\u2060', '')).toContain('links to https://evil.example/login')

  async function rest() {
    const of = Number(/<i>1\/(\d+)<\/i>$/.exec(draft.text)?.[1] ?? 1)
    const parts = []
    while (parts.length < of - 1) parts.push(await ada.sees(/./))
    return parts
  }
})

test('an announcement for a time that the change of clocks skips goes out after the change, not before', async () => {
  const { onTelegram, start, store, telegram, clock } = await openNewsroom({ telegram: 1 })
  await start()
  const ada = onTelegram()
  // The next spring in Sarajevo: the last Sunday of March.
  const year = clock.now().toZonedDateTimeISO('UTC').year + 1
  const last = Temporal.PlainDate.from({ year, month: 3, day: 31 })
  const sunday = last.subtract({ days: last.dayOfWeek % 7 })
  await ada.write('/announce Good morning.', /^Draft #1/)
  const draft = await ada.write(`/announce 1 at ${sunday} 02:30`, /doesn’t exist/)
  const confirmed = await ada.press(draft, ' send', /^Announcement #1 is scheduled for/)
  expect(confirmed.text).toContain('03:30')
  expect(await store.broadcasts.find(1)).toMatchObject({
    startsAt: sunday.toZonedDateTime({ timeZone: 'UTC', plainTime: '01:30' }).toInstant(),
  })
  expect(telegram.taken.get('1000000')).toBeUndefined()
})

test('a press that is brought again after a restart does nothing again', async () => {
  const { ada, draft, store, telegram, finished, stop, start } = await openWithDraft({
    telegram: 3,
  })
  await ada.press(draft, ' send', CONFIRMED)
  await finished(1)
  await stop()
  // The server on this machine forgets nothing: all that was ever typed and pressed comes once more.
  await start()
  await until(
    () =>
      ada.chat().filter(([, text]) => /^Already confirmed as announcement #1/.test(text ?? ''))
        .length > 0,
  )
  await until(async () => (await store.progressMessages.open()).length === 0)
  expect(await store.broadcasts.list(10)).toHaveLength(1)
  expect(await store.announcements.drafts(10)).toEqual([])
  for (const [chat, messages] of telegram.taken) if (chat !== '42') expect(messages.size).toBe(1)
})
