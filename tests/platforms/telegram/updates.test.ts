import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { deepLink } from '../../../src/platforms/telegram/deep-links.ts'
import type { PictureOf } from '../../../src/platforms/telegram/pictures.ts'
import { readUpdate } from '../../../src/platforms/telegram/updates.ts'
import { ME } from './server.ts'

const folder = join(import.meta.dirname, 'fixtures')

/** Updates in the form in which Telegram sends them. */
const fixtures = Object.fromEntries(
  readdirSync(folder).map(file => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(join(folder, file), 'utf8')),
  ]),
)

const me = { ...ME, is_bot: true as const }
const noPicture = () => undefined
const asked = Temporal.Instant.from('2025-11-24T16:00:00Z')
const line = (target: object, asker: object, line: string, addressed = true) => ({
  kind: 'line',
  target,
  asker,
  line,
  asked,
  addressed,
})
const ada = { user: 'telegram:700' }
const member = { user: 'telegram:701', unverified: 701 }

const expected: Record<string, unknown> = {
  'private-command': line({ chat: '700' }, ada, '/threats'),
  'private-text': line({ chat: '700' }, ada, 'what are the threats?'),
  'deep-link': line({ chat: '700' }, ada, '/tables threats-2'),
  caption: line({ chat: '700' }, ada, '/next'),
  'group-addressed': line({ chat: '-1001', replyTo: 13 }, member, '/threats details'),
  'group-command': line({ chat: '-1001', replyTo: 15 }, member, '/threats', false),
  'group-mention': line({ chat: '-1001', replyTo: 17 }, member, 'kosovo'),
  'group-reply': {
    ...line({ chat: '-1001', replyTo: 18 }, member, 'and the outlook?'),
    text: { answers: { lines: ['/threats details', '/pause 1w'] } },
  },
  topic: line({ chat: '-1002', thread: 77, replyTo: 19 }, member, '/next'),
  'thread-of-replies': line({ chat: '-1001', replyTo: 20 }, member, '/next'),
  'anonymous-admin': line(
    { chat: '-1001', replyTo: 21 },
    { user: 'telegram:chat:-1001' },
    '/about',
  ),
  'channel-post': line({ chat: '-1003' }, { user: 'telegram:chat:-1003' }, '/threats', false),
  press: {
    kind: 'press',
    id: '4242',
    asker: { user: 'telegram:700' },
    place: { platform: 'telegram', address: '700', kind: 'private' },
    line: '/threats details',
    on: { target: { chat: '700' }, message: 30, whole: true, isPublic: false },
  },
  'press-on-part': { line: '/next', on: { message: 31, whole: false } },
  'press-too-old': { line: '/next', on: { message: 32, whole: false } },
  'press-on-post': { line: '/pause 1w', on: { message: 33, whole: false } },
  'press-shared': { line: '/threats details', on: { shared: 'BAAAA-x' } },
  inline: { kind: 'inline', id: '5150', user: 'telegram:700', words: 'kosovo' },
  // Not for this bot, or answered elsewhere.
  'group-other-bot': undefined,
  'group-chatter': undefined,
  'automatic-forward': undefined,
  'another-bot': undefined,
  'shared-by-us': undefined,
  edited: undefined,
  sticker: undefined,
  'press-game': undefined,
  // Let in and shown out, muted, and moved.
  joined: { kind: 'joined', place: { platform: 'telegram', address: '-1001', kind: 'group' } },
  promoted: undefined,
  'joined-channel': {
    kind: 'joined',
    place: { platform: 'telegram', address: '-1003', kind: 'channel' },
  },
  blocked: { kind: 'left', chat: '700', why: 'blocked' },
  unblocked: {
    kind: 'joined',
    place: { platform: 'telegram', address: '700', kind: 'private' },
  },
  removed: { kind: 'left', chat: '-1001', why: 'removed' },
  muted: { kind: 'left', chat: '-1001', why: 'forbidden' },
  'moved-to': { kind: 'moved', from: '-55', to: '-10055' },
  'moved-from': { kind: 'moved', from: '-55', to: '-10055' },
}

test('a chat is a place, and a topic of a forum one of its own', () => {
  const places: Record<string, object> = {
    'private-command': { address: '700', kind: 'private' },
    'group-addressed': { address: '-1001', kind: 'group' },
    topic: { address: '-1002/77', within: '-1002', kind: 'group' },
    'thread-of-replies': { address: '-1001', kind: 'group' },
    'channel-post': { address: '-1003', kind: 'channel' },
  }
  for (const [name, place] of Object.entries(places)) {
    expect(readUpdate(fixtures[name], me, noPicture)).toMatchObject({
      place: { platform: 'telegram', ...place },
    })
  }
})

test('every kind of update has its fixture and its meaning', () => {
  expect(Object.keys(fixtures).sort()).toEqual(Object.keys(expected).sort())
})

for (const [name, meaning] of Object.entries(expected)) {
  test(`update: ${name}`, () => {
    const read = readUpdate(fixtures[name], me, noPicture)
    if (meaning === undefined) expect(read).toBeUndefined()
    else expect(read).toMatchObject(meaning as object)
  })
}

test('a link to the bot leads back to the line that it was made of', () => {
  for (const typed of ['/threats', '/threats details', '/tables community-2']) {
    const link = new URL(deepLink(typed, me) ?? '')
    expect(link.origin + link.pathname).toBe('https://t.me/sitrep_test_bot')
    const parameter = link.searchParams.get('start') ?? ''
    // The characters that Telegram accepts in a start parameter.
    expect(parameter).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
    const { message } = fixtures['private-command']
    const update = { update_id: 1, message: { ...message, text: `/start ${parameter}` } }
    expect(readUpdate(update, me, noPicture)).toMatchObject({ line: typed })
  }
})

test('a mention is taken out of a command, and part of an address is none', () => {
  const { message } = fixtures['group-mention']
  const read = (text: string) =>
    readUpdate({ update_id: 1, message: { ...message, text } }, me, noPicture)
  expect(read('/search kosovo @sitrep_test_bot')).toMatchObject({ line: '/search kosovo' })
  expect(read('/threats @Sitrep_Test_Bot details')).toMatchObject({ line: '/threats   details' })
  expect(read('kosovo, @sitrep_test_bot.')).toMatchObject({ line: 'kosovo,  .' })
  expect(read('mail foo@sitrep_test_bot.org about it')).toBeUndefined()
  expect(read('mail @sitrep_test_bot.org about it')).toBeUndefined()
})

test('a name that only begins like the bot’s is no mention of it', () => {
  const { message } = fixtures['group-mention']
  const update = { update_id: 1, message: { ...message, text: '@sitrep_test_bot2 kosovo' } }
  expect(readUpdate(update, me, noPicture)).toBeUndefined()
})

test('the text of an answer to the bot is complete, without the mention of the bot', () => {
  const { message } = fixtures['group-reply']
  const inPrivate = { id: 701, type: 'private', first_name: 'Bo' }
  const said = (text: string, more: object = {}) => {
    const read = readUpdate({ update_id: 1, message: { ...message, ...more, text } }, me, noPicture)
    if (read?.kind !== 'line') throw new Error('It is no line.')
    const { answers, read: readFrom } = read.text
    return textOf(readFrom(answers?.offset ?? 0)?.body ?? expect.fail('Nothing was written.'))
  }
  expect(said('@sitrep_test_bot Come at noon.')).toBe('Come at noon.')
  expect(said('@Sitrep_Test_Bot, come @sitrep_test_bot.')).toBe('come @sitrep_test_bot.')
  expect(said('@sitrep_test_bot’s hours')).toBe('@sitrep_test_bot’s hours')
  expect(said('@ada_test_bot come')).toBe('@ada_test_bot come')
  // A private chat needs no mention of the bot.
  expect(said('@sitrep_test_bot tells more.', { chat: inPrivate })).toBe(
    '@sitrep_test_bot tells more.',
  )
})

test('a picture without a word is taken where it answers us, alone', () => {
  const { text: _, ...message } = fixtures['group-reply'].message
  const read = (more: object, pictureOf: PictureOf = noPicture) =>
    readUpdate({ update_id: 1, message: { ...message, ...more } }, me, pictureOf)
  const photo = [{ file_id: 'a', file_unique_id: 'a', width: 1, height: 1 }]
  expect(read({ photo })).toMatchObject({ line: '', text: { answers: { isWordless: true } } })
  expect(read({ document: { file_id: 'a' } })).toMatchObject({
    text: { answers: { isWordless: true } },
  })
  // The others of an album are none of their own.
  expect(read({ photo, media_group_id: '1' })).toBeUndefined()
  expect(read({ photo, reply_to_message: undefined })).toBeUndefined()
  expect(read({ sticker: {} })).toBeUndefined()
  const album = { photo, media_group_id: '1', caption: 'All of these.' }
  const first = read(album, () => async () => 'large')
  if (first?.kind !== 'line') throw new Error('It is no line.')
  expect(first.text.read(0)?.lost).toEqual(['attachment'])
})

test('a message with the date 0 has no age', () => {
  const { message } = fixtures['private-command']
  const read = (date: number) =>
    readUpdate({ update_id: 1, message: { ...message, date } }, me, noPicture)
  expect(read(0)).toMatchObject({ kind: 'line' })
  expect(read(0)).not.toHaveProperty('asked')
  expect(read(1)).toMatchObject({ asked: Temporal.Instant.from('1970-01-01T00:00:01Z') })
})
