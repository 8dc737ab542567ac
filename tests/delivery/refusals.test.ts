import { describe, expect, test } from 'vitest'
import { pausedBecause } from '../../src/texts/reasons.ts'
import { refuse as refuseDiscord } from '../platforms/discord/server.ts'
import { refuse } from '../platforms/telegram/server.ts'
import { fill, query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { type ArchivedOptions, archiveThreads } from './archived.ts'
import { announcement, longMessage, openScene, saying, until } from './scene.ts'

const first = 1_000_000

/** Makes some of the chats that `fill` has made groups and channels. */
async function regroup(url: string, kinds: readonly (readonly [kind: string, count: number])[]) {
  let from = first
  for (const [kind, count] of kinds) {
    await query(
      url,
      `update chats set kind = '${kind}' where platform = 'telegram'
       and cast(address as bigint) >= ${from} and cast(address as bigint) < ${from + count}`,
    )
    from += count
  }
}

const isAmong = (chat: unknown, count: number) => Number(chat) < first + count

describe.for(DIALECTS)('refusals on %s', dialect => {
  test.for([
    'CHAT_RESTRICTED',
    'CHAT_WRITE_FORBIDDEN',
    'TOPIC_CLOSED',
    'need administrator rights in the channel chat',
    'not enough rights to send text messages to the chat',
    'SOMETHING_NEW',
  ])('six of twenty groups answer %s: the other fourteen get the message', async said => {
    const { store, url, telegram, begin, finished, rows, events } = await openScene({ dialect })
    await fill(url, 'telegram', 20)
    await regroup(url, [['group', 20]])
    telegram.weather = ({ body }) =>
      isAmong(body.chat_id, 6) ? { fault: refuse(400, `Bad Request: ${said}`) } : undefined
    const { id } = await store.broadcasts.create(announcement())
    await begin()
    await finished(id)
    expect(telegram.taken.size).toBe(14)
    expect((await rows(id)).filter(({ state }) => state === 'gone')).toHaveLength(6)
    expect(events()).not.toContain('delivery.tripped')
  })

  test('a content that one kind of place refuses is no fault of the message', async () => {
    const { store, url, telegram, begin, finished, events } = await openScene({ dialect })
    await fill(url, 'telegram', 24)
    await regroup(url, [['group', 12]])
    telegram.weather = ({ body }) =>
      isAmong(body.chat_id, 12)
        ? { fault: refuse(400, 'Bad Request: message is too long') }
        : undefined
    const { id } = await store.broadcasts.create(announcement())
    await begin()
    await finished(id)
    expect(telegram.taken.size).toBe(12)
    expect(events()).not.toContain('delivery.tripped')
  })

  test.for(["can't parse entities: x", 'message is too long', 'BUTTON_DATA_INVALID'])(
    'a message that people, groups, channels and Discord refuse with %s is paused',
    async said => {
      const { store, url, telegram, discord, begin, seen, rows } = await openScene({ dialect })
      await fill(url, 'telegram', 30)
      await fill(url, 'discord', 30)
      await regroup(url, [
        ['group', 10],
        ['channel', 10],
      ])
      telegram.weather = ({ method }) =>
        method === 'sendMessage' ? { fault: refuse(400, `Bad Request: ${said}`) } : undefined
      discord.weather = () => ({ fault: refuseDiscord(400, 50035) })
      const { id } = await store.broadcasts.create(announcement())
      await begin()
      expect(await seen('delivery.tripped')).toMatchObject({
        ...{ why: 'rejected', msg: expect.stringMatching(/^Chats of different kinds reject/) },
      })
      await until(async () => (await store.broadcasts.find(id))?.note === 'rejected')
      expect((await rows(id)).every(({ state }) => state !== 'sent' && state !== 'gone')).toBe(true)
    },
  )

  const isRefused = () => ({ fault: refuse(400, 'Bad Request: message is too long') })

  test('a message that each of twenty groups alone refuses is paused, and the reason says so', async () => {
    const { store, url, telegram, begin, seen } = await openScene({ dialect })
    await fill(url, 'telegram', 20)
    await regroup(url, [['group', 20]])
    telegram.weather = isRefused
    const { id } = await store.broadcasts.create(announcement())
    await begin()
    const line = await seen('delivery.tripped')
    expect(line.msg).toMatch(/^No chat accepted a message, and several reject its content. /)
    await until(async () => (await store.broadcasts.find(id))?.state === 'paused')
    const note = (await store.broadcasts.find(id))?.note ?? ''
    expect(pausedBecause(note)).toMatch(/^Paused because no chat accepted it, and several reject/)
    expect(telegram.taken.size).toBe(0)
  })

  test.for([false, true])(
    'a message that one of twenty groups alone takes is not paused, over a restart: %s',
    async isRestarted => {
      const { store, url, telegram, begin, finished, rows, events } = await openScene({ dialect })
      await fill(url, 'telegram', 20)
      await regroup(url, [['group', 20]])
      let isAway = isRestarted
      telegram.weather = ({ body }) => {
        if (isAmong(body.chat_id, 1)) return undefined
        return isAway ? { fault: refuse(404, 'Not Found') } : isRefused()
      }
      const { id } = await store.broadcasts.create(announcement())
      if (isRestarted) {
        const first = await begin()
        await until(async () => (await rows(id))[0]?.state === 'sent')
        first.crash()
        await first.running
        isAway = false
      }
      await begin()
      await finished(id)
      // After a crash, a call may have left before it.
      const states = (await rows(id)).map(({ state }) => state)
      expect(states.filter(state => state === 'sent')).toHaveLength(1)
      expect(states.filter(state => state === 'failed' || state === 'uncertain')).toHaveLength(19)
      expect(events()).not.toContain('delivery.tripped')
    },
  )

  test('a message whose second part each group refuses is paused although all have the first', async () => {
    const { store, url, telegram, begin, seen } = await openScene({ dialect })
    await fill(url, 'telegram', 20)
    await regroup(url, [['group', 20]])
    telegram.weather = ({ body }) => (/\b2\/\d/.test(body.text) ? isRefused() : undefined)
    const message = longMessage(4)
    const { id } = await store.broadcasts.create(announcement({ message }))
    await begin()
    expect(await seen('delivery.tripped')).toMatchObject({ why: 'rejected' })
    await until(async () => (await store.broadcasts.find(id))?.note === 'refused')
  })

  test('a message that Telegram alone refuses still reaches Discord', async () => {
    const { store, url, telegram, discord, begin, finished, events } = await openScene({ dialect })
    await fill(url, 'telegram', 30)
    await fill(url, 'discord', 8)
    await regroup(url, [['group', 10]])
    telegram.weather = ({ method }) =>
      method === 'sendMessage'
        ? { fault: refuse(400, "Bad Request: can't parse entities") }
        : undefined
    const { id } = await store.broadcasts.create(announcement())
    await begin()
    await finished(id)
    expect(discord.taken.size).toBe(8)
    expect(events()).not.toContain('delivery.tripped')
  })

  /** Fifteen Discord places with a post, of which seven are threads that were archived since. */
  async function archived(how: ArchivedOptions) {
    const scene = await openScene({ dialect })
    const { store, url, discord, begin, finished } = scene
    await fill(url, 'discord', 15)
    const { id } = await store.broadcasts.create(announcement())
    const { delivery } = await begin()
    await finished(id)
    const { places, threads, shown } = archiveThreads(discord, how)
    return {
      ...{ ...scene, id, places, threads, shown },
      async revise(act: 'revise' | 'retract', text: string) {
        await store.broadcasts[act](id, saying(text))
        delivery.wake()
        await finished(id)
      },
    }
  }

  test.for([
    { mayWake: true, mayPost: false },
    { mayWake: false, mayPost: true },
  ])('archived threads are woken, corrected and emptied: %o', async how => {
    const { places, shown, revise, events, rows, id } = await archived(how)
    await revise('revise', 'Right.')
    for (const place of places) expect(shown(place)).toEqual([expect.stringContaining('Right.')])
    expect((await rows(id)).every(({ state }) => state === 'sent')).toBe(true)
    const again = await archived(how)
    await again.revise('retract', 'Withdrawn.')
    for (const place of again.places) expect(again.shown(place)).toEqual([])
    expect([...events(), ...again.events()]).not.toContain('delivery.tripped')
  })

  test('threads that cannot be unarchived keep the old text, and all other chats have the correction', async () => {
    const { url, places, threads, shown, revise, events, rows, id, store } = await archived({
      ...{ mayWake: false, mayPost: false },
    })
    await revise('revise', 'Right.')
    for (const place of places) {
      const text = threads.includes(place) ? 'Hello.' : 'Right.'
      expect(shown(place)).toEqual([expect.stringContaining(text)])
    }
    const failed = (await rows(id)).filter(({ state }) => state === 'failed')
    expect(failed.map(({ error }) => error)).toEqual(Array(7).fill('archived'))
    expect(events()).not.toContain('delivery.tripped')
    expect(await query(url, 'select id from chats where gone is not null')).toEqual([])
    expect((await store.broadcasts.report(id))?.causes).toEqual([
      { state: 'failed', error: 'archived', count: 7 },
    ])
  })
})
