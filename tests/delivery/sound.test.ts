import { describe, expect, test } from 'vitest'
import type { NewBroadcast } from '../../src/store/ledger/broadcast.ts'
import { fill, query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { announcement, longMessage, openScene, saying } from './scene.ts'

/** Discord: the message rings on no device. */
const SUPPRESS_NOTIFICATIONS = 1 << 12
/** Discord: the message is made of components. */
const COMPONENTS = 1 << 15

/** Chats by their setting; `broken` stands in the database, and no release has written it. */
const CHATS = [null, 'silent', 'loud', 'broken'] as const

/** The post, and whether it rings in each of {@link CHATS}. */
const POSTS: readonly (readonly [string, Partial<NewBroadcast>, readonly boolean[]])[] = [
  ['a digest', { kind: 'digest' }, [false, false, true, false]],
  ['a reminder', { kind: 'events' }, [true, false, true, true]],
  ['an announcement', { kind: 'announcement' }, [true, false, true, true]],
  ['an urgent announcement', { kind: 'announcement', urgent: true }, [true, true, true, true]],
]

describe.for(DIALECTS)('on %s', dialect => {
  test.for(POSTS)('%s rings as its kind and the chat want', async ([, post, rings]) => {
    const { store, url, telegram, discord, begin, finished } = await openScene({ dialect })
    for (const platform of ['telegram', 'discord'] as const) {
      await fill(url, platform, CHATS.length)
      for (const [index, sound] of CHATS.entries()) {
        if (sound === null) continue
        await query(
          url,
          `update chats set sound = '${sound}' where id = (select id from chats
            where platform = '${platform}' order by id limit 1 offset ${index}) returning id`,
        )
      }
    }
    const { id } = await store.broadcasts.create(announcement(post))
    const { delivery } = await begin()
    await finished(id)
    const sent = telegram.calls
      .filter(({ method }) => method === 'sendMessage')
      .toSorted((one, other) => Number(one.body.chat_id) - Number(other.body.chat_id))
    expect(sent.map(({ body }) => body.disable_notification !== true)).toEqual(rings)
    const posted = [...discord.taken]
      .toSorted(([one], [other]) => (BigInt(one) < BigInt(other) ? -1 : 1))
      .map(([, messages]) => [...messages.values()][0])
    const flags = posted.map(body => (body as { flags: number }).flags)
    expect(flags).toEqual(
      rings.map(isLoud => (isLoud ? COMPONENTS : COMPONENTS | SUPPRESS_NOTIFICATIONS)),
    )
    // A correction edits the message, which never rings.
    await store.broadcasts.revise(id, saying('Corrected.'))
    delivery.wake()
    await finished(id)
    for (const { method, body } of telegram.calls) {
      if (method === 'editMessageText') expect(body).not.toHaveProperty('disable_notification')
    }
  })
})

test('each part of a silent post is silent', async () => {
  const { store, url, telegram, begin, finished } = await openScene()
  await fill(url, 'telegram', 1)
  const { id } = await store.broadcasts.create(
    announcement({ kind: 'digest', message: longMessage(5) }),
  )
  await begin()
  await finished(id)
  const parts = telegram.calls.filter(({ method }) => method === 'sendMessage')
  expect(parts.length).toBeGreaterThan(2)
  expect(parts.every(({ body }) => body.disable_notification === true)).toBe(true)
})
