import { expect, test } from 'vitest'
import { openKeepingBot } from '../../keeping.ts'
import { telegramPerson } from './person.ts'
import { openTelegram } from './scene.ts'

test('a private chat chooses its table style in one message, which becomes a picture and a text again', async () => {
  const { bot } = await openKeepingBot()
  await using scene = await openTelegram({ bot })
  const { server } = scene
  const ada = telegramPerson(server, 700)
  /** The messages of the chat: each is a text or a picture. */
  const kinds = () =>
    [...(server.taken.get('700') ?? [])].flatMap(([id, text]) =>
      text === null ? [] : [server.photos.has(`700/${id}`) ? 'picture' : 'text'],
    )
  await ada.type('/settings')
  await ada.read()
  await ada.press('Table style')
  expect((await ada.read())[0]).toMatch(/^Table style/)
  expect(kinds()).toEqual(['picture'])
  await ada.press('Dark image')
  expect((await ada.read())[0]).toMatch(/Dark image/)
  await ada.press('Image')
  await ada.read()
  expect(kinds()).toEqual(['picture'])
  await ada.press('Back')
  expect((await ada.read())[0]).toMatch(/Table style: Image/i)
  await expect.poll(kinds).toEqual(['text'])
  expect(scene.events()).not.toContain('reply.failed')
})
