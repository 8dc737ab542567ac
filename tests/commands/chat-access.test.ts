import { expect, test } from 'vitest'
import { accessOf, isMessage, isRefusal, managing } from '../../src/commands/chat-access.ts'
import type { Call } from '../../src/commands/command.ts'
import { message, paragraph } from '../../src/message.ts'
import type { ChatRef } from '../../src/platform.ts'
import type { Subscription } from '../../src/store/chats/chat.ts'
import { texts } from '../../src/texts.ts'
import { type Facts, requestOf } from '../request.ts'

const now = Temporal.Instant.from('2026-11-23T08:00:00Z')
const GROUP: ChatRef = { platform: 'telegram', address: '-100', kind: 'group' }
const CHANNEL: ChatRef = { platform: 'telegram', address: '-200', kind: 'channel' }
const SERVER: ChatRef = { platform: 'discord', address: '300', kind: 'channel', within: '1' }
const say = (text: string) => message([paragraph(text)])

/** A call in a chat, before a table of chats in memory. */
function open(facts: Facts, kept: Subscription | undefined = undefined) {
  const saved: (Subscription | undefined)[] = []
  const seen: string[] = []
  const chats = {
    find: async () => kept && { subscription: kept },
    update: async (
      _: ChatRef,
      how: (before: Subscription | undefined) => Subscription | undefined,
    ) => {
      const after = how(kept)
      saved.push(after)
      return { subscription: after ?? kept }
    },
  }
  const call = {
    store: { chats },
    request: requestOf(facts),
    now,
    timeZone: 'Europe/Sarajevo',
    seen: async (_: string, addresses: readonly string[]) => void seen.push(...addresses),
  } as unknown as Call
  return { call, saved, seen }
}

async function accessIn(call: Call, named?: string) {
  const access = await accessOf(call, named)
  if (isMessage(access)) throw new Error(JSON.stringify(access))
  return access
}

test.each<[string, Facts, string]>([
  ['a press on a message that is too old', { place: GROUP, isMisplaced: true }, texts.tooOld],
  ['a request without a chat', {}, texts.nothingKept],
])('%s gets a sentence in place of settings', async (_, request, sentence) => {
  expect(await accessOf(open(request).call)).toEqual(say(sentence))
})

test('a process without a store has no settings', async () => {
  const { call } = open({ place: GROUP })
  expect(await accessOf({ ...call, store: undefined })).toEqual(say(texts.nothingKept))
})

test('a chat without settings is stopped, with the defaults of the configured zone', async () => {
  const { subscription } = await accessIn(open({ place: GROUP }).call)
  expect(subscription).toMatchObject({
    state: 'stopped',
    zone: 'Europe/Sarajevo',
    cadence: 'weekly',
  })
})

test.each<[string, ChatRef, boolean | 'unknown', boolean, string | undefined]>([
  ['a manager', GROUP, true, false, undefined],
  ['a member of a group', GROUP, false, false, texts.refusedGroup],
  ['a member who presses a button', GROUP, false, true, `${texts.refusedGroup} ${texts.asGroup}`],
  ['unknown rights in a group', GROUP, 'unknown', false, texts.refusedUnknown],
  ['a reader of a channel', CHANNEL, false, false, texts.refusedChannel],
  ['unknown rights in a channel', CHANNEL, 'unknown', false, texts.refusedUnknown],
  ['a member of a server', SERVER, false, false, texts.refusedServer],
  ['unknown rights in a server', SERVER, 'unknown', false, texts.refusedMention],
])('%s changes settings or is refused by the sentence of the place', async (...given) => {
  const [, place, may, isPressed, sentence] = given
  let asked = 0
  const mayManage = async () => {
    asked += 1
    return may
  }
  const { call, saved } = open({ place, mayManage, by: isPressed ? 'button' : 'typed' })
  const access = await accessIn(call)
  const changed = await access.change(before => ({ ...before, hour: 7 }))
  expect(await access.refusal()).toEqual(sentence && { refused: say(sentence) })
  if (sentence === undefined) expect(changed).toMatchObject({ hour: 7 })
  else expect(changed).toEqual({ refused: say(sentence) })
  expect(saved).toHaveLength(sentence === undefined ? 1 : 0)
  // The platform is asked once.
  expect(asked).toBe(1)
})

test('a change that changes nothing, or returns nothing, writes nothing', async () => {
  const { call, saved } = open({ place: GROUP })
  const access = await accessIn(call)
  await access.change(before => ({ ...before }))
  await access.change(() => undefined)
  expect(saved).toEqual([undefined, undefined])
})

test('a pause that has ended counts as ended before a change', async () => {
  const { subscription } = await accessIn(open({ place: GROUP }).call)
  const paused: Subscription = {
    ...subscription,
    state: 'paused',
    pausedUntil: now.subtract({ hours: 1 }),
  }
  const { call, saved } = open({ place: GROUP }, paused)
  const access = await accessIn(call)
  expect(access.subscription.state).toBe('active')
  await access.change(before => ({ ...before, hour: 7 }))
  expect(saved).toMatchObject([{ state: 'active', hour: 7 }])
})

test('a chat that is named is managed from elsewhere: its lines begin with its address', async () => {
  const reach = async () => ({ ...CHANNEL, title: 'News' })
  const { call, seen } = open({ place: GROUP, reach, mayManage: async () => false })
  const access = await accessIn(call, '@news')
  expect(access.elsewhere).toEqual({ title: 'News', prefix: '-200 ' })
  expect(access.place).toEqual(CHANNEL)
  // `reach` has checked the rights already, and has met the chat.
  expect(await access.refusal()).toBeUndefined()
  expect(seen).toEqual(['-200'])
})

test('a suggested line does not record that a named chat is reachable', async () => {
  const reach = async () => ({ ...CHANNEL, title: 'News' })
  const { call, seen } = open({ place: GROUP, reach, by: 'suggested' })
  await accessIn(call, '@news')
  expect(seen).toEqual([])
})

test('a named chat that the platform does not reach gets the sentence of its reason', async () => {
  const { call } = open({ place: GROUP, reach: async () => 'forbidden' as const })
  expect(await accessOf(call, '@news')).toEqual(say(texts.unreached.forbidden))
  expect(await accessOf(open({ place: GROUP }).call, '@news')).toEqual(
    say(texts.unreached.elsewhere),
  )
})

test('a named chat that refuses the bot opens only if a post has failed there', async () => {
  const reach = async () => ({ ...CHANNEL, title: 'News', isBarred: true })
  const { call, seen } = open({ place: GROUP, reach })
  expect(await accessOf(call, '@news')).toEqual(say(texts.unreached.rights))
  const { subscription } = await accessIn(open({ place: GROUP }).call)
  const gone = { ...subscription, gone: 'forbidden' } as Subscription
  expect(
    (await accessIn(open({ place: GROUP, reach }, gone).call, '@news')).elsewhere,
  ).toBeDefined()
  expect(seen).toEqual([])
})

test('an action for managers runs for a manager alone', async () => {
  const done = say('Done.')
  const run = async () => done
  const managers = open({ place: GROUP, mayManage: async () => true })
  expect(await managing(managers.call, run)).toBe(done)
  const refused = await managing(open({ place: GROUP, mayManage: async () => false }).call, run)
  expect(isRefusal(refused)).toBe(true)
  expect(await managing(open({}).call, run)).toEqual(say(texts.nothingKept))
})
