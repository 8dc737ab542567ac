import { expect, test } from 'vitest'
import { message, paragraph, type TableStyle, table } from '../../src/message.ts'
import { answerBodies } from '../../src/platforms/web/bodies.ts'
import { inspect } from '../../src/platforms/web/inspection.ts'
import { createShownPictures } from '../../src/platforms/web/pictures.ts'
import type { Entry } from '../../src/platforms/web/protocol.ts'
import { memoryPictures } from '../pictures.ts'
import { openBot } from '../shipped.ts'

/** The inspection of an entry with the messages of an answer. */
async function inspected(
  { isPressed = false, ...entry }: Partial<Entry> & { readonly isPressed?: boolean },
  said = message([paragraph('One.')]),
  style: TableStyle = 'grid',
) {
  const pictures = createShownPictures(memoryPictures())
  const bodies = pictures.named(await answerBodies(said, style, openBot()))
  const all = { id: 1, key: 1, by: 'typed', at: 0, ...bodies, ...entry } as Entry
  return inspect({ entry: all, shows: {}, isPressed })
}

const CALLBACK = 'POST /interactions/{interaction}/{token}/callback'
const FOLLOW_UP = 'POST /webhooks/{application}/{interaction token}'
const ORIGINAL = `${FOLLOW_UP.replace('POST', 'PATCH')}/messages/@original`
const PRESSED = { isEdited: true, isPressed: true } as const
const CHANNEL = 'POST /channels/{channel}/messages'

test.each<[string, Parameters<typeof inspected>[0], string, number | undefined, string]>([
  ['a command', { line: '/one' }, CALLBACK, 4, 'sendMessage'],
  ['a press in place', { line: '/one', ...PRESSED }, CALLBACK, 7, 'editMessageText'],
  ['a press in place of words', { line: 'one', ...PRESSED }, CALLBACK, 7, 'editMessageText'],
  ['a command, later', { line: '/one', isEdited: true }, ORIGINAL, undefined, 'editMessageText'],
  ['a press below', { by: 'pressed', line: '/one' }, CALLBACK, 4, 'sendMessage'],
  ['a form', { by: 'form', line: '/one' }, CALLBACK, 4, 'sendMessage'],
  ['a plain message', { line: 'one' }, CHANNEL, undefined, 'sendMessage'],
  ['a post', { by: 'post' }, CHANNEL, undefined, 'sendMessage'],
])('the answer to %s is sent with its call', async (_, entry, discord, type, telegram) => {
  const inspection = await inspected(entry)
  expect(inspection.discord).toMatchObject([{ call: discord, objections: [] }])
  expect(inspection.discord[0]?.body).toMatchObject(
    type ? { type, data: {} } : { components: [{}] },
  )
  expect(inspection.telegram).toMatchObject([{ call: telegram, objections: [] }])
  expect(inspection.telegram[0]?.body).toMatchObject({ chat_id: '{chat}', parse_mode: 'HTML' })
})

test('further parts follow by the webhook, each with its own limits', async () => {
  const long = message(Array.from({ length: 3 }, () => paragraph('word '.repeat(600))))
  const { discord, telegram } = await inspected({ line: '/long' }, long)
  const [first, ...more] = discord
  expect(first?.call).toBe(CALLBACK)
  expect(more.length).toBeGreaterThan(0)
  expect(new Set(more.map(({ call }) => call))).toEqual(new Set([FOLLOW_UP]))
  for (const { limits, objections } of [...discord, ...telegram]) {
    expect(limits[0]).toMatchObject({ name: 'characters' })
    expect(limits[0]?.used).toBeGreaterThan(1000)
    expect(objections).toEqual([])
  }
})

test('an image and the keys of the server are placeholders', async () => {
  const picture = { id: 7, type: 'png' as const, alt: 'A map.', width: 2, height: 2 }
  const { discord, telegram } = await inspected(
    { by: 'post' },
    {
      ...message([paragraph('One.')]),
      picture,
    },
  )
  expect(discord[0]?.body).not.toHaveProperty('pictures')
  expect(telegram).toMatchObject([
    { call: 'sendPhoto', body: { photo: '{file}', caption: 'One.' } },
  ])
  expect(telegram[0]?.body).not.toHaveProperty('method')
  expect(telegram[0]?.body).not.toHaveProperty('instead')
})

test('a call with images names its parts, and a picture of a table has its words beside it', async () => {
  const cells = (name: string) => table([['River'], [name]])
  const said = message([paragraph('One.'), cells('Drin'), paragraph('Two.'), cells('Buna')])
  const { discord, telegram } = await inspected({ by: 'post' }, said, 'picture')
  expect(discord[0]?.files).toEqual([
    { part: 'files[0]', filename: 'picture.png', type: 'image/png' },
    { part: 'files[1]', filename: 'picture-2.png', type: 'image/png' },
  ])
  expect(discord[0]?.body).toMatchObject({
    attachments: [
      { id: 0, filename: 'picture.png' },
      { id: 1, filename: 'picture-2.png' },
    ],
  })
  expect(JSON.stringify(discord[0]?.body)).toContain('"description":"River\\nDrin"')
  expect(telegram).toMatchObject([
    {
      call: 'sendPhoto',
      body: { photo: '{file}', caption: expect.stringContaining('Drin') },
      objections: [],
    },
    { call: 'sendPhoto', body: { show_caption_above_media: true } },
  ])
})

test('a call with an image and a file names both with their types', async () => {
  const file = { name: 'plan.ics', type: 'text/calendar', text: 'BEGIN:VCALENDAR' }
  const said = { ...message([table([['River'], ['Drin']])]), file }
  const { discord } = await inspected({ line: '/calendar' }, said, 'picture')
  expect(discord[0]?.files).toEqual([
    { part: 'files[0]', filename: 'picture.png', type: 'image/png' },
    { part: 'files[1]', filename: 'plan.ics', type: 'text/calendar' },
  ])
})

test('an edit keeps the image of an announcement, and replaces the image of a table', async () => {
  const edited = { by: 'post', isEdited: true } as const
  const picture = { id: 7, type: 'png' } as const
  const announced = await inspected(edited, { ...message([paragraph('One.')]), picture })
  expect(announced.telegram).toMatchObject([
    { call: 'editMessageCaption', body: { message_id: '{message}', caption: 'One.' } },
  ])
  expect(announced.telegram[0]?.body).not.toHaveProperty('photo')
  expect(announced.discord[0]?.body).not.toHaveProperty('attachments')
  expect(announced.discord[0]).not.toHaveProperty('files')
  const drawn = await inspected(edited, message([table([['River'], ['Drin']])]), 'picture')
  const media = { type: 'photo', media: '{file}', caption: expect.stringContaining('Drin') }
  expect(drawn.telegram).toMatchObject([{ call: 'editMessageMedia', body: { media } }])
  expect(drawn.discord).toMatchObject([{ files: [{ part: 'files[0]' }] }])
})

test('what was read of a text is shown without positions', async () => {
  const bodies = { discord: [], telegram: [] }
  const entry = { id: 1, key: 1, by: 'form', at: 0, ...bodies } as const
  const position = { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } }
  const body = { type: 'root', position, children: [{ type: 'text', value: 'x', position }] }
  expect(inspect({ entry, shows: {}, parsed: { body, lost: ['underline'] } })).toEqual({
    ...bodies,
    parsed: {
      body: { type: 'root', children: [{ type: 'text', value: 'x' }] },
      lost: ['underline'],
    },
  })
})
