import { expect, test } from 'vitest'
import { message, paragraph } from '../../../src/message.ts'
import { expectDiscordTakes } from '../../discord-markdown.ts'
import { answering } from '../../request.ts'
import { openBot } from '../../shipped.ts'
import { openDiscord } from './scene.ts'
import { refuse } from './server.ts'

const EPHEMERAL = 64
const FILE = { name: 'copy.json', type: 'application/json', text: '{"ö": "🙂"}' } as const

const open = (isPrivate: boolean) => {
  const said = { ...message([paragraph('Here.')]), file: FILE }
  const shipped = openBot()
  const parse = (text: string) => ({ ...shipped.parse(text), isPrivate })
  const bot = answering({ ...shipped, parse }, async () => ({ message: said, understood: true }))
  return openDiscord({ bot })
}

test('a file is attached, and shown below the text', async () => {
  await using scene = await open(false)
  const token = await scene.slash('about')
  const shown = await scene.server.shown(token).next()
  expect(shown.body).toMatchObject({
    components: [
      {
        type: 17,
        components: [
          { type: 10, content: 'Here.' },
          { type: 13, file: { url: 'attachment://copy.json' } },
        ],
      },
    ],
    attachments: [{ id: 0, filename: 'copy.json' }],
  })
  expectDiscordTakes(shown.body)
  const file = scene.server.attached.get(`${shown.message}/copy.json`)
  expect(file).toMatchObject({ name: 'copy.json' })
  expect(file?.type).toMatch(/^application\/json/)
  expect(String(file?.bytes)).toBe(FILE.text)
})

test('a private answer with a file is for the user alone', async () => {
  await using scene = await open(true)
  await scene.slash('about')
  // The deferral leaves time for the upload.
  const { body } = await scene.server.next(/^POST \/interactions/)
  expect(body).toEqual({ type: 5, data: { flags: EPHEMERAL } })
})

test('a channel that accepts no file is told so', async () => {
  await using scene = await open(false)
  scene.server.meet(/^PATCH \/webhooks/, refuse(403, 50013))
  const token = await scene.slash('about')
  const { body } = await scene.server.shown(token).next()
  expect(JSON.stringify(body)).toContain('I can’t send files here.')
  expect(body.attachments).toEqual([])
})
