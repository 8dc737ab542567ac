import { expect, onTestFinished, test } from 'vitest'
import type { Bot, BotRequest, Reply } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import { sentences } from '../../src/log.ts'
import { message, paragraph } from '../../src/message.ts'
import { createChats } from '../../src/platforms/web/chats.ts'
import { createShownPictures } from '../../src/platforms/web/pictures.ts'
import type { Entry, View } from '../../src/platforms/web/protocol.ts'
import { memoryPictures } from '../pictures.ts'
import { answering } from '../request.ts'
import { openBot } from '../shipped.ts'
import { VIEW, type WebPerson, webPerson } from './web-person.ts'
import { createWebServer } from './web-server.ts'

const EPHEMERAL = 1 << 6

async function open(bot: Bot, view: View = VIEW): Promise<WebPerson> {
  const web = createWebServer(bot)
  await web.start()
  onTestFinished(web.stop)
  return webPerson(web.address(), view)
}

const said = (text: string, lines: readonly string[] = []) =>
  message(
    [paragraph(text)],
    lines.map(command => ({ label: command, command })),
  )

/** A bot whose answers are the values of `replies` by their lines, and the requests that it got. */
function scripted(replies: Readonly<Record<string, Partial<Reply>>>) {
  const requests: BotRequest[] = []
  const bot = answering(openBot(), async (line, ask, request) => {
    requests.push(request)
    const reply = replies[line]
    return reply ? { message: said(line), understood: true, ...reply } : ask()
  })
  return { bot, requests }
}

function texts({ telegram }: Entry): (string | undefined)[] {
  return telegram.map(({ text }) => text)
}

test('a pressed button changes its message on both platforms, and adds none', async () => {
  const { bot } = scripted({ '/one': { message: said('One.', ['/two']) }, '/two': {} })
  const person = await open(bot)
  await person.type('/one')
  await person.read()
  const { key, id } = person.last()
  await person.press('/two')
  expect(await person.read()).toEqual(['/two'])
  expect(person.last()).toMatchObject({ key, line: '/one', by: 'typed', isEdited: true })
  expect(person.last().id).toBeGreaterThan(id)
  expect((await person.reopened()).map(each => each.line)).toEqual(['/start', '/one'])
})

test('an answer that may not replace the message stands below it', async () => {
  const { bot } = scripted({
    '/one': { message: said('One.', ['/below', '/unknown']) },
    '/below': { isBelow: true },
    '/unknown': { understood: false },
  })
  const person = await open(bot)
  await person.type('/one')
  await person.read()
  const one = person.last()
  for (const line of ['/below', '/unknown']) {
    const data = { view: VIEW, key: one.key, platform: 'telegram', data: line }
    expect((await person.send('/presses', data)).status).toBe(200)
    expect(await person.read()).toEqual([line])
    expect(person.last()).toMatchObject({ by: 'pressed', line })
    expect(person.last().key).not.toBe(one.key)
  }
  expect(await person.reopened()).toHaveLength(4)
})

test('a refusal passes over Telegram’s chat, and on Discord one user alone sees it', async () => {
  const { bot } = scripted({
    '/one': { message: said('One.', ['/no']) },
    '/no': { understood: false, refused: true },
  })
  const person = await open(bot)
  await person.type('/one')
  await person.read()
  const { key } = person.last()
  const press = { view: VIEW, key, platform: 'discord', data: '/no' }
  expect(await (await person.send('/presses', press)).json()).toEqual({ note: '/no' })
  await person.read()
  const { discord, telegram } = person.last()
  expect(telegram).toEqual([])
  expect(discord.map(({ flags = 0 }) => flags & EPHEMERAL)).toEqual([EPHEMERAL])
})

test('a button that no message has, and one of a message that is gone, are refused', async () => {
  const { bot } = scripted({ '/one': { message: said('One.', ['/two']) }, '/two': {} })
  const person = await open(bot)
  await person.type('/one')
  await person.read()
  const { key } = person.last()
  const press = (more: object) =>
    person.send('/presses', { view: VIEW, key, platform: 'telegram', data: '/two', ...more })
  for (const wrong of [{ data: '/three' }, { data: 'One.' }, { key: key + 7 }]) {
    const answer = await press(wrong)
    expect(answer.status).toBe(409)
    expect(await answer.text()).toBe('This button is no longer there. Reload the page.')
  }
  expect((await press({ platform: 'mastodon' })).status).toBe(400)
  expect((await press({ platform: 'discord' })).status).toBe(200)
})

test('a form opens over the page, and its answer takes the place of the message', async () => {
  const form = { line: '/filled', title: 'Title', label: 'Text' }
  const { bot, requests } = scripted({
    '/one': { message: said('One.', ['/form']) },
    '/form': { form },
    '/filled': {},
  })
  const person = await open(bot)
  await person.type('/one')
  await person.read()
  const { key } = person.last()
  const press = { view: VIEW, key, platform: 'discord', data: '/form' }
  const answered = await (await person.send('/presses', press)).json()
  expect(answered).toEqual({ form: { ...form, pictureBytes: 1_000_000 } })
  await person.send('/forms', { view: VIEW, line: '/filled', text: '**Hello**', key })
  expect(await person.read()).toEqual(['/filled'])
  expect(person.last().key).toBe(key)
  expect(requests.at(-1)?.text?.read(0)?.source).toBe('**Hello**')
})

test('Telegram alone has no forms', async () => {
  const { bot, requests } = scripted({ '/one': {} })
  const person = await open(bot)
  for (const platform of ['telegram', 'discord', 'both'] as const) {
    await person.ask('/one', { platform })
  }
  expect(requests.slice(-3).map(({ origin }) => origin.textEntry)).toEqual(['line', 'form', 'form'])
})

test('the role decides what the user may do, and the place where', async () => {
  const { bot, requests } = scripted({ '/one': {} })
  const person = await open(bot)
  const rights = async (role: View['role'], place: View['place']) => {
    await person.ask('/one', { role, place })
    const { actor, chat } = requests.at(-1) as BotRequest
    return [actor.operator, chat?.ref.kind, await chat?.mayManage?.(), chat?.barred]
  }
  expect(await rights('reader', 'private')).toEqual([undefined, 'private', undefined, undefined])
  expect(await rights('reader', 'group')).toEqual([undefined, 'group', false, undefined])
  expect(await rights('admin', 'server')).toEqual([undefined, 'channel', true, undefined])
  expect(await rights('moderator', 'channel')).toEqual(['web:local', 'channel', true, undefined])
  expect(await rights('reader', 'user-installed')).toEqual([
    ...[undefined, 'channel', false, 'member'],
  ])
})

test('each place is a conversation of its own', async () => {
  const person = await open(openBot())
  await person.ask('/threats', { place: 'group' })
  await person.type('/next')
  expect((await person.read())[0]).toMatch(/^Next exercise/)
  expect((await person.reopened()).map(({ line }) => line)).toEqual(['/start', '/next'])
})

test('the day of the view is the day of the answers, and changes keep the real one', async () => {
  const person = await open(openBot())
  await person.ask('/next', { today: '2023-05-29T09:00' })
  const [text = ''] = await person.read()
  expect(text).toMatch('Defender 2023')
  expect(text).toMatch('in 3 days')
  expect(person.last().at).toBe(Date.parse('2023-05-29T07:00:00Z'))
})

test('answers are drawn anew in another view, in their place', async () => {
  const person = await open(openBot())
  await person.ask('/next')
  await person.read()
  const { key } = person.last()
  await person.send('/views', { view: { ...VIEW, today: '2023-05-29T09:00' } })
  const changed = new Map<number, Entry>()
  while (!changed.has(key)) {
    await person.read()
    changed.set(person.last().key, person.last())
  }
  expect(texts(changed.get(key) as Entry)[0]).toMatch('in 3 days')
})

/** Types /threats, draws it anew with another reply, and returns the text that the conversation has then. */
async function redrawn(anew: () => Promise<Reply>) {
  let answer = async (): Promise<Reply> => ({ message: said('Good.'), understood: true })
  const bot = answering(openBot(), async (line, ask) => (line === '/threats' ? answer() : ask()))
  const person = await open(bot)
  await person.type('/threats')
  answer = anew
  await person.send('/views', { view: VIEW })
  return { person, text: texts((await person.reopened()).at(-1) as Entry)[0] }
}

test.each([
  ['fails', async (): Promise<Reply> => Promise.reject(new Error('A bug.'))],
  [
    'says that the store failed',
    async (): Promise<Reply> => ({ message: said('Oh.'), understood: false, hasFailed: true }),
  ],
])('an answer stays when the one drawn anew %s', async (_, anew) => {
  expect((await redrawn(anew)).text).toBe('Good.')
})

test('a refusal, or an answer about a table that is gone, takes the place of an answer that is drawn anew', async () => {
  for (const more of [{ refused: true }, {}]) {
    const reply = { message: said('Not this.'), understood: false, ...more }
    expect((await redrawn(async () => reply)).text).toBe('Not this.')
  }
})

test('an answer that is drawn anew changes by itself from then on', async () => {
  const at = [Temporal.Now.instant()]
  const live = { at, message: async () => said('Later.') }
  const { person } = await redrawn(async () => ({ message: said('Now.'), understood: true, live }))
  await expect
    .poll(async () => texts((await person.reopened()).at(-1) as Entry))
    .toEqual(['Later.'])
})

test('a reset empties the conversation and greets again', async () => {
  const person = await open(openBot())
  await person.type('/next')
  await person.read()
  await person.send('/reset', { view: VIEW })
  expect((await person.reopened()).map(({ line }) => line)).toEqual(['/start'])
})

test('resets at the same time greet once', async () => {
  const chats = createChats({
    ...{ bot: openBot(), clock: systemClock, log: sentences(() => {}), timeZone: 'UTC' },
    pictures: createShownPictures(memoryPictures()),
  })
  onTestFinished(chats.close)
  const chat = await chats.find(chats.open(), 'private')
  await Promise.all([1, 2, 3].map(() => chat?.reset()))
  expect(chat?.history.entries().map(({ entry }) => entry.line)).toEqual(['/start'])
})

test('a private answer and a slip are for one user alone on Discord, words are for all', async () => {
  const person = await open(openBot())
  const isAlone = async (line: string) => {
    await person.type(line)
    await person.read()
    return person.last().discord.every(({ flags = 0 }) => (flags & EPHEMERAL) !== 0)
  }
  expect(await isAlone('/threats')).toBe(false)
  expect(await isAlone('/thretas')).toBe(true)
  expect(await isAlone('threats')).toBe(false)
})
