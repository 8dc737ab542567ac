import { expect, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { memoryPictures, png } from '../pictures.ts'
import { answering } from '../request.ts'
import { openBot } from '../shipped.ts'
import { openDiscord } from './discord/scene.ts'
import { BOT, FILE_REFUSALS, refuse as refuseDiscord, snowflake } from './discord/server.ts'
import { messageUpdate } from './telegram/person.ts'
import { openTelegram } from './telegram/scene.ts'
import { refuse } from './telegram/server.ts'

/** A bot that answers with a picture, and remembers which places it was told to be out of. */
function picturing() {
  const shown = { ...message([paragraph('The map.')]), picture: { id: 1, type: 'png' as const } }
  const left: unknown[] = []
  const bot = {
    ...answering(openBot(), async () => ({ message: shown, understood: true })),
    left: async (place: unknown) => void left.push(place),
  }
  return { bot, left, pictures: memoryPictures(png(40, 30)) }
}

test.for([
  [400, 'Bad Request: not enough rights to send photos to the chat'],
  [400, 'Bad Request: not enough rights to send media messages to the chat'],
  [400, 'Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN'],
  [400, 'Bad Request: A_NEW_REASON'],
  [403, 'Forbidden: CHAT_SEND_MEDIA_FORBIDDEN'],
] as const)(
  'an answer whose picture a group refuses with %d %s comes in words, and the group stays',
  async ([status, said]) => {
    const { bot, left, pictures } = picturing()
    await using scene = await openTelegram({ bot, pictures })
    scene.server.weather = ({ method }) =>
      method === 'sendPhoto' ? { fault: refuse(status, said) } : undefined
    const chat = { id: -1001, type: 'supergroup', title: 'Desk' }
    scene.server.push(messageUpdate('/threats', { chat }))
    expect((await scene.server.shown('-1001').next()).text).toBe('[Image]\n\nThe map.')
    expect(left).toEqual([])
    expect(scene.server.calls.filter(({ method }) => method === 'sendPhoto')).toHaveLength(1)
  },
)

const words = (shown: { readonly body: object }) => JSON.stringify(shown.body)

test.for(FILE_REFUSALS)(
  'an answer whose file a channel refuses with %d %d comes in words, and the channel stays',
  async ([status, code]) => {
    const { bot, left, pictures } = picturing()
    await using scene = await openDiscord({ bot, pictures })
    const { server } = scene
    server.weather = ({ body }) =>
      body?.attachments?.length ? { fault: refuseDiscord(status, code) } : undefined
    const answered = await server.shown(await scene.slash('threats')).next()
    expect(words(answered)).toMatch(/\[Image.*The map\./)
    const channel = snowflake()
    await server.dispatch('MESSAGE_CREATE', {
      ...{ id: snowflake(), channel_id: channel, guild_id: snowflake(), type: 0 },
      ...{ content: `<@${BOT}> /threats`, mentions: [{ id: BOT }] },
      author: { id: snowflake(), username: 'ada' },
    })
    expect(words(await server.shown(channel).next())).toMatch(/\[Image.*The map\./)
    expect(server.attached.size).toBe(0)
    expect(left).toEqual([])
  },
)
