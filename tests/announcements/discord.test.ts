import { expect, test } from 'vitest'
import { until } from '../delivery/scene.ts'
import { png } from '../pictures.ts'
import { guild, textChannel, VIEW_AND_SEND } from '../platforms/discord/guild.ts'
import { type DiscordSenderOptions, linesOf, openNewsroom, SERVER, saidOn } from './scene.ts'

const PRIVATE = 64

test('a form opens at once; what is filled in is shown, confirmed, and its progress posted in the channel', async () => {
  const { discord, telegram, onDiscord, start, store, finished } = await openNewsroom({
    telegram: 2,
    discord: 3,
  })
  await start()
  const ada = onDiscord()
  const form = await ada.slash('announce')
  // No promise came before it: that cannot become a form any more.
  expect(form.call.body.type).toBe(9)
  expect(discord.calls.filter(({ route }) => /^POST \/interactions/.test(route))).toHaveLength(1)
  expect(form.body).toMatchObject({
    custom_id: '/announce',
    title: 'New announcement',
    components: [
      { type: 18, component: { type: 4, custom_id: 'text', style: 2, max_length: 4000 } },
      { type: 18, component: { type: 19, custom_id: 'picture', required: false } },
    ],
  })
  const draft = await ada.fillIn(form, 'Come to **the hall**.\nAt [noon](https://example.org).')
  expect(draft.body.flags & PRIVATE).toBe(PRIVATE)
  expect(saidOn(draft)).toContain('Come to the hall.')
  expect(saidOn(draft)).toContain('Discord: 3 chats')
  // Changed in the form that has the text in it already; the draft stands where it stood.
  const again = await ada.press(draft, ' edit')
  expect(again.body.components[0].component.value).toBe(
    'Come to **the hall**.\nAt [noon](https://example.org).',
  )
  const changed = await ada.fillIn(again, 'Come to **the gate**.', draft)
  expect(changed.call.body.type).toBe(7)
  expect(saidOn(changed)).toContain('Come to the gate.')
  const shown = discord.shown('400000000000000001')
  const confirmed = await ada.press(changed, ' send')
  expect(saidOn(confirmed)).toContain('Sending announcement #1 <t:')
  const card = await shown.next()
  expect(linesOf(card.body)).toEqual(['+/announcements 1 undo'])
  await finished(1)
  await until(async () => (await store.progressMessages.open()).length === 0)
  const last = discord.taken.get('400000000000000001')?.get(card.message)
  expect(saidOn({ body: last })).toContain('Sent to 5 of 5 chats in')
  expect(telegram.taken.get('1000000')?.values().next().value).toBe('Come to <b>the gate</b>.')
})

test('the menu of a message announces it, with its picture, whose mentions are names', async () => {
  const { discord, telegram, onDiscord, start, finished } = await openNewsroom({
    telegram: 2,
    discord: 1,
    env: { ANNOUNCE_HOLD: '1s' },
  })
  await start()
  const ada = onDiscord()
  discord.files.set('map.png', png(64, 48))
  const url = `${new URL(discord.url).origin}/attachments/map.png`
  const draft = await ada.menu('Announce this', {
    content: 'Ask <@200000000000000099> or @everyone.',
    mentions: [{ id: '200000000000000099', username: 'bob', global_name: 'Bob' }],
    attachments: [{ id: '1', filename: 'map.png', url, size: 100, content_type: 'image/png' }],
  })
  expect(saidOn(draft)).toContain('With image')
  // The preview has the image itself.
  expect(discord.attached.get(`${draft.message}/picture.png`)?.bytes).toEqual(png(64, 48))
  expect(saidOn(draft)).toContain('Ask @Bob or @everyone.')
  expect(saidOn(draft)).toContain('@everyone won’t notify anyone')
  // Only the moderator who pressed sees the preview, beside the draft.
  const seen = await ada.press(draft, ' show')
  expect(seen.call.route).toMatch(/^POST \/webhooks/)
  expect(seen.body.flags & PRIVATE).toBe(PRIVATE)
  expect(saidOn(seen)).toMatch(/^Ask @Bob or @everyone\. Test: only you got this\./)
  expect(discord.attached.get(`${seen.message}/picture.png`)?.bytes).toEqual(png(64, 48))
  await ada.press(draft, ' send')
  await finished(1)
  const [posted] = [...(discord.taken.get('1100000000000000000')?.values() ?? [])]
  expect(posted).toMatchObject({ allowed_mentions: { parse: [] } })
  expect(JSON.stringify(posted)).toContain('attachment://picture.png')
  expect(telegram.photos.size).toBe(2)
  // Uploaded once, then known by its id.
  expect(telegram.files.size).toBe(1)
})

test('the menu of a message corrects or retracts the announcement that it is part of', async () => {
  const { discord, onDiscord, start, finished, store } = await openNewsroom({
    ...{ discord: 1, env: { ANNOUNCE_HOLD: '1s' } },
  })
  await start()
  const channel = '1100000000000000000'
  const ada = onDiscord({ channel })
  const draft = await ada.slash('announce', 'Hello to all.')
  await ada.press(draft, ' send')
  await finished(1)
  // The channel has the progress message as well.
  const messages = [...(discord.taken.get(channel) ?? [])]
  const [posted = ''] = messages.find(([, body]) => saidOn({ body }) === 'Hello to all.') ?? []
  const form = await ada.menu('Correct announcement', {}, posted)
  expect(form.body).toMatchObject({ custom_id: '/correct 1', title: 'Correct announcement #1' })
  expect(form.body.components[0].component.value).toBe('Hello to all.')
  const asked = await ada.menu('Retract announcement', {}, posted)
  expect(saidOn(asked)).toMatch(/^Retract announcement #1 You’re about to retract Hello to all\./)
  // Neither another message of the channel nor the same id in another channel is part of it.
  for (const other of [ada, onDiscord()]) {
    const id = other === ada ? '999999999999999999' : posted
    for (const name of ['Correct announcement', 'Retract announcement']) {
      const said = saidOn(await other.menu(name, {}, id))
      expect(said).toBe('That message isn’t part of an announcement of mine.')
    }
  }
  const stranger = onDiscord({ channel, user: '200000000000000077' })
  expect(saidOn(await stranger.menu('Retract announcement', {}, posted))).toMatch(
    /^Only this bot’s moderators/,
  )
  expect(await store.announcements.drafts(9)).toHaveLength(1)
})

test('the confirmation changes when the undo window closes, and its button is gone', async () => {
  const { discord, onDiscord, start, finished } = await openNewsroom({ discord: 1 })
  await start()
  const ada = onDiscord()
  const draft = await ada.slash('announce', 'Hello to all.')
  const confirmed = await ada.press(draft, ' send')
  expect(linesOf(confirmed.body)).toEqual(['/announcements 1 undo here', '/announcements 1'])
  await finished(1)
  const edits = () =>
    discord.calls.filter(({ route }) => /^PATCH \/webhooks\/.*@original/.test(route))
  await until(() => edits().length > 0)
  // Discord counts down by itself, so one edit is enough.
  expect(edits().map(({ body }) => saidOn({ body }))).toEqual(['Announcement #1 is on its way.'])
  expect(linesOf(edits()[0]?.body)).toEqual(['/announcements 1'])
})

const FIELD = '310000000000000077'

test('a mentioned channel is called by its name, and one of another server is not', async () => {
  const { discord, onDiscord, start } = await openNewsroom({ discord: 1 })
  const channels = [{ ...textChannel(FIELD, 0), name: 'field-office' }]
  const hidden = [{ ...textChannel('320000000000000077', 0), name: 'secret' }]
  discord.gateway.guilds = [
    guild(SERVER, VIEW_AND_SEND, channels),
    guild('300000000000000002', VIEW_AND_SEND, hidden),
  ]
  await start()
  const ada = onDiscord()
  const content = `Meet in <#${FIELD}>, not in <#320000000000000077> or <#99>.`
  const said = 'Meet in #field-office, not in #somewhere or #somewhere.'
  const pointed = await ada.menu('Announce this', { content })
  expect(saidOn(pointed)).toContain(said)
  expect(saidOn(pointed)).toContain('Mentions become plain names')
  expect(saidOn(await ada.fillIn(await ada.slash('announce'), content))).toContain(said)
  expect(saidOn(await ada.slash('announce', content))).toContain(said)
})

test.for([
  ['t', 't'],
  ['T', 'T'],
  ['d', 'd'],
  ['D', 'D'],
  ['f', 'Dt'],
  ['F', 'wDt'],
  ['s', 'dt'],
  ['S', 'dT'],
  ['R', 'r'],
] as const)('a time keeps its style %s on both platforms', async ([style, format]) => {
  const { discord, telegram, onDiscord, start, finished } = await openNewsroom({
    ...{ telegram: 1, discord: 1, env: { ANNOUNCE_HOLD: '1s' } },
  })
  await start()
  const ada = onDiscord()
  const draft = await ada.menu('Announce this', { content: `We begin <t:1780304700:${style}>.` })
  await ada.press(draft, ' send')
  await finished(1)
  const [posted] = [...(discord.taken.get('1100000000000000000')?.values() ?? [])]
  expect(JSON.stringify(posted)).toContain(`<t:1780304700:${style}>`)
  const told = String([...(telegram.taken.get('1000000')?.values() ?? [])])
  expect(told).toContain(`<tg-time unix="1780304700" format="${format}">`)
})

test('a forwarded message is announced with its image', async () => {
  const { discord, onDiscord, start } = await openNewsroom({ discord: 1 })
  await start()
  discord.files.set('map.png', png(64, 48))
  const url = `${new URL(discord.url).origin}/attachments/map.png`
  const message = {
    content: 'Come to **the hall**, <@200000000000000099>.',
    mentions: [{ id: '200000000000000099', username: 'bob', global_name: 'Bob' }],
    attachments: [{ id: '1', filename: 'map.png', url, size: 100, content_type: 'image/png' }],
  }
  const draft = await onDiscord().menu('Announce this', { message_snapshots: [{ message }] })
  expect(saidOn(draft)).toContain('Come to the hall, @Bob.')
  expect(saidOn(draft)).toContain('With image')
})

test.for([
  ['no snapshots', { message_snapshots: [] }],
  ['a snapshot without a message', { message_snapshots: [{}] }],
])('a forwarded message with %s is empty, and ends nothing', async ([, more]) => {
  const { onDiscord, start } = await openNewsroom({ discord: 1 })
  await start()
  const ada = onDiscord()
  await ada.menu('Announce this', more as object)
  expect(saidOn(await ada.slash('next'))).toContain('Next exercise')
})

test('an administrator announces to the channels of their own server, and another’s presses nothing', async () => {
  const room = await openNewsroom({ discord: 2, env: { ANNOUNCE_HOLD: '1s' } })
  const { discord, onDiscord, start, store, finished } = room
  await start()
  const channel = { platform: 'discord', address: '401', within: SERVER, kind: 'channel' as const }
  await store.chats.update(channel, () => ({
    ...{ state: 'active', topics: ['announcements'], zone: 'UTC', cadence: 'weekly', hour: 9 },
    ...{ weekday: 1, tableStyle: 'grid', onlyNew: false },
  }))
  const grace = onDiscord({ user: '200000000000000050', manages: true })
  const form = await grace.slash('announce')
  const draft = await grace.fillIn(form, 'For ours alone.')
  expect(saidOn(draft)).toContain('This server only')
  expect(saidOn(draft)).toContain('Discord: 1 chat')
  const member = onDiscord({ user: '200000000000000051' })
  expect(saidOn(await member.press(draft, ' send'))).toMatch(/^Only this bot’s moderators/)
  const other = onDiscord({
    user: '200000000000000052',
    manages: true,
    within: '300000000000000009',
  })
  expect(saidOn(await other.press(draft, ' send'))).toBe('There’s no draft #1.')
  await grace.press(draft, ' send')
  await finished(1)
  const reached = [...discord.taken].filter(([, messages]) => messages.size > 0).map(([id]) => id)
  expect(reached.sort()).toEqual(['400000000000000001', '401'])
})

test('a user-installed app gives its user no rights in a server', async () => {
  const { onDiscord, start } = await openNewsroom({ discord: 1 })
  await start()
  const grace = onDiscord({ user: '200000000000000050', manages: true, isInstalled: false })
  expect(saidOn(await grace.slash('announce'))).toMatch(/^Only this bot’s moderators/)
})

/** A newsroom in which a post has been confirmed from a channel, and its card stands there. */
async function openConfirmed(discord: number, more: Partial<DiscordSenderOptions> = {}) {
  const room = await openNewsroom({ discord })
  await room.start()
  const ada = room.onDiscord(more)
  const draft = await ada.fillIn(await ada.slash('announce'), 'Hello to all.')
  const shown = room.discord.shown('400000000000000001')
  await ada.press(draft, ' send')
  const card = await shown.next()
  const reached = () => [...room.discord.taken].filter(([id]) => id.startsWith('11')).length
  return {
    ...{ ...room, ada, draft, card, reached },
    ended: () => until(async () => (await room.store.progressMessages.open()).length === 0),
    /** Returns the text that the progress message shows now. */
    now: () => saidOn({ body: room.discord.taken.get('400000000000000001')?.get(card.message) }),
    act: (sender: typeof ada, act: string) => sender.type(card, `+/announcements 1 ${act}`),
  }
}

test('an announcement undone by its progress message in a channel: the message says so to all readers', async () => {
  const { act, ada, ended, now, reached, card } = await openConfirmed(5)
  expect(saidOn(card)).toContain('Announcement #1')
  // A channel does not show the text of an announcement that can still be undone.
  expect(saidOn(card)).not.toContain('Hello')
  expect(saidOn(await act(ada, 'undo'))).toMatch(/^Undone\. No one received it/)
  await ended()
  expect(now()).toMatch(/^Undone\. No one received it/)
  expect(reached()).toBe(0)
})

test('stopped half way, the card tells who has it and who has not', async () => {
  const { act, ada, ended, finished, now, reached, store } = await openConfirmed(400)
  await until(() => reached() > 60)
  expect(saidOn(await act(ada, 'cancel'))).toMatch(/^Stopped\./)
  await finished(1)
  await ended()
  const { sent, skipped } = await store.broadcasts.progress(1)
  expect([sent, sent + skipped]).toEqual([reached(), 400])
  expect(now()).toContain(`Sent to ${sent} of 400 chats`)
})

test('paused, started anew, resumed, corrected on the way, taken back: each channel has one message, and then none', async () => {
  const room = await openConfirmed(200)
  const { act, ada, discord, ended, finished, now, reached, start, stop, store } = room
  await until(() => reached() > 20)
  expect(saidOn(await act(ada, 'pause'))).toMatch(/^Paused\./)
  await stop()
  const before = reached()
  await start()
  const form = await ada.slash('correct', '1')
  expect(form.body).toMatchObject({ custom_id: '/correct 1', title: 'Correct announcement #1' })
  expect(form.body.components[0].component.value).toBe('Hello to all.')
  const correction = await ada.fillIn(form, 'Hello to all, at noon.')
  expect(saidOn(correction)).toContain('Correct announcement #1')
  expect(reached()).toBe(before)
  await ada.press(correction, ' send')
  expect(saidOn(await act(ada, 'resume'))).toBe('Resumed.')
  await finished(1)
  await ended()
  const messages = () => [...discord.taken].filter(([id]) => id.startsWith('11'))
  expect(messages()).toHaveLength(200)
  for (const [, taken] of messages()) {
    const said = [...taken.values()].map(body => saidOn({ body }))
    expect(said).toEqual([expect.stringContaining('Hello to all, at noon.')])
  }
  expect(now()).toContain('Progress appears below')
  const asked = await ada.slash('retract', '1')
  expect(saidOn(asked)).toContain('Will be removed from 200 chats')
  await ada.press(asked, ' send')
  await finished(1)
  await ended()
  for (const [, taken] of messages()) expect([...taken.values()]).toEqual([null])
  const progressMessages = [...(discord.taken.get('400000000000000001')?.values() ?? [])]
  expect(saidOn({ body: progressMessages.at(-1) })).toContain('Retracted from 200 of 200 chats.')
  expect(await store.broadcasts.find(1)).toMatchObject({ isRetracted: true, isFinished: true })
  // A form that was open for longer than the post was there.
  const late = await ada.fillIn(form, 'Hello to all, at **one**.')
  expect(late.body.flags & PRIVATE).toBe(PRIVATE)
  expect(saidOn(late)).toMatch(
    /^Announcement #1 has already been retracted\.\s+Your text, so it isn’t lost:/,
  )
  expect(JSON.stringify(late.body.components)).toContain('Hello to all, at **one**.')
})

test('a role that was taken away counts no more, nor does one in a direct message', async () => {
  const role = '500000000000000007'
  const user = '200000000000000060'
  const { act, discord, onDiscord, store, stop, start } = await openConfirmed(3)
  await stop()
  await start({ MODERATORS: `discord-role:${SERVER}/${role}` })
  const bearer = onDiscord({ user, roles: [role] })
  expect(saidOn(await act(bearer, 'pause'))).toMatch(/^Paused\./)
  const former = onDiscord({ user, roles: [] })
  expect(saidOn(await act(former, 'resume'))).toMatch(/^Only this bot’s moderators/)
  const elsewhere = onDiscord({ user, roles: [role], within: '300000000000000009' })
  expect(saidOn(await act(elsewhere, 'resume'))).toMatch(/^Only this bot’s moderators/)
  expect(await store.broadcasts.find(1)).toMatchObject({ state: 'paused' })
  expect(discord.calls.some(({ body }) => JSON.stringify(body ?? {}).includes('"parse":["'))).toBe(
    false,
  )
})
