import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readInteraction, readMessage } from '../../../src/platforms/discord/interactions.ts'
import { BOT } from './server.ts'

const folder = join(import.meta.dirname, 'fixtures')

/** Interactions in the form in which Discord sends them. */
const fixtures = Object.fromEntries(
  readdirSync(folder).map(file => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(join(folder, file), 'utf8')),
  ]),
)

const OPTIONS = { menu: [], fetchPicture: async () => 'unreachable' as const }

const ada = 'discord:200000000000000001'

const barred = (why: string) => ({ request: { chat: { barred: why } } })

const expected: Record<string, unknown> = {
  'slash-guild': { kind: 'line', line: '/exercises past', user: ada, ...barred('rights') },
  'slash-dm': { kind: 'line', line: '/search kosovo forces', user: ada, ...barred('direct') },
  'slash-brought-along': { kind: 'line', line: '/help', user: ada, ...barred('member') },
  'slash-private-channel': { kind: 'line', line: '/threats', user: ada, ...barred('member') },
  'button-own': {
    kind: 'press',
    line: '/threats details',
    user: ada,
    own: true,
    whole: true,
  },
  'button-of-another': { kind: 'press', line: '/threats details', own: false },
  'button-of-part': { kind: 'press', line: '/next', own: true, whole: false },
  'button-of-post': { kind: 'press', line: '/pause 1w', own: false },
  menu: { kind: 'press', line: '/tables threats', own: true, whole: true },
  complete: { kind: 'complete', command: 'search', option: 'words', typed: 'cyb' },
  modal: { kind: 'line', line: fixtures.modal.data.custom_id, user: ada },
  'message-menu': undefined,
}

test('every kind of interaction has its fixture and its meaning', () => {
  expect(Object.keys(fixtures).sort()).toEqual(Object.keys(expected).sort())
})

for (const [name, meaning] of Object.entries(expected)) {
  test(`interaction: ${name}`, () => {
    const read = readInteraction(fixtures[name], OPTIONS)
    if (meaning === undefined) expect(read).toBeUndefined()
    else expect(read).toMatchObject(meaning as object)
  })
}

test.for<[string, number, object, string[]]>([
  ['a channel', 0, {}, ['View Channel', 'Send Messages']],
  ['a thread', 11, { locked: false }, ['View Channel', 'Send Messages in Threads']],
  [
    'a locked thread',
    11,
    { locked: true },
    ['View Channel', 'Send Messages in Threads', 'Manage Threads'],
  ],
])('a request in %s names each right that the bot lacks there', ([, type, thread, names]) => {
  const given = fixtures['slash-guild']
  const channel = { ...given.channel, type, thread_metadata: thread }
  const lackingWith = (rights: bigint) => {
    const interaction = { ...given, channel, app_permissions: String(rights) }
    return readInteraction(interaction, OPTIONS)
  }
  expect(lackingWith(0n)).toMatchObject({ request: { chat: { lacking: names, barred: 'rights' } } })
  const chat = { lacking: [], barred: undefined }
  // View Channel, Send Messages, Manage Threads, Send Messages in Threads.
  const all = (1n << 10n) | (1n << 11n) | (1n << 34n) | (1n << 38n)
  expect(lackingWith(all)).toMatchObject({ request: { chat } })
})

const message = {
  id: '1442510000000000001',
  channel_id: '400000000000000001',
  type: 0,
  content: 'kosovo',
  author: { id: '200000000000000001' },
  mentions: [] as { id: string }[],
}

const read = (more: object) => readMessage({ ...message, ...more } as never, BOT, sent => sent)

test('a message tells when it was sent', () => {
  expect(String(read({})?.request.origin.asked)).toMatch(/^2025-11-24T/)
})

test('a direct message is a question, and so is what stands beside a mention', () => {
  expect(read({})).toMatchObject({ line: 'kosovo', user: ada, message: message.id })
  const mentions = [{ id: BOT }]
  const guild_id = '300000000000000001'
  for (const content of [`<@${BOT}> kosovo`, `<@!${BOT}> kosovo`, `kosovo <@${BOT}>`]) {
    expect(read({ guild_id, mentions, content })).toMatchObject({ line: 'kosovo' })
  }
  // A reply to the bot mentions it without saying so.
  expect(read({ guild_id, mentions, type: 19 })).toMatchObject({ line: 'kosovo' })
})

test('a message that is not for the bot is ignored', () => {
  const guild_id = '300000000000000001'
  expect(read({ guild_id })).toBeUndefined()
  expect(read({ guild_id, mentions: [{ id: '9' }], content: '<@9> hello' })).toBeUndefined()
  expect(read({ author: { id: '5', bot: true } })).toBeUndefined()
  expect(read({ webhook_id: '5' })).toBeUndefined()
  expect(read({ content: '' })).toBeUndefined()
  // A message of Discord itself: a user joined, or pinned a message.
  expect(read({ type: 7 })).toBeUndefined()
})
