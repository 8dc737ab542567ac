import { describe, expect, test } from 'vitest'
import { type Message, message, paragraph } from '../../src/message.ts'
import { png } from '../pictures.ts'
import { refuse, UPLOADED } from '../platforms/telegram/server.ts'
import { fill } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { announcement, longMessage, openScene, saying } from './scene.ts'

const bytes = png(64, 48, 9)

describe.for(DIALECTS)('a broadcast with a picture on %s', dialect => {
  async function open() {
    const scene = await openScene({ dialect })
    const id = await scene.store.pictures.add(bytes, 'png')
    const pictured = (given: Message): Message => ({ ...given, picture: { id, type: 'png' } })
    const uploads = () => scene.telegram.calls.filter(({ body }) => body.photo === UPLOADED).length
    return { ...scene, picture: id, pictured, uploads }
  }
  const hello = message([paragraph('Hello.')])

  test('reaches each chat once, and Telegram has the picture once, after a restart as well', async () => {
    const { store, url, telegram, discord, begin, finished, rows, ...scene } = await open()
    await fill(url, 'telegram', 70)
    await fill(url, 'discord', 50)
    const { id } = await store.broadcasts.create(announcement({ message: scene.pictured(hello) }))
    const first = await begin()
    await finished(id)
    for (const row of await rows(id)) {
      expect(row).toMatchObject({ state: 'sent', part: 1, repeated: 0, error: null })
      const { taken } = row.platform === 'telegram' ? telegram : discord
      const held = [...(taken.get(row.address)?.keys() ?? [])].map(String)
      expect(JSON.parse(row.message_ids ?? '')).toEqual(held)
      expect(held).toHaveLength(1)
      const [sent] = held
      if (row.platform === 'telegram') {
        expect(telegram.photos.get(`${row.address}/${sent}`)).toBe('photo-1')
      } else expect(discord.attached.has(`${sent}/picture.png`)).toBe(true)
    }
    expect(scene.uploads()).toBe(1)
    first.crash()
    await first.running
    await begin()
    const again = await store.broadcasts.create(
      announcement({ message: scene.pictured(message([paragraph('Again.')])) }),
    )
    await finished(again.id)
    expect(telegram.photos.size).toBe(140)
    expect(scene.uploads()).toBe(1)
  })

  test('a correction from a caption to texts and back keeps the image', async () => {
    const { store, url, telegram, begin, finished, ...scene } = await open()
    await fill(url, 'telegram', 2)
    const { id } = await store.broadcasts.create(announcement({ message: scene.pictured(hello) }))
    const { delivery } = await begin()
    await finished(id)
    const texts = () => [...(telegram.taken.get('1000001')?.values() ?? [])]
    expect(texts()).toEqual(['Hello.'])
    await store.broadcasts.revise(id, scene.pictured(longMessage(3)))
    delivery.wake()
    await finished(id)
    const [caption, ...long] = texts()
    expect(caption).toBe('')
    expect(long.map(text => text?.match(/(\d)\/\d<\/i>$/)?.[1])).toEqual(
      long.map((_, index) => String(index + 1)),
    )
    expect(long.length).toBeGreaterThan(1)
    await store.broadcasts.revise(id, scene.pictured(message([paragraph('Short.')])))
    delivery.wake()
    await finished(id)
    expect(texts()).toEqual(['Short.', ...long.map(() => null)])
    expect([...telegram.photos.values()]).toEqual(['photo-1', 'photo-1'])
    expect(scene.uploads()).toBe(1)
  })

  test('a retraction deletes the message; if that is too late, neither its text nor its image stays', async () => {
    const { store, url, telegram, discord, begin, finished, rows, ...scene } = await open()
    await fill(url, 'telegram', 3)
    await fill(url, 'discord', 2)
    const { id } = await store.broadcasts.create(
      announcement({ message: scene.pictured(longMessage(1)) }),
    )
    const { delivery } = await begin()
    await finished(id)
    telegram.weather = ({ method, body }) =>
      method === 'deleteMessage' && body.chat_id === '1000001'
        ? { fault: refuse(400, "Bad Request: message can't be deleted for everyone") }
        : undefined
    await store.broadcasts.retract(id, saying('Withdrawn.'))
    delivery.wake()
    await finished(id)
    expect((await rows(id)).map(({ state }) => state)).toEqual(Array(5).fill('sent'))
    const held = (chat: string) => [...(telegram.taken.get(chat)?.values() ?? [])]
    expect(held('1000000').every(text => text === null)).toBe(true)
    expect(held('1000001').length).toBeGreaterThan(1)
    expect(held('1000001').every(text => text === 'Withdrawn.')).toBe(true)
    // Only the post without a caption keeps its image: the retracted one is deleted.
    expect([...telegram.photos.values()]).toEqual(['photo-2'])
    for (const shown of discord.taken.values()) expect([...shown.values()]).toEqual([null])
  })
})
