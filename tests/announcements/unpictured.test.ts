import { expect, test } from 'vitest'
import { png } from '../pictures.ts'
import { refuse as refuseDiscord } from '../platforms/discord/server.ts'
import { refuse } from '../platforms/telegram/server.ts'
import { WISH } from '../store/stores.ts'
import { openNewsroom, saidOn } from './scene.ts'

test.for([
  'not enough rights to send photos to the chat',
  'not enough rights to send media messages to the chat',
  'CHAT_SEND_PHOTOS_FORBIDDEN',
])(
  'a preview in a chat that refuses photos with %s shows its words, and the chat stays',
  async said => {
    const { onTelegram, start, telegram, store, finished } = await openNewsroom({ telegram: 1 })
    const place = { platform: 'telegram', address: '42', kind: 'private' } as const
    await store.chats.update(place, () => WISH)
    await start()
    const ada = onTelegram()
    telegram.files.set('map', png(64, 48))
    telegram.weather = ({ method, body }) =>
      method === 'sendPhoto' && String(body.chat_id) === '42'
        ? { fault: refuse(400, `Bad Request: ${said}`) }
        : undefined
    const photo = [{ file_id: 'map', file_unique_id: 'u', width: 64, height: 48, file_size: 100 }]
    const more = { text: undefined, caption: '/announce Mind the river.', photo }
    const words = await ada.write('', /^Draft #1/, more)
    expect(words.text).toContain('With image')
    const draft = await ada.sees(/^Mind the river/)
    const seen = await ada.press(draft, ' show', /Mind the river\.\n/)
    expect(seen.text).toMatch(/^\[Image\]\n\nMind the river\.\n/)
    expect((await store.chats.find(place))?.subscription).not.toHaveProperty('gone')
    await ada.press(draft, ' send', /./)
    await finished(1)
    // The post has its words as well, and elsewhere its picture.
    expect(
      ada.chat().filter(([, text]) => text?.startsWith('[Image]\n\nMind the river.')),
    ).toHaveLength(2)
    expect([...telegram.photos.keys()]).toEqual([expect.stringMatching(/^1000000\//)])
    expect((await store.chats.find(place))?.subscription).not.toHaveProperty('gone')
  },
)

test.for([50013, 50001, 50046])(
  'a preview that Discord refuses with %i because of its file shows its words, and so does the post',
  async code => {
    const { discord, onDiscord, start, store, finished } = await openNewsroom({
      ...{ discord: 1, env: { ANNOUNCE_HOLD: '1s' } },
    })
    await start()
    const ada = onDiscord()
    discord.files.set('map.png', png(64, 48))
    discord.weather = ({ body }) =>
      body?.attachments?.length > 0 ? { fault: refuseDiscord(403, code) } : undefined
    const url = `${new URL(discord.url).origin}/attachments/map.png`
    const draft = await ada.menu('Announce this', {
      content: 'Mind the river.',
      attachments: [{ id: '1', filename: 'map.png', url, size: 100, content_type: 'image/png' }],
    })
    const seen = await ada.press(draft, ' show')
    expect(saidOn(seen)).toMatch(/^\[Image\] Mind the river\. Test: /)
    await ada.press(draft, ' send')
    await finished(1)
    const [posted] = [...(discord.taken.get('1100000000000000000')?.values() ?? [])]
    expect(saidOn({ body: posted })).toBe('[Image] Mind the river.')
    expect(discord.attached.size).toBe(0)
    expect(await store.reach.unreachable('discord')).toEqual([])
  },
)
