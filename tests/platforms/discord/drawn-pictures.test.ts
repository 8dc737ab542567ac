import { expect, test } from 'vitest'
import type { Pictures } from '../../../src/poster.ts'
import { readDiscord } from '../../discord-markdown.ts'
import { memoryPictures } from '../../pictures.ts'
import { drawingBot } from '../drawn.ts'
import { buttonOf, messageOf, row } from './person.ts'
import { asker, openDiscord } from './scene.ts'
import {
  answerWith,
  BOT,
  type Fault,
  FILE_REFUSALS,
  hang,
  refuse,
  reset,
  type Shown,
  snowflake,
} from './server.ts'

const EPHEMERAL = 64

function open(pictures: Pictures = memoryPictures(), isPrivate = false) {
  const { bot, left } = drawingBot({}, isPrivate)
  return openDiscord({ bot, pictures }).then(scene => ({ ...scene, left }))
}

type Scene = Awaited<ReturnType<typeof open>>

/** The types of an answer's components, and its words. */
const typesOf = ({ body }: Shown): number[] =>
  body.components[0].components.map(({ type }: { type: number }) => type)
const words = ({ body }: Shown) => readDiscord(body).replace(/^ +/gm, '').trim()

const filesOf = ({ server }: Pick<Scene, 'server'>, { message }: Shown) =>
  [...server.attached.keys()].flatMap(key => {
    const [of, name] = key.split('/')
    return of === message ? [name] : []
  })

test('an answer is promised, and then has its pictures in order between the texts, with their words', async () => {
  await using scene = await open()
  const promised = scene.server.next(/^POST \/interactions/)
  const shown = await scene.server.shown(await scene.slash('both')).next()
  expect((await promised).body).toEqual({ type: 5, data: {} })
  expect(shown.call.route).toMatch(/^PATCH .*@original$/)
  expect(typesOf(shown)).toEqual([10, 12, 10, 12, 10])
  expect(shown.body.attachments).toEqual([
    { id: 0, filename: 'picture.png' },
    { id: 1, filename: 'picture-2.png' },
  ])
  expect(filesOf(scene, shown)).toEqual(['picture.png', 'picture-2.png'])
  const galleries = shown.body.components[0].components.filter(
    ({ type }: { type: number }) => type === 12,
  )
  expect(galleries.map(({ items }: { items: object[] }) => items)).toEqual([
    [
      {
        media: { url: 'attachment://picture.png' },
        description: expect.stringContaining('Drin · 4.20 m'),
      },
    ],
    [
      {
        media: { url: 'attachment://picture-2.png' },
        description: expect.stringContaining('The river and its gauges'),
      },
    ],
  ])
  expect(shown.body).not.toHaveProperty('pictures')
})

const REFUSALS: readonly Fault[] = [
  ...FILE_REFUSALS.map(([status, code]) => refuse(status, code)),
  answerWith(413, '<html>Request Entity Too Large</html>'),
  answerWith(502, '<html>Bad Gateway</html>'),
  reset,
  hang,
]

const CARDS = 'First.\nRiver: Drin\nLevel: 4.20 m\nThen.\n[Image: The river and its gauges]\nLast.'

test.for(REFUSALS)(
  'cards stand in the places of refused pictures, in one message (%#)',
  async fault => {
    await using scene = await open()
    const { server } = scene
    server.weather = ({ body }) => (body?.attachments?.length ? { fault } : undefined)
    const answered = await server.shown(await scene.slash('both')).next()
    expect(words(answered)).toBe(CARDS)
    expect(answered.body.attachments).toEqual([])
    const channel = snowflake()
    await server.dispatch('MESSAGE_CREATE', {
      ...{ id: snowflake(), channel_id: channel, guild_id: snowflake(), type: 0 },
      ...{ content: `<@${BOT}> /both`, mentions: [{ id: BOT }] },
      author: { id: snowflake(), username: 'ada' },
    })
    expect(words(await server.shown(channel).next())).toBe(CARDS)
    expect(server.taken.get(channel)?.size).toBe(1)
    expect(server.attached.size).toBe(0)
    expect(scene.left).toEqual([])
  },
)

test('cards of a private answer stay private', async () => {
  await using scene = await open(memoryPictures(), true)
  scene.server.meet(/^PATCH .*@original$/, refuse(403, 50013))
  const promised = scene.server.next(/^POST \/interactions/)
  const shown = await scene.server.shown(await scene.slash('drin')).next()
  // The edit of a promise keeps its flag.
  expect((await promised).body.data).toEqual({ flags: EPHEMERAL })
  expect(words(shown)).toMatch(/River: Drin/)
  expect(scene.server.calls.filter(({ route }) => /^(DELETE|POST) \/webhooks/.test(route))).toEqual(
    [],
  )
})

test.for([
  ['cannot be drawn or is not there any more', async () => undefined],
  ['cannot be read', () => Promise.reject(new Error('The store is away.'))],
] satisfies [string, Pictures['read']][])(
  'cards stand in the place of a picture that %s',
  async ([, read]) => {
    await using scene = await open({ ...memoryPictures(), read })
    expect(words(await scene.server.shown(await scene.slash('both')).next())).toBe(CARDS)
    expect(scene.server.attached.size).toBe(0)
  },
)

test('a pressed button changes its message in place, with other pictures and without any', async () => {
  await using scene = await open()
  const me = asker()
  let shown = await scene.server.shown(await scene.slash('words', [], me)).next()
  const original = shown.message
  for (const [line, types, files] of [
    ['/drin', [10, 12, 14, 1], ['picture.png']],
    ['/sava', [10, 12, 14, 1], ['picture.png']],
    ['/words', [10, 14, 1], []],
    ['/both', [10, 12, 10, 12, 10], ['picture.png', 'picture-2.png']],
  ] as const) {
    const message = { ...messageOf(shown, me.user), components: [row(buttonOf(line))] }
    const data = { component_type: 2, custom_id: line }
    const promised = scene.server.next(/^POST \/interactions/)
    const token = await scene.interact({ type: 3, data, message, ...me })
    // Words alone need no promise.
    expect((await promised).body.type).toBe(line === '/words' ? 7 : 6)
    shown = await scene.server.shown(token).next()
    expect(shown.message).toBe(original)
    expect(typesOf(shown)).toEqual(types)
    expect(filesOf(scene, shown)).toEqual(files)
  }
  expect(scene.server.calls.filter(({ route }) => /^POST \/webhooks/.test(route))).toEqual([])
})

test('a press whose pictures are refused leaves cards in its message, without the old pictures', async () => {
  await using scene = await open()
  const me = asker()
  const first = await scene.server.shown(await scene.slash('drin', [], me)).next()
  expect(filesOf(scene, first)).toEqual(['picture.png'])
  scene.server.meet(/^PATCH .*@original$/, refuse(400, 50046))
  const message = messageOf(first, me.user)
  const data = { component_type: 2, custom_id: '/sava' }
  const token = await scene.interact({ type: 3, data, message, ...me })
  const second = await scene.server.shown(token).next()
  expect(second.message).toBe(first.message)
  expect(words(second)).toMatch(/River: Sava/)
  expect(filesOf(scene, second)).toEqual([])
})

test('a file stands below the pictures, and both become words where uploads are refused', async () => {
  await using scene = await open()
  const first = await scene.server.shown(await scene.slash('file')).next()
  expect(typesOf(first)).toEqual([10, 12, 13])
  expect(filesOf(scene, first)).toEqual(['picture.png', 'rivers.csv'])
  scene.server.meet(/^PATCH .*@original$/, refuse(403, 50013))
  const second = await scene.server.shown(await scene.slash('file')).next()
  expect(words(second)).toMatch(/River: Drin\n.*\nI can’t send files here\./)
  expect(filesOf(scene, second)).toEqual([])
})

test('a part that is a picture with its number alone is replaced by no answer', async () => {
  await using scene = await open()
  const me = asker()
  const first = await scene.server.shown(await scene.slash('words', [], me)).next()
  const components = [row(buttonOf('/words')), { type: 10, content: '-# 2/2' }]
  const message = { ...messageOf(first, me.user), components }
  const data = { component_type: 2, custom_id: '/words' }
  const token = await scene.interact({ type: 3, data, message, ...me })
  expect((await scene.server.shown(token).next()).call.body.type).toBe(4)
})
