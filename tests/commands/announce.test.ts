import { toString as textOf } from 'mdast-util-to-string'
import { describe, expect, test } from 'vitest'
import { readMarkdown } from '../../src/parsing/discord.ts'
import { saying } from '../delivery/scene.ts'
import { chunk, png } from '../pictures.ts'
import type { Facts } from '../request.ts'
import { event } from '../schedule/scene.ts'
import { DIALECTS } from '../store/stores.ts'
import { CHANNEL, openModeratorScene, ROLE, SERVER } from './moderator-scene.ts'

const ALL = { topics: ['announcements'] }
const admin: Facts = {
  user: 'discord:77',
  place: CHANNEL,
  mayManage: async () => true,
}

/** A scene with three chats that follow announcements. */
/** The answer to a confirmation, and to each further press of it in the undo window. */
const SENDING = 'Sending announcement #1 in 30 seconds. Press Undo to stop it.'

async function openWithChats(options: Parameters<typeof openModeratorScene>[0] = {}) {
  const scene = await openModeratorScene(options)
  for (const address of ['1', '2', '3']) await scene.subscribe(address, ALL)
  return scene
}

describe.for(DIALECTS)('an announcement, kept in %s', dialect => {
  test('a draft shows how it looks, who gets it and which warnings it has, before it is sent', async () => {
    const { ask, buttons, subscribe, store } = await openWithChats({ dialect })
    await subscribe('asleep', { ...ALL, quiet: { from: 12, to: 18 } })
    await subscribe('away', { ...ALL, state: 'paused' })
    await subscribe('gone', ALL)
    await store.chats.update(
      { platform: 'telegram', address: 'gone', kind: 'private' },
      before => ({
        ...(before ?? expect.fail()),
        gone: 'blocked',
      }),
    )
    const draft = await ask(
      '/announce Come **all** to [the hall](https://example.org) on 2027-04-01, @everyone!',
    )
    await expect(`${draft.replaceAll(' | ', '\n')}\n`).toMatchFileSnapshot('golden/draft.txt')
    expect(await buttons('/announce 1')).toEqual([
      ...['/announce 1.1 send', '/announce 1.1 edit', '/announce 1.1 show'],
      ...['/announce 1.1 audience', '/announce 1.1 time', '/announce 1.1 link'],
      ...['/announce 1.1 urgent on', '/announce 1.1 discard'],
    ])
  })

  test('confirmed many times by several moderators: one broadcast, which starts after the undo window', async () => {
    const { ask, asking, beat, store, woken } = await openWithChats({ dialect })
    await ask('/announce Hello.')
    const answers = await Promise.all([
      ask('/announce 1.1 send'),
      ask('/announce 1.1 send'),
      ask('/announce 1.1 send', { user: 'discord:43', place: CHANNEL }),
    ])
    expect(answers).toEqual([SENDING, SENDING, SENDING])
    expect(woken).toHaveLength(1)
    expect(await store.broadcasts.list(10)).toHaveLength(1)
    expect(await store.broadcasts.find(1)).toMatchObject({
      startsAt: Temporal.Instant.from('2027-05-01T12:00:30Z'),
      audience: { topic: 'announcements', platforms: ['telegram', 'discord'] },
    })
    expect((await asking('/audit')).message).toMatchObject({ body: { children: { length: 3 } } })
    expect(await ask('/audit')).toMatch(
      /12:00 — (telegram:42|discord:43) confirmed #1 \(3 chats\)$/,
    )
    expect((await beat('2027-05-01T12:00:31Z')).map(({ chat, text }) => [chat, text])).toEqual([
      ...[
        ['1', 'Hello.'],
        ['2', 'Hello.'],
        ['3', 'Hello.'],
      ],
    ])
  })

  test('undone before any chat has a row: a draft again, which can be sent once more', async () => {
    const { ask, asking, beat, buttons, store, set } = await openWithChats({ dialect })
    await ask('/announce Hello.')
    await ask('/announce 1.1 send')
    expect(await buttons('/announcements 1')).toContain('/announcements 1 undo')
    expect(await ask('/announcements 1')).toMatch(/Goes out on Sat 1 May, 12:00:30/)
    expect(await ask('/announcements 1 undo')).toMatch(
      /^Undone\. No one received it, and it’s a draft again\..*Draft #1/,
    )
    expect(await ask('/announcements 1 undo')).toMatch(
      /^Already undone\. It’s a draft again\. \| Draft #1/,
    )
    expect(await ask('/announcements 1 pause')).toMatch(/^This is a draft\. .* \| Draft #1/)
    // A press below a progress message leaves that message as it is.
    const { message, isNote } = await asking('/announcements 1 undo', { by: 'post-button' })
    expect(isNote).toBe(true)
    expect(message.actions).toEqual([{ label: 'Draft #1', command: '/announce 1.2' }])
    expect(await beat('2027-05-01T12:01:00Z')).toEqual([])
    // The earlier confirmation was for another revision.
    expect(await ask('/announce 1.1 send')).toMatch(/^This has changed since you looked\./)
    await ask('/announce 1.2 send')
    expect(await store.broadcasts.find(1)).toMatchObject({ state: 'active', revision: 1 })
    set('2027-05-01T12:01:31Z')
    expect((await beat()).map(({ chat }) => chat)).toEqual(['1', '2', '3'])
    expect(await ask('/announcements 1 undo')).toMatch(/^Announcement #1 was sent, so it can’t be/)
  })

  test('a button of an older revision changes nothing: two moderators do not undo each other', async () => {
    const { ask, store } = await openWithChats({ dialect })
    await ask('/announce Hello.')
    expect(await ask('/announce 1.1 to telegram')).toMatch(/Telegram only/)
    expect(await ask('/announce 1.1 to discord')).toMatch(
      /^This has changed since you looked\..*Telegram only/,
    )
    expect(await ask('/announce 1.1 send')).toMatch(/^This has changed since you looked\./)
    expect(await ask('/announce 1.1 discard')).toMatch(/^This has changed since you looked\./)
    expect(await ask('/announce 1.2 discard')).toBe('Draft #1 discarded.')
    expect(await ask('/announce 1.2 send')).toBe('Draft #1 discarded.')
    expect(await store.broadcasts.list(1)).toEqual([])
  })

  test('brought again by its platform, it is one draft', async () => {
    const { ask } = await openWithChats({ dialect })
    await ask('/announce Hello.', { id: '42/7' })
    expect(await ask('/announce Hello.', { id: '42/7' })).toMatch(/^Draft #1 /)
    expect(await ask('/announce Hello.', { id: '42/8' })).toMatch(/^Draft #2 /)
  })

  test('a correction reaches every chat with a line that says so; a retraction removes it', async () => {
    const { ask, beat, deliver, got, store } = await openWithChats({ dialect })
    await ask('/announce Hello.')
    await ask('/announce 1.1 send')
    await beat('2027-05-01T12:00:31Z')
    expect(await ask('/correct 1 Good *evening*.')).toMatch(
      /^Correct announcement #1 \| Preview: Telegram and Discord \(1 message\) \| │ Corrected: Sat 1 May, 12:00 \| │ \| │ Good evening\. \| Audience and timing \| • Will be corrected in 3 chats$/,
    )
    expect(got).toHaveLength(3)
    expect(await ask('/announce 2.1 send')).toMatch(/^Correcting announcement #1\./)
    expect(await ask('/announce 2.1 send')).toBe('Correction of announcement #1 already confirmed.')
    await deliver()
    expect(got.slice(3).map(({ chat, text }) => `${chat}: ${text}`)).toEqual(
      ['1', '2', '3'].map(chat => `${chat}: Corrected: Sat 1 May, 12:00 Good evening .`),
    )
    expect(await ask('/announcements 1')).toMatch(
      /^✅ Announcement #1 corrected \| Good evening\. \| Corrected in 3 of 3 chats\.$/,
    )
    expect(await ask('/retract 1')).toMatch(
      /^Retract announcement #1 .*• Will be removed from 3 chats/,
    )
    expect(await ask('/announce 3.1 send')).toMatch(/^Retracting announcement #1\./)
    expect(await store.broadcasts.find(1)).toMatchObject({ isRetracted: true, revision: 3 })
    expect(await ask('/correct 1 Once more.')).toBe('Announcement #1 has already been retracted.')
    expect(await ask('/retract 1')).toBe('Announcement #1 has already been retracted.')
    expect(await ask('/audit')).toMatch(/retracted #1.*corrected #1.*confirmed #1/)
  })

  test('an announcement of a server’s admin goes to that server alone, whatever is typed', async () => {
    const { ask, asking, buttons, store } = await openWithChats({ dialect })
    const channel = (address: string, within: string) =>
      store.chats.update({ ...CHANNEL, address, within }, before => ({
        ...(before ?? { ...WISH_OF_A_CHANNEL }),
      }))
    await channel('401', SERVER)
    await channel('402', 'another')
    expect(await ask('/announce Ours.', admin)).toMatch(
      /Everyone subscribed to Announcements \| • This server only .*• Discord: 1 chat, /,
    )
    expect(await buttons('/announce 1.1 audience', admin)).not.toContain('/announce 1.1 to all')
    expect(await ask('/announce 1.1 to all', admin)).toMatch(/This server only/)
    const elsewhere = { ...admin, place: { ...CHANNEL, within: 'another' } }
    expect(await ask('/announce 1.1 send', elsewhere)).toBe('There’s no draft #1.')
    const stranger = { ...admin, mayManage: async () => false }
    expect((await asking('/announce 1.1 send', stranger)).refused).toBe(true)
    expect(await store.broadcasts.list(1)).toEqual([])
    expect(await ask('/announce 1.1 send', admin)).toMatch(/^Sending announcement #1 in/)
    expect(await store.broadcasts.find(1)).toMatchObject({
      audience: { within: SERVER, platforms: ['discord'] },
    })
    expect(await ask('/announcements 1 pause', elsewhere)).toMatch(/^There’s no announcement #1/)
    expect(await ask('/announcements 1 pause', admin)).toMatch(/^Paused\./)
    // An announcement to all servers is not theirs to change.
    await ask('/announce For all.')
    await ask('/announce 2.1 send')
    expect(await ask('/announcements 2', admin)).toMatch(/^There’s no announcement #2/)
    expect(await ask('/correct 2 Nothing.', admin)).toBe(
      'There’s no announcement #2 that you can change.',
    )
    expect(await ask('/announcements', admin)).not.toMatch(/For all/)
    expect((await asking('/status', admin)).refused).toBe(true)
  })
})

test('an announcement has one number from its draft to its retraction', async () => {
  const { ask, beat, buttons, store } = await openWithChats()
  await ask('/announce Another.')
  await ask('/announce Hello.')
  // A digest takes the next number, so that the one of the draft is neither the first nor the last.
  await store.broadcasts.create({
    ...{ key: 'd', kind: 'digest', message: saying() },
    audience: { topic: 'digest', platforms: ['telegram'] },
  })
  expect(await ask('/announce 2 edit', { written: () => readMarkdown('Hello, all.') })).toMatch(
    /^Text updated\. \| Draft #2 .*Hello, all\./,
  )
  expect(await ask('/correct 2 Too early.')).toMatch(/^Announcement #2 is still a draft/)
  expect(await ask('/announcements 2')).toMatch(/^Draft #2 /)
  expect(await ask('/announce 2.2 send')).toMatch(/^Sending announcement #2 in 30 seconds\./)
  await beat('2027-05-01T12:00:31Z')
  expect(await ask('/announcements 2')).toMatch(/^✅ Announcement #2 sent \| Hello, all\./)
  expect(await ask('/correct 2 Better.')).toMatch(/^Correct announcement #2 \|/)
  // The number names the open change, and then the announcement again.
  expect(await ask('/announce 2')).toMatch(/^Correct announcement #2 \|/)
  const [confirm = ''] = await buttons('/announce 2')
  expect(await ask(confirm)).toMatch(/^Correcting announcement #2\./)
  expect(await ask('/announce 2')).toBe('Already confirmed as announcement #2.')
  expect(await ask('/retract 2')).toMatch(/^Retract announcement #2 \|/)
  expect(await ask('/announcements')).toMatch(
    /#2 Better\. .*Drafts \| • #2, retraction \| • #1 Another\./,
  )
  const [retract = ''] = await buttons('/announce 2')
  expect(await ask(retract)).toMatch(/^Retracting announcement #2\./)
  expect(await ask('/audit')).toMatch(/retracted #2 .*corrected #2 .*confirmed #2 /)
})

test('the confirmation counts down, and changes when the undo window closes', async () => {
  const { ask, asking, set } = await openWithChats()
  await ask('/announce Hello.')
  const { message, live } = await asking('/announce 1.1 send')
  expect(message.body.children[0]).toMatchObject({
    children: [
      { value: 'Sending announcement #1 ' },
      { type: 'time', at: '2027-05-01T12:00:30Z', style: 'R', value: 'in 30 seconds' },
      { value: '. Press Undo to stop it.' },
    ],
  })
  const instants = live?.at ?? []
  const seconds = instants.map(
    at => at.since(Temporal.Instant.from('2027-05-01T12:00:00Z')).seconds,
  )
  expect(seconds).toEqual([10, 20, 25, 30])
  const shown = []
  for (const at of instants) {
    set(at.toString())
    const { body, actions = [] } = (await live?.message(at)) ?? expect.fail()
    shown.push([textOf(body), ...actions.map(({ label }) => label)])
  }
  expect(shown).toEqual([
    ['Sending announcement #1 in 20 seconds. Press Undo to stop it.', 'Undo', 'View progress'],
    ['Sending announcement #1 in 10 seconds. Press Undo to stop it.', 'Undo', 'View progress'],
    ['Sending announcement #1 in 5 seconds. Press Undo to stop it.', 'Undo', 'View progress'],
    ['Announcement #1 is on its way.', 'View progress'],
  ])
})

test('a paused announcement does not count down', async () => {
  const { ask, asking, now } = await openWithChats()
  await ask('/announce Hello.')
  const { live } = await asking('/announce 1.1 send')
  await ask('/announcements 1 pause')
  const { body, actions = [] } = (await live?.message(now())) ?? expect.fail()
  expect(textOf(body)).toBe('Announcement #1 is paused.')
  expect(actions.map(({ label }) => label)).toEqual(['Undo', 'View progress'])
  expect(await ask('/announce 1.1 send')).toBe('Announcement #1 is paused.')
})

test('a confirmation whose announcement is undone elsewhere becomes a way to the draft at once', async () => {
  const { ask, asking, now } = await openWithChats()
  await ask('/announce Hello.')
  const { live } = await asking('/announce 1.1 send')
  let changes = 0
  const end = live?.onChange?.(() => changes++)
  await ask('/announce Another.')
  await ask('/announce 2.1 send')
  await ask('/announcements 2 undo')
  // It is not asked to change for another announcement.
  expect(changes).toBe(0)
  await ask('/announcements 1 undo')
  expect(changes).toBe(1)
  const shown = async () => (await live?.message(now())) ?? expect.fail()
  expect(textOf((await shown()).body)).toBe('Announcement #1 is a draft again.')
  expect((await shown()).actions?.map(({ label }) => label)).toEqual(['Draft #1'])
  end?.()
  await ask('/announce 1.2 discard')
  expect(changes).toBe(1)
  expect(textOf((await shown()).body)).toBe('Announcement #1 was undone. No one received it.')
})

test('the confirmation whose Undo is pressed shows the draft, and the progress message says that it was undone', async () => {
  const { ask, buttons } = await openWithChats()
  await ask('/announce Hello.')
  const [undo = ''] = await buttons('/announce 1.1 send')
  expect(await ask(undo, { by: 'button' })).toMatch(/^Draft #1 /)
})

test.each([
  ['in the panel of the post', undefined, '/announcements 1'],
  ['under a confirmation in another chat', CHANNEL, '/announce 1.1 send'],
])('Undo %s says that the announcement was undone', async (_, place, shown) => {
  const { ask, buttons } = await openWithChats()
  await ask('/announce Hello.')
  const { by, ...other } = { by: 'button' as const, ...(place && { user: 'discord:43', place }) }
  if (!place) await ask('/announce 1.1 send')
  const undo = (await buttons(shown, other)).find(line => line.includes(' undo')) ?? ''
  expect(await ask(undo, { by, ...other })).toMatch(/^Undone\. .*Draft #1 /)
})

test('a draft is sent to its moderator alone, as subscribers would get it', async () => {
  const { ask, asking, got, store } = await openWithChats()
  await ask('/announce # Head\nCome **all**.')
  await ask('/announce 1.1 link alpha')
  const { message, isBelow } = await asking('/announce 1.2 show')
  // It stands below the draft, and nothing of it is recorded.
  expect(isBelow).toBe(true)
  expect(textOf(message.body)).toMatch(
    /^HeadCome all\.Test: only you got this\. It isn’t counted\.$/,
  )
  expect(message.actions).toEqual([{ label: 'Alpha', command: '+/alpha' }])
  expect(got).toEqual([])
  expect(await store.broadcasts.list(1)).toEqual([])
  expect(await store.audit.list(1)).toEqual([])
  expect(await ask('/announce 1')).toMatch(/^Draft #1 /)
})

test('a preview marks a quote within it, because no platform nests quotes', async () => {
  const { ask } = await openWithChats()
  expect(await ask('/announce Before.\n> They said so.\nAfter.')).toMatch(
    /│ Before\. \| │ \| │ > They said so\. \| │ \| │ After\./,
  )
})

const WISH_OF_A_CHANNEL = {
  state: 'active',
  topics: ['announcements'],
  zone: 'UTC',
  cadence: 'weekly',
  hour: 9,
  weekday: 1,
  tableStyle: 'grid',
  onlyNew: false,
} as const

test('strangers, and moderators who are none any more, are refused whatever they press', async () => {
  const { asking, ask, store } = await openWithChats()
  await ask('/announce Hello.')
  const role = { user: 'discord:99', place: CHANNEL, roles: [`${SERVER}/${ROLE}`] }
  expect(await ask('/announce 1', role)).toMatch(/^Draft #1/)
  const lines = [
    '/announce 1.1 send',
    '/announce New.',
    '/announcements',
    '/correct 1 x',
    '/retract 1',
  ]
  for (const line of lines) {
    for (const more of [{ user: 'telegram:7' }, { ...role, roles: [] }]) {
      const reply = await asking(line, more)
      expect([line, reply.refused, reply.message.actions]).toEqual([line, true, undefined])
    }
  }
  expect(await store.announcements.drafts(10)).toHaveLength(1)
  expect(await store.broadcasts.list(1)).toEqual([])
})

test('a time is that of the sender’s own clock; one that does not exist moves on, and that is said', async () => {
  const { ask, beat, buttons, store, set, subscribe } = await openModeratorScene({
    start: '2027-03-27T12:00:00Z',
  })
  await subscribe('1', ALL)
  await subscribe('42', { zone: 'Europe/Sarajevo', topics: [] })
  await ask('/announce Spring.')
  expect(await ask('/announce 1 at 2027-03-28 02:30')).toMatch(
    /⚠ 2027-03-28 02:30 doesn’t exist, because clocks go forward that night\. It’ll go out on Sun 28 Mar, 03:30\..*On Sun 28 Mar, 03:30 \(Europe\/Sarajevo\)/,
  )
  expect(await ask('/announce 1 at soon')).toMatch(/^I can’t read “soon” as a time/)
  expect(await ask('/announce 1.2 send')).toMatch(
    /^Announcement #1 is scheduled for Sun 28 Mar, 03:30\. You can undo it/,
  )
  expect(await store.broadcasts.find(1)).toMatchObject({
    startsAt: Temporal.Instant.from('2027-03-28T01:30:00Z'),
  })
  set('2027-03-28T01:29:59Z')
  await ask('/announcements 1 undo')
  expect(await ask('/announce 1 at 2027-10-31 02:30')).toMatch(/occurs twice.*02:30/)
  set('2027-10-31T00:30:00Z')
  expect(await ask('/announce 1')).toMatch(/⚠ That time has passed/)
  expect(await buttons('/announce 1')).not.toContain('/announce 1.4 send')
  expect(await ask('/announce 1.4 send')).toMatch(/⚠ That time has passed/)
  expect(await ask('/announce 1.4 at once')).toMatch(/As soon as you confirm/)
  expect(await beat()).toEqual([])
})

test('an urgent announcement can be undone for five seconds, and ignores quiet hours', async () => {
  const { ask, store } = await openWithChats()
  await ask('/announce Now.')
  expect(await ask('/announce 1.1 urgent on')).toMatch(/with 5 seconds to undo \| • Urgent/)
  await ask('/announce 1.2 send')
  expect(await store.broadcasts.find(1)).toMatchObject({
    isUrgent: true,
    startsAt: Temporal.Instant.from('2027-05-01T12:00:05Z'),
  })
})

test('its text is written anew without losing the old one; a form has it in it already', async () => {
  const { ask, asking } = await openWithChats()
  await ask('/announce Old text.')
  const form = (await asking('/announce 1.1 edit', { textEntry: 'form' })).form
  expect(form).toEqual({
    line: '/announce 1.1 edit',
    title: 'Edit draft #1',
    label: 'Message',
    text: 'Old text.',
    picture: 'Image (optional, up to 1 MB)',
  })
  // Elsewhere what answers the question takes its place, and nothing else does.
  expect(await ask('/announce 1.1 edit', { written: () => undefined })).toMatch(
    /Draft #1 currently reads: \| │ Old text\. \| Reply to this message with the new text/,
  )
  expect(await ask('/announce Another.')).toMatch(/^Draft #2 .*Another\./)
  expect(await ask('New text.', answering('/announce 1.1 back'))).toMatch(
    /^Text updated\. .*New text\./,
  )
})

/** Returns the facts of an answer to a message of the bot that has these buttons. */
function answering(...lines: string[]) {
  return { answers: { lines, written: () => readMarkdown('New text.') } }
}

test('an answer to any other message, and a command, is no new text', async () => {
  const { ask } = await openWithChats()
  await ask('/announce Old text.')
  // The list of drafts alone, the draft in a group, where people talk about it.
  expect(await ask('/announcements')).toContain('#1 Old text.')
  const group = { platform: 'telegram', address: '-1', kind: 'group' as const }
  for (const lines of [['/announce 1.1'], ['/announce 1.1 send', '/announce 1.1 discard']]) {
    expect(await ask('zebra', answering(...lines))).toMatch(/^No results/)
  }
  const inGroup = { ...answering('/announce 1.1 send', '/announce 1.1 edit'), place: group }
  expect(await ask('zebra', inGroup)).toMatch(/^No results/)
  expect(await ask('/announce 1', answering('/announce 1.1 back'))).toMatch(
    /^Draft #1 .*Old text\./,
  )
  // A person who is no moderator is refused, and changes nothing.
  const stranger = { ...answering('/announce 1.1 back'), user: 'telegram:7' }
  expect(await ask('New text.', stranger)).toMatch(/^Only this bot’s moderators/)
  expect(await ask('/announce 1')).toMatch(/Old text\./)
  // In a chat of one's own the draft itself is as good as the question.
  const own = answering('/announce 1.1 send', '/announce 1.1 edit')
  expect(await ask('New text.', own)).toMatch(/^Text updated\./)
  // Brought again, it is there once.
  expect(await ask('New text.', own)).toMatch(/^Text updated\./)
  expect(await ask('/announce 2')).toMatch(/^There’s no draft #2\./)
})

test('a form whose text cannot be taken gets it back, for whatever reason', async () => {
  const { ask, asking, store } = await openWithChats()
  await ask('/announce Old.')
  const fill = (line: string, text: string) => {
    const written = () => ({ ...readMarkdown(text), source: text })
    return asking(line, { written, by: 'form' })
  }
  const refused = { refused: true, understood: false }
  expect(await fill('/announce 1.1 edit', 'With \u202e in it.')).toMatchObject(refused)
  await ask('/announce 1 urgent on')
  expect(await fill('/announce 1.1 edit', 'With \u202e in it.')).toMatchObject(refused)
  expect(await fill('/announce 9.1 edit', 'For a draft that is gone.')).toMatchObject(refused)
  await ask('/announce 1.2 send')
  await ask('/correct 1 Better.')
  await ask('/retract 1')
  await ask('/announce 3.1 send')
  const late = await fill('/announce 2.1 edit', 'Better still.')
  expect(late).toMatchObject(refused)
  expect(textOf(late.message.body)).toBe('Announcement #1 is no longer live.')
  expect(textOf((await store.announcements.find(2))?.text.body)).toBe('Better.')
})

test('two moderators write a new text at once: both texts are kept', async () => {
  const { ask, store } = await openWithChats()
  await ask('/announce Old.')
  const slow = Promise.withResolvers<Uint8Array>()
  const first = ask('/announce 1.1 edit', {
    written: () => ({ ...readMarkdown('First.'), picture: () => slow.promise }),
  })
  await ask('/announce 1.1 edit', { written: () => readMarkdown('Second.') })
  slow.resolve(png(64, 48))
  expect(await first).toMatch(/^It was changed while you were writing.* Draft #2 .*First\./)
  expect(textOf((await store.announcements.find(1))?.text.body)).toBe('Second.')
})

test('the new text of a correction comes without a picture, and is told so', async () => {
  const { ask, store } = await openWithChats()
  await ask('/announce Old.')
  await ask('/announce 1.1 send')
  await ask('/correct 1 Better.')
  const picture = async () => png(64, 48)
  const pictured = (text: string) => ({ written: () => ({ ...readMarkdown(text), picture }) })
  expect(await ask('/announce 2.1 edit', pictured('Best.'))).toMatch(
    /^Corrections keep the original image.*Best\./,
  )
  expect(await ask('/announce 2.2 edit', pictured(''))).toMatch(/^There’s nothing to send/)
  // Written for an older one as well.
  expect(await ask('/announce 2.1 edit', pictured('Late.'))).toMatch(
    /^It was changed while you were writing.*Corrections keep the original image.*Late\./,
  )
  for (const id of [2, 3]) {
    const draft = await store.announcements.find(id)
    expect(draft?.text).not.toHaveProperty('picture')
  }
  expect(await store.pictures.read(1)).toBeUndefined()
})

test('a button below it leads to an exercise', async () => {
  const june = event('june', '2027-06-01', '2027-06-10', { location: 'Mostar' })
  // One that waits for new dates is what is told of; one that is off is not announced any more.
  const waiting = event('waiting', '2027-04-01', '2027-04-10', { status: 'postponed' })
  const off = event('off', '2027-07-01', '2027-07-10', { status: 'cancelled' })
  const { ask, asking, store } = await openWithChats({ events: [june, waiting, off] })
  await ask('/announce Look.')
  await ask('/announce 1 link exercise june')
  const { actions = [] } = (await asking('/announce 1 link')).message
  const labels = actions.map(({ label }) => label)
  expect(labels.filter(each => each.includes('Exercise '))).toEqual([
    ...['✓ Exercise june', 'Exercise waiting'],
  ])
  await ask('/announce 1.2 send')
  expect((await store.broadcasts.find(1))?.message).toMatchObject({
    actions: [{ label: 'Exercise june', command: '/exercises june' }],
  })
  expect(await ask('/exercises june')).toMatch(/^Exercise june \| 1–10 June 2027.*Mostar/)
})

test('a button below it leads to a section', async () => {
  const { ask, asking, store } = await openWithChats()
  await ask('/announce Look.')
  expect(await ask('/announce 1.1 link alpha')).toMatch(/Button: Alpha/)
  const { actions = [] } = (await asking('/announce 1.2 link')).message
  expect(actions.map(({ label }) => label)).toEqual(['No button', '✓ Alpha', 'Beta', 'Back'])
  await ask('/announce 1.2 send')
  expect((await store.broadcasts.find(1))?.message).toMatchObject({
    actions: [{ label: 'Alpha', command: '/alpha' }],
  })
})

test('a text that begins with a number is a text', async () => {
  const { ask } = await openWithChats()
  expect(await ask('/announce 12 people have come.')).toMatch(/^Draft #1 .*12 people have come\./)
  expect(await ask('/announce 2 people have come.')).toMatch(/^Draft #2 /)
  expect(await ask('/announce 2 people have left.')).toMatch(/^This is a new draft\./)
  expect(await ask('/announce 12')).toMatch(
    /^There’s no draft #12\. \| If you meant to announce the number/,
  )
})

test('nothing is made of nothing', async () => {
  const { ask, asking } = await openWithChats()
  expect(await ask('/announce')).toMatch(/^Reply to a message with \/announce/)
  expect((await asking('/announce', { textEntry: 'form' })).form?.line).toBe('/announce')
  expect(
    await ask('/announce', { written: () => ({ body: { type: 'root', children: [] }, lost: [] }) }),
  ).toBe('There’s nothing to send. Add some text or an image.')
})

test('a draft of a chat is exported with the chat’s data, and erased with the chat', async () => {
  const { ask, asking, store } = await openWithChats()
  await ask('/announce A draft of mine.')
  await ask('/announce Sent.')
  await ask('/announce 2.1 send')
  expect((await asking('/export')).message.file?.text).toContain('A draft of mine.')
  expect(await ask('/forget everything')).toMatch(/^Deleted/)
  expect(await store.announcements.find(1)).toMatchObject({
    state: 'discarded',
    text: { ...saying(), lost: [] },
  })
  const sent = await store.announcements.find(2)
  expect(sent).toMatchObject({ state: 'confirmed' })
  expect(sent).not.toHaveProperty('place')
  // The result is stored, though no chat shows it.
  expect(await store.progressMessages.open()).toMatchObject([{ id: 2 }])
  expect(await ask('/forget everything')).toMatch(/^I store nothing/)
})

test.for(DIALECTS)(
  'a correction and a retraction confirmed at once: one of them happens (%s)',
  async dialect => {
    const { ask, beat, store } = await openWithChats({ dialect })
    await ask('/announce Hello.')
    await ask('/announce 1.1 send')
    await beat('2027-05-01T12:00:31Z')
    for (let round = 0; round < 5; round++) {
      await ask(`/correct 1 Other ${round}.`)
      await ask(`/correct 1 Another ${round}.`)
      const [one, other] = (await store.announcements.drafts(2)).map(({ id }) => id)
      const answers = await Promise.all([
        ask(`/announce ${one}.1 send`),
        ask(`/announce ${other}.1 send`, { user: 'discord:43', place: CHANNEL }),
      ])
      // A moderator who confirms second has to look again, or has seen the work of the first.
      const done = answers.filter(said => said.startsWith('Correcting announcement #1'))
      const { revision, message } = (await store.broadcasts.find(1)) ?? expect.fail()
      expect(done.length).toBeGreaterThan(0)
      expect(JSON.stringify(message)).toMatch(/nother \d|Other \d/)
      expect(revision).toBeGreaterThan(round + 1)
      for (const id of (await store.announcements.drafts(9)).map(each => each.id)) {
        await ask(`/announce ${id}.1 discard`)
      }
    }
    const broadcast = await store.broadcasts.find(1)
    await ask('/retract 1')
    await ask('/correct 1 Too late.')
    const [correction, retraction] = (await store.announcements.drafts(2)).map(({ id }) => id)
    // A preview from before the retraction cannot publish the text again.
    const how = {
      renewal: { message: saying(), isRetracted: false, after: broadcast?.revision ?? 0 },
      note: { actor: 'x', action: 'x', details: {} },
    }
    await ask(`/announce ${retraction}.1 send`)
    expect(await store.announcements.confirm(correction ?? 0, 1, how)).toEqual({
      outcome: 'gone',
    })
    expect(await store.broadcasts.find(1)).toMatchObject({ isRetracted: true })
    expect(await ask(`/announce ${correction}.1 send`)).toBe(
      'Your change to announcement #1 was discarded.',
    )
    expect(await store.announcements.drafts(9)).toEqual([])
  },
)

test('a retraction is given up by a plain button, and the audit tells a schedule from a sending', async () => {
  const { ask, asking } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1 at 2027-05-02 09:00')
  await ask('/announce 1.2 send')
  expect(await ask('/audit')).toMatch(/scheduled #1 \(3 chats\)$/)
  await ask('/announce Now.')
  await ask('/announce 2.1 send')
  const { actions = [] } = (await asking('/retract 2')).message
  expect(actions.map(({ label, role }) => [label, role])).toEqual([
    ['Retract', 'danger'],
    ['Keep it', undefined],
  ])
  const [, keep] = actions
  expect(keep && 'command' in keep && (await ask(keep.command))).toBe(
    'Nothing retracted. Announcement #2 stays as it is.',
  )
})

test('without a number, the newest announcements that can be corrected or retracted are offered', async () => {
  const { ask, buttons, deliver } = await openWithChats()
  for (const name of ['correct', 'retract'])
    expect(await ask(`/${name}`)).toBe('No announcements yet.')
  for (const title of ['One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight'])
    await ask(`/announce ${title}.`)
  for (const id of [1, 2, 3, 4, 5, 6, 7]) await ask(`/announce ${id}.1 send`)
  await deliver()
  await ask('/retract 6')
  await ask((await buttons('/announce 6'))[0] ?? '')
  for (const name of ['correct', 'retract']) {
    expect(await ask(`/${name}`)).toBe(
      `Which announcement? Pick one, or add its number, such as /${name} 3.`,
    )
    expect(await buttons(`/${name}`)).toEqual([7, 5, 4, 3, 2].map(id => `/${name} ${id}`))
  }
  expect(await ask('/retract 7')).toMatch(/^Retract announcement #7/)
})

test('an announcement corrected in its undo window can be undone, and keeps the corrected text', async () => {
  const { ask } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1 at 2027-05-02 09:00')
  await ask('/announce 1.2 send')
  await ask('/correct 1 Hello again.')
  await ask('/announce 2.1 send')
  expect(await ask('/announcements 1')).toMatch(/Scheduled for Sun 2 May, 09:00/)
  expect(await ask('/announcements 1 undo')).toMatch(/^Undone\. .*Draft #1 .*Hello again\./)
})

test('an announcement that is retracted before any chat has it ends at once', async () => {
  const { ask, beat, buttons } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1 at 2027-05-02 09:00')
  await ask('/announce 1.2 send')
  await ask('/retract 1')
  await ask('/announce 2.1 send')
  expect(await ask('/announcements 1')).toMatch(/^Announcement #1 retracted/)
  expect(await buttons('/announcements 1')).not.toContain('/announcements 1 undo')
  expect(await beat('2027-05-02T09:00:01Z')).toEqual([])
})

test('a form filled in for a draft that has changed since becomes a second draft', async () => {
  const { ask } = await openWithChats()
  await ask('/announce Old.')
  await ask('/announce 1.1 urgent on')
  const written = () => ({
    lost: [],
    body: {
      type: 'root' as const,
      children: [
        {
          type: 'paragraph' as const,
          children: [{ type: 'text' as const, value: 'Typed at length.' }],
        },
      ],
    },
  })
  expect(await ask('/announce 1.1 edit', { textEntry: 'form', written })).toMatch(
    /^It was changed while you were writing\. Your text is saved as this new draft\. .*Typed at length\./,
  )
})

test('characters that no text may have are refused wherever it comes from', async () => {
  const { ask } = await openWithChats()
  for (const value of ['a\u202Eb', 'a\u0007b']) {
    const children = [{ type: 'text' as const, value }]
    const body = { type: 'root' as const, children: [{ type: 'paragraph' as const, children }] }
    expect(await ask('/announce', { written: () => ({ lost: [], body }) })).toMatch(
      /^Your message has a character that I can’t read \(U\+/,
    )
  }
})

test('an administrator finds their own among many of others', async () => {
  const { ask, store } = await openWithChats()
  await store.chats.update({ ...CHANNEL, address: '401' }, () => WISH_OF_A_CHANNEL)
  await ask('/announce Ours.', admin)
  await ask('/announce 1.1 send', admin)
  await ask('/announce A draft of ours.', admin)
  for (let more = 0; more < 12; more++) {
    await ask(`/announce For all ${more}.`)
    await ask(`/announce ${3 + more}.1 send`)
  }
  expect(await ask('/announcements', admin)).toMatch(
    /^Announcements \| • #1 Ours\. .*Drafts \| • #2 A draft of ours\./,
  )
  // And moderators turn the pages.
  expect(await ask('/announcements')).not.toMatch(/#1 Ours/)
  expect(await ask('/announcements before 4')).toMatch(/#1 Ours/)
  // A digest within their server is no announcement of theirs.
  await store.broadcasts.create({
    ...{ key: 'd', kind: 'digest', message: saying() },
    audience: { topic: 'digest', platforms: ['discord'], within: SERVER },
  })
  expect(await ask('/announcements 15', admin)).toMatch(/^There’s no announcement #15/)
})

test('drafts that were not changed for long are erased with their pictures', async () => {
  const { ask, set, store, now } = await openWithChats()
  const picture = await store.pictures.add(new Uint8Array([1]), 'png')
  const kept = await store.pictures.add(new Uint8Array([2]), 'png')
  const place = { platform: 'telegram', address: '42', kind: 'private' as const }
  const draft = {
    act: 'send' as const,
    by: 'telegram:42',
    place,
    options: { topic: 'x' },
  }
  const textWith = (id: number) => ({
    ...saying(),
    lost: [],
    picture: { id, type: 'png' as const },
  })
  await store.announcements.draft({ ...draft, key: 'old', text: textWith(picture) })
  await ask('/announce Sent.')
  await ask('/announce 2.1 send')
  set('2027-09-01T12:00:00Z')
  await store.announcements.draft({ ...draft, key: 'new', text: textWith(kept) })
  await store.announcements.erase(now().subtract({ hours: 24 * 90 }))
  expect(await store.announcements.find(1)).toBeUndefined()
  expect(await store.announcements.find(2)).toMatchObject({ state: 'confirmed' })
  expect(await store.pictures.read(picture)).toBeUndefined()
  expect(await store.pictures.read(kept)).toBeDefined()
})

test('only what is typed as it is offered is taken for a choice; all else is a text or is said to be none', async () => {
  const { ask, store } = await openWithChats()
  await ask('/announce Hello.')
  expect(await ask('/announce 1.1 send everything to the hall')).toMatch(
    /^This is a new draft\. To change draft #1, .*Draft #2 .*send everything/,
  )
  expect(await store.broadcasts.list(1)).toEqual([])
  expect(await ask('/announce 1 to mars')).toMatch(/^“to mars” isn’t an option here\./)
  expect(await ask('/announce 1 in 2h')).toMatch(/On Sat 1 May, 14:00/)
  expect(await ask('/retract x')).toBe(
    'Add the announcement’s number, such as /retract 3. See /announcements.',
  )
})

test.for([
  ['at friday at 9', 'Fri 7 May, 09:00'],
  ['on friday at 9', 'Fri 7 May, 09:00'],
  ['at 5 May 18:00', 'Wed 5 May, 18:00'],
  ['5 May 18:00', 'Wed 5 May, 18:00'],
  ['at next monday 9:00', 'Mon 3 May, 09:00'],
  ['Next Monday 9:00.', 'Mon 3 May, 09:00'],
  ['at Wed 5 May, 18:00', 'Wed 5 May, 18:00'],
  ['at Wednesday, 5 May 2027, 18:00', 'Wed 5 May, 18:00'],
  ['at tomorrow at half past seven', 'Sun 2 May, 07:30'],
  ['tomorrow 24:00', 'Mon 3 May, 00:00'],
] as const)('a draft that is given “%s” goes out on %s', async ([typed, day]) => {
  const { ask, store } = await openWithChats()
  await ask('/announce Hello.')
  expect(await ask(`/announce 1 ${typed}`)).toMatch(`• On ${day} (UTC)`)
  expect(await store.announcements.drafts(10)).toHaveLength(1)
})

test.for([
  ['at friday', '“friday” has no hour. Add one after the day, such as friday 09:00.'],
  ['at tomorrow', '“tomorrow” has no hour.'],
  ['on 5 May', '“on 5 May” has no hour.'],
  ['at 2020-01-01 10:00', '“2020-01-01 10:00” is in the past. Try a later time'],
  ['at today 11:59', '“today 11:59” is in the past.'],
  ['at 1.5.2027 12:00', '“1.5.2027 12:00” is in the past.'],
  ['at Friday 5 May 18:00', 'I can’t read “Friday 5 May 18:00” as a time.'],
  ['at 31 February 9:00', 'I can’t read “31 February 9:00” as a time.'],
  ['in 2 parsecs', 'I can’t read “in 2 parsecs” as a time.'],
] as const)('a draft that is given “%s” stays as it is', async ([typed, said]) => {
  const { ask, store } = await openWithChats()
  await ask('/announce Hello.')
  const before = await store.announcements.drafts(10)
  expect(await ask(`/announce 1 ${typed}`)).toMatch(said)
  expect(await store.announcements.drafts(10)).toEqual(before)
})

test('a retraction shows the present text, carries its reason, and keeps the number', async () => {
  const { ask, beat, store } = await openWithChats()
  await ask('/announce The bridge is closed.')
  await ask('/announce 1.1 send')
  await beat('2027-05-01T12:00:31Z')
  expect(await ask('/retract 1 It is open again.')).toMatch(
    /You’re about to retract \| │ The bridge is closed\. \| Shown instead where it can’t be deleted \| │ This announcement has been retracted\. \| │ \| │ It is open again\./,
  )
  await ask('/announce 2.1 send')
  expect(JSON.stringify((await store.broadcasts.find(1))?.message)).toContain('It is open again.')
  expect(await ask('/announcements')).toMatch(/#1 The bridge is closed\./)
})

test('lines, quotes and headings are in the draft as they will be in the post', async () => {
  const { asking } = await openWithChats()
  const { message } = await asking('/announce # Head\nLine one\nLine two\n> quoted')
  const types = message.body.children.map(({ type }) => type)
  expect(types).toContain('blockquote')
  expect(JSON.stringify(message.body)).toMatch(
    /Line one"},{"type":"break"},{"type":"text","value":"Line two/,
  )
})

test('before any chat has a row: the number of chats is shown, and cancelling counts as undoing', async () => {
  const { ask, store } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1.1 send')
  expect(await ask('/announcements 1')).toMatch(
    /^Announcement #1 \| Hello\. \| To 3 chats \| • Goes out on/,
  )
  expect(await ask('/announcements 1 pause')).toMatch(
    /^Paused\. It won’t go out .*Announcement #1 is paused .*• Was scheduled for/,
  )
  // From a command line, or by a button of before.
  await store.broadcasts.cancel(1)
  expect(await ask('/announcements 1 undo')).toMatch(/^Undone\. .*Draft #1/)
})

test.for(DIALECTS)(
  'a draft that changed after its preview is not confirmed (%s)',
  async dialect => {
    const { ask, store } = await openWithChats({ dialect })
    await ask('/announce Hello.')
    await ask('/announce 1.1 urgent on')
    const { place: _, ...draft } = (await store.announcements.find(1)) ?? expect.fail()
    expect(draft.revision).toBe(2)
    const note = { actor: 'telegram:42', action: 'announcement.send', details: {} }
    const audience = { topic: 'announcements', platforms: ['telegram'] }
    const broadcast = { kind: 'announcement' as const, audience, message: saying() }
    // Its button was pressed before, and reaches the database behind the change.
    expect(await store.announcements.confirm(1, 1, { broadcast, note })).toEqual({
      outcome: 'changed',
    })
    expect(await store.broadcasts.list(1)).toEqual([])
    expect(await store.audit.list(1)).toEqual([])
  },
)

test('an announcement in its undo window shows when it goes out; an undone one shows that it was undone', async () => {
  const { ask, buttons } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1 at 2027-05-02 09:00')
  await ask('/announce 1.2 send')
  const listed = /#1 Hello\. — scheduled for Sun 2 May, 09:00/
  expect(await ask('/announcements')).toMatch(listed)
  expect(await ask('/status')).toMatch(/• #1 Hello\.: scheduled for Sun 2 May, 09:00/)
  // Pressed twice, the button is still there that takes it back.
  expect(await ask('/announce 1.2 send')).toMatch(/^Announcement #1 is scheduled for/)
  expect(await buttons('/announce 1.2 send')).toEqual([
    ...['/announcements 1 undo here', '/announcements 1'],
  ])
  const undone = await ask('/announcements 1 undo here')
  expect(undone).toMatch(/^Undone\. .* Draft #1 /)
  expect(await ask('/announcements')).toBe('Announcements | Drafts | • #1 Hello.')
  expect(await ask('/announcements 1')).toMatch(/^Draft #1 /)
})

test('stopped while its rows were made, it is corrected where it is', async () => {
  const { ask, deliver, set, store } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1.1 send')
  set('2027-05-01T12:01:00Z')
  await store.fanOut.enqueue(1, 1)
  await ask('/announcements 1 stop')
  await deliver()
  expect(await store.broadcasts.find(1)).toMatchObject({ isFinished: true, isEnqueued: false })
  expect(await ask('/announcements 1')).not.toContain('undone')
  expect(await ask('/correct 1 Better.')).toMatch(/^Correct announcement #1/)
})

test('a picture that was put there by mistake is left out, but where it is all that there is', async () => {
  const { ask, buttons, store } = await openWithChats()
  const picture = async () => png(64, 48)
  const written = (text: string) => () => ({ ...readMarkdown(text), picture })
  await ask('/announce', { written: written('Hello.') })
  expect(await buttons('/announce 1')).toContain('/announce 1.1 picture off')
  const without = await ask('/announce 1.1 picture off')
  expect(without).toContain('Hello.')
  expect(without).not.toContain('With image')
  expect(await buttons('/announce 1')).not.toContain('/announce 1.2 picture off')
  expect((await store.announcements.find(1))?.text).not.toHaveProperty('picture')
  await ask('/announce', { written: written('') })
  expect(await buttons('/announce 2')).not.toContain('/announce 2.1 picture off')
  const alone = await ask('/announce 2 picture off')
  expect(alone).toMatch(/^There’s nothing to send\./)
  expect(alone).toContain('With image')
})

test('a picture that no platform would show is left out, and its fault is told', async () => {
  const { ask, store } = await openWithChats()
  const still = png(64, 48)
  const frames = chunk('acTL', Buffer.from('0000000200000000', 'hex'))
  const faults: [Buffer, RegExp][] = [
    [
      still.subarray(0, -1),
      /The image is damaged or incomplete, so it was left out\. Press Edit to attach another one\./,
    ],
    [
      Buffer.concat([still.subarray(0, 33), frames, still.subarray(33)]),
      /The image is animated, so it was left out\./,
    ],
    [Buffer.from('GIF89a'), /The file isn’t a JPEG, PNG or WebP image, so it was left out\./],
  ]
  for (const [index, [bytes, told]] of faults.entries()) {
    const written = () => ({ ...readMarkdown('Hello.'), picture: async () => bytes })
    expect(await ask('/announce', { written })).toMatch(told)
    expect((await store.announcements.find(index + 1))?.text).not.toHaveProperty('picture')
  }
})

test('a refused picture without a text makes no draft', async () => {
  const { ask } = await openWithChats()
  const written = () => ({ ...readMarkdown(''), picture: async () => Buffer.from('GIF89a') })
  expect(await ask('/announce', { written })).toBe(
    'The file isn’t a JPEG, PNG or WebP image, so it was left out. There’s nothing to send. Add some text or an image.',
  )
  expect(await ask('/announcements')).not.toContain('#1')
})

test('undone after a correction, the draft has the corrected text and the picture that it had', async () => {
  const { ask, store } = await openWithChats()
  const picture = async () => png(64, 48)
  const written = (text: string) => () => ({ ...readMarkdown(text), picture })
  await ask('/announce', { written: written('Hello.') })
  await ask('/announce 1 at 2027-05-02 09:00')
  await ask('/announce 1.2 send')
  await ask('/correct 1 Room A.')
  await ask('/correct 1 Room B.')
  await ask('/announce 3.1 send')
  // A correction that was previewed before the other was sent has to be previewed again: it would replace the other.
  expect(await ask('/announce 2.1 send')).toMatch(
    /^This announcement has changed since you looked\./,
  )
  expect(await ask('/announce 2.2 send')).toMatch(/^Correcting announcement #1\./)
  const undone = await ask('/announcements 1 undo')
  expect(undone).toMatch(/^Undone\. .*With image .*Room A\./)
  expect(undone).not.toContain('Corrected:')
  expect((await store.announcements.find(1))?.text.picture).toMatchObject({
    type: 'png',
  })
  // A draft is edited, not corrected.
  expect(await ask('/correct 1 Room C.')).toMatch(/^Announcement #1 is still a draft/)
  expect(await ask('/retract 1')).toMatch(/^Announcement #1 is still a draft/)
})

test('a draft of a correction that was written before the post was undone is not carried out', async () => {
  const { ask, store } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1 at 2027-05-02 09:00')
  await ask('/announce 1.2 send')
  await ask('/correct 1 Hello again.')
  await ask('/announcements 1 undo')
  expect(await ask('/announce 2.1 send')).toBe('Your change to announcement #1 was discarded.')
  expect(await store.broadcasts.find(1)).toMatchObject({ state: 'cancelled', isFinished: true })
})

test('a text for a draft that was discarded or confirmed becomes another draft, even if it is equal', async () => {
  const { ask, store } = await openWithChats()
  const same = { written: () => readMarkdown('Same.') }
  await ask('/announce Same.')
  await ask('/announce 1.1 discard')
  expect(await ask('/announce 1.1 edit', same)).toMatch(
    /^It was discarded before you sent your text.* Draft #2 /,
  )
  await ask('/announce 2 at 2027-05-02 09:00')
  await ask('/announce 2.2 send')
  expect(await ask('/announce 2.1 edit', same)).toMatch(
    /^It was sent while you were writing.* Draft #3 /,
  )
  expect(await store.announcements.find(2)).toMatchObject({ state: 'confirmed' })
})

test('a picture brought again is there once, and another one is not taken for it', async () => {
  const { ask, store } = await openWithChats()
  const answer = (shade: number, id: string) => ({
    ...{ id, place: { platform: 'telegram', address: '42', kind: 'private' as const } },
    answers: {
      lines: ['/announce 1.1 back'],
      written: () => ({ ...readMarkdown(''), picture: async () => png(64, 48, shade) }),
    },
  })
  await ask('/announce Hello.')
  expect(await ask('', answer(1, '42/7'))).toMatch(/^Image updated\..* Hello\./)
  expect(await ask('', answer(1, '42/7'))).toMatch(/^Image updated\./)
  expect(await store.announcements.drafts(10)).toHaveLength(1)
  expect(await ask('', answer(2, '42/8'))).toMatch(
    /^It was changed while you were writing.* Draft #2 /,
  )
})

test('the preview of a correction names the chats that got the announcement', async () => {
  const { ask, beat } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1.1 to telegram')
  await ask('/announce 1.2 send')
  await beat('2027-05-01T12:00:31Z')
  const asked = await ask('/correct 1 Better.')
  expect(asked).toContain('| Preview: Telegram (1 message) |')
  expect(asked).not.toContain('Discord')
})

test('an announcement that cannot be undone says why', async () => {
  const { ask, asking, beat, buttons, store } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1.1 send')
  await beat('2027-05-01T12:00:31Z')
  expect(await ask('/announcements 1 undo')).toMatch(
    /^Announcement #1 was sent, so it can’t be undone\./,
  )
  await ask('/correct 1 Better.')
  expect(await ask('/announcements')).toContain('#1, correction: Better.')
  expect(await ask('/retract 1')).toContain('Will be removed from 3 chats')
  await ask('/announce 3.1 send')
  expect(await ask('/announcements 1 undo')).toMatch(
    /^Announcement #1 has already been retracted\./,
  )
  await ask('/announce Hello again.')
  await ask('/announce 4.1 send')
  await store.fanOut.enqueue(4, 1)
  expect(await ask('/announcements 4 undo')).toMatch(/^It’s already going out\./)
  await ask('/announcements 4 stop')
  expect(await ask('/announcements 4 undo')).toMatch(/^Announcement #4 was stopped\./)
  // A form for a correction has no picture, and what to type leads back.
  await ask('/correct 4 Best.')
  expect((await asking('/announce 5.1 edit', { textEntry: 'form' })).form).not.toHaveProperty(
    'picture',
  )
  expect(await buttons('/correct 4')).toEqual(['/announcements 4'])
})

test('a post that waits says so, and resting or called off it does not say that it goes out', async () => {
  const { ask, asking } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1 at 2027-05-02 09:00')
  await ask('/announce 1.2 send')
  await ask('/announcements 1 pause')
  expect(await ask('/status')).toMatch(/• #1 Hello\.: 0 of 0, paused/)
  const note = await asking('/announcements 1 undo', { by: 'post-button' })
  expect(note).toMatchObject({
    isNote: true,
    message: { actions: [{ label: 'Draft #1', command: '/announce 1.3' }] },
  })
  await ask('/announce 1.3 send')
  expect(await ask('/announcements 1 stop')).toMatch(/^Stopped\.(?!.*[Gg]oes out)/)
})

test('a text for a draft that was changed, sent or discarded meanwhile keeps the audience that was chosen', async () => {
  const { ask } = await openWithChats()
  const late: Facts = { textEntry: 'form', written: () => readMarkdown('Typed at length.') }
  await ask('/announce Ours.', { user: 'discord:43', place: CHANNEL })
  await ask('/announce 1.1 to here', { user: 'discord:43', place: CHANNEL })
  await ask('/announce 1.2 urgent on')
  expect(await ask('/announce 1.2 edit', late)).toMatch(
    /^It was changed .*Draft #2 .*This server only/,
  )
  await ask('/announce 1.3 discard')
  expect(await ask('/announce 1.3 edit', late)).toMatch(/Draft #3 .*This server only/)
  expect(await ask('/announce 1.3 edit')).toBe('Draft #1 discarded.')
})

test('why something is taken back is what is typed behind its number, and not what is answered', async () => {
  const { ask, beat } = await openWithChats()
  await ask('/announce The secret that leaked.')
  await ask('/announce 1.1 send')
  await beat('2027-05-01T12:00:31Z')
  const written = () => readMarkdown('The secret that leaked.')
  const asked = await ask('/retract 1', { written })
  expect(asked.split('Shown instead where it can’t be deleted')[1]).not.toContain('secret')
})

test('a post that is stopped half way and taken back says that it is being taken back, and cannot be stopped in that', async () => {
  const { ask, buttons, store, set } = await openWithChats()
  await ask('/announce Hello.')
  await ask('/announce 1.1 send')
  set('2027-05-01T12:00:31Z')
  await store.fanOut.enqueue(1, 100)
  await ask('/announcements 1 cancel')
  await ask('/retract 1')
  await ask('/announce 2.1 send')
  expect(await ask('/announcements 1')).toMatch(/^Retracting announcement #1/)
  const other = await openWithChats()
  await other.ask('/announce Hello.')
  await other.ask('/announce 1.1 send')
  await other.beat('2027-05-01T12:00:31Z')
  await other.ask('/retract 1')
  await other.ask('/announce 2.1 send')
  await other.ask('/announcements 1 pause')
  expect(await other.buttons('/announcements 1')).toContain('/announcements 1 resume')
  expect(await other.buttons('/announcements 1')).not.toContain('/announcements 1 cancel')
  expect(await buttons('/announcements 1')).not.toContain('/announcements 1 cancel')
})

test('undo and cancel undo the newest announcement that waits, and say if none does', async () => {
  const { ask } = await openWithChats()
  expect(await ask('/undo')).toBe('No announcement is waiting, so there is nothing to undo.')
  await ask('/announce One.')
  await ask('/announce 1.1 send')
  expect(await ask('undo')).toMatch(/^Undone\. No one received it, and it’s a draft again\./)
  expect(await ask('/cancel')).toBe('No announcement is waiting, so there is nothing to undo.')
})

test('more drafts than the list shows are counted', async () => {
  const { ask } = await openWithChats()
  for (let draft = 1; draft <= 12; draft++) await ask(`/announce Text ${draft}.`)
  const listed = await ask('/announcements')
  expect(listed).toMatch(/#12 .*#3 /)
  expect(listed).toMatch(/And 2 older drafts\. Open one by its number, such as \/announce 3\./)
})

test('a chat is told that its drafts go with its data', async () => {
  const { ask } = await openWithChats()
  await ask('/subscribe')
  expect(await ask('/forget')).not.toMatch(/Drafts of announcements/)
  await ask('/announce One.')
  expect(await ask('/forget')).toMatch(
    /Drafts of announcements that were written here are discarded/,
  )
})

test('a bare hour beside a near day is a time', async () => {
  const { ask } = await openWithChats()
  await ask('/announce One.')
  expect(await ask('/announce 1 at tomorrow 9')).toMatch(/On Sun 2 May, 09:00/)
})

test('the audience of events has the name of the topic, of its command, and of earlier releases', async () => {
  const { ask } = await openWithChats()
  await ask('/announce One.')
  for (const [index, name] of ['events', 'announcements', 'exercises'].entries()) {
    const audience = name === 'announcements' ? 'Announcements' : 'Exercises'
    expect(await ask(`/announce 1.${index + 1} topic ${name}`)).toMatch(
      `Everyone subscribed to ${audience}`,
    )
  }
})
