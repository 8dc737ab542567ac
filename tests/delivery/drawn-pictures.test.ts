import { describe, expect, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import type { DiscordBody } from '../../src/render/discord.ts'
import { readDiscord } from '../discord-markdown.ts'
import { refuse as refuseDiscord } from '../platforms/discord/server.ts'
import { MAP, tabled, tableOf } from '../platforms/drawn.ts'
import { refuse, UPLOADED } from '../platforms/telegram/server.ts'
import { fill, query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { announcement, openScene, saying } from './scene.ts'

const [FIRST, SECOND] = ['1000000', '1000001']
const DIGEST = message([paragraph('This week.'), tableOf('Drin'), MAP, paragraph('More below.')])

describe.for(DIALECTS)('a post with pictures on %s', dialect => {
  async function open() {
    const scene = await openScene({ dialect })
    await fill(scene.url, 'telegram', 3)
    await fill(scene.url, 'discord', 2)
    await query(scene.url, "update chats set table_style = 'picture' where id > 0 returning id")
    const post = async (shown = DIGEST) =>
      (await scene.store.broadcasts.create(announcement({ message: shown }))).id
    const uploads = () => scene.telegram.calls.filter(({ body }) => body.photo === UPLOADED).length
    /** Returns the texts and captions of a chat of Telegram, in order. */
    const shown = (chat: string) =>
      [...(scene.telegram.taken.get(chat) ?? [])].flatMap(([id, text]) =>
        text === null
          ? []
          : [scene.telegram.photos.has(`${chat}/${id}`) ? `[photo] ${text}` : text],
      )
    return { ...scene, post, uploads, shown }
  }

  test('reaches each chat in the style of the chat; each picture is uploaded once, for later processes too', async () => {
    const { url, telegram, discord, begin, finished, rows, post, ...scene } = await open()
    await query(
      url,
      `update chats set table_style = 'cards' where address = '${SECOND}' returning id`,
    )
    const first = await begin()
    const id = await post()
    await finished(id)
    for (const row of await rows(id)) {
      const { taken } = row.platform === 'telegram' ? telegram : discord
      const held = [...(taken.get(row.address)?.keys() ?? [])].map(String)
      expect(row).toMatchObject({ state: 'sent', repeated: 0, error: null, part: held.length })
      expect(JSON.parse(row.message_ids ?? '')).toEqual(held)
    }
    expect(scene.shown(FIRST)).toEqual([
      expect.stringMatching(/^\[photo\] This week\..*Drin/s),
      expect.stringMatching(/^\[photo\].*gauges/s),
      'More below.',
    ])
    // A picture of a section stands in every style.
    expect(scene.shown(SECOND)).toEqual([
      expect.stringMatching(/^\[photo\] This week\..*• River: <b>Drin.*gauges/s),
      'More below.',
    ])
    expect(scene.uploads()).toBe(2)
    expect(await query(url, 'select name from telegram_files')).toHaveLength(2)
    expect([...discord.attached.keys()].map(key => key.split('/')[1]).sort()).toEqual([
      ...['picture-2.png', 'picture-2.png', 'picture.png', 'picture.png'],
    ])
    first.crash()
    await first.running
    await begin()
    await finished(await post())
    expect(scene.uploads()).toBe(2)
  })

  test('comes with cards where pictures are refused, as the same parts, and is corrected so', async () => {
    const { telegram, discord, begin, finished, rows, post, store, shown } = await open()
    const no = refuse(400, 'Bad Request: not enough rights to send photos to the chat')
    telegram.weather = ({ method, body }) =>
      /Photo|Media/.test(method) && String(body.chat_id) === FIRST ? { fault: no } : undefined
    discord.weather = ({ body }) =>
      body?.attachments?.length ? { fault: refuseDiscord(403, 50013) } : undefined
    const { delivery } = await begin()
    const id = await post(tabled('Drin'))
    await finished(id)
    expect((await rows(id)).map(({ state, error }) => ({ state, error }))).toEqual(
      Array(5).fill({ state: 'sent', error: null }),
    )
    expect(shown(FIRST)).toEqual(['<b>Rivers</b>\n• River: <b>Drin</b>\nLevel: 4.20 m'])
    expect(shown(SECOND)).toEqual([expect.stringMatching(/^\[photo\] .*Drin/s)])
    const words = () =>
      [...discord.taken.values()].flatMap(each =>
        [...each.values()].map(body => readDiscord(body as DiscordBody)),
      )
    expect(words()).toEqual(Array(2).fill(expect.stringMatching(/River: Drin/)))
    await store.broadcasts.revise(id, tabled('Sava'))
    delivery.wake()
    await finished(id)
    expect(shown(FIRST)).toEqual(['<b>Rivers</b>\n• River: <b>Sava</b>\nLevel: 4.20 m'])
    expect(shown(SECOND)).toEqual([expect.stringMatching(/^\[photo\] .*Sava/s)])
    expect(words()).toEqual(Array(2).fill(expect.stringMatching(/River: Sava/)))
    expect(discord.attached.size).toBe(0)
  })

  test('is corrected with another picture, and a retraction leaves none', async () => {
    const { telegram, discord, begin, finished, post, store, shown, uploads } = await open()
    const { delivery } = await begin()
    const id = await post(tabled('Drin'))
    await finished(id)
    const before = [...telegram.photos.values()]
    await store.broadcasts.revise(id, tabled('Sava'))
    delivery.wake()
    await finished(id)
    expect(shown(FIRST)).toEqual([expect.stringMatching(/^\[photo\] .*Sava/s)])
    expect([...telegram.photos.values()]).not.toEqual(before)
    expect(uploads()).toBe(1)
    expect(telegram.files.size).toBe(2)
    // Each edit uploads the new picture, and the old one goes.
    const edits = discord.calls.filter(({ route }) => route.startsWith('PATCH'))
    expect(edits.map(({ body }) => body.attachments)).toEqual(
      Array(2).fill([{ id: 0, filename: 'picture.png' }]),
    )
    expect(discord.attached.size).toBe(2)
    // Too late for a deletion.
    telegram.weather = ({ method }) =>
      method === 'deleteMessage'
        ? { fault: refuse(400, "Bad Request: message can't be deleted for everyone") }
        : undefined
    await store.broadcasts.retract(id, saying('Withdrawn.'))
    delivery.wake()
    await finished(id)
    expect(shown(FIRST)).toEqual(['[photo] Withdrawn.'])
    expect(new Set(telegram.photos.values()).size).toBe(1)
    expect(before).not.toContain([...telegram.photos.values()][0])
  })
})
