import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { message, paragraph, table } from '../../src/message.ts'
import type { DrawnPicture, Picture } from '../../src/picture.ts'
import { postBodies } from '../../src/platforms/web/bodies.ts'
import { createShownPictures } from '../../src/platforms/web/pictures.ts'
import { servePlan } from '../../src/platforms/web/plan.ts'
import type { Preview } from '../../src/platforms/web/protocol.ts'
import { png } from '../pictures.ts'

const MAP = { path: 'secret/map.png', hash: 'ab12'.repeat(16), type: 'png' } as const

const BYTES = png(720, 400)

const SAID = message([
  paragraph('Two rivers.'),
  table([
    ['River', 'Level'],
    ['Drin', '4.20 m'],
  ]),
  { type: 'image', url: 'secret/map.png', alt: 'The valley.', data: { picture: MAP } },
])

const bodies = postBodies(SAID, 'picture', { menu: () => [] })

/** Pictures of 720 by 400 pixels, without those that `lacks` says; keeps what was read. */
function shown(lacks: (picture: Picture) => boolean = () => false) {
  const reads: Picture[] = []
  const pictures = createShownPictures({
    async read(picture) {
      reads.push(picture)
      return lacks(picture) ? undefined : { bytes: BYTES, type: 'png' }
    },
  })
  return { pictures, reads }
}

function drawing(text: string): DrawnPicture {
  return { type: 'png', drawing: { kind: 'table', theme: 'light', rows: [[[{ text }]]] } }
}

test('the page gets names, sizes and words of pictures, and no path, drawing or bytes', async () => {
  const { pictures, reads } = shown()
  const { discord, telegram } = await pictures.measured(bodies)
  const size = { width: 720, height: 400 }
  const drawn = expect.stringMatching(/^drawn-[0-9a-f]{64}$/)
  expect(discord).toMatchObject([
    {
      pictures: [
        { ...size, name: drawn, instead: expect.stringContaining('Drin') },
        { ...size, name: MAP.hash, instead: expect.stringContaining('The valley.') },
      ],
    },
  ])
  expect(telegram.flatMap(({ photo }) => photo ?? [])).toEqual([
    { ...size, name: drawn },
    { ...size, name: MAP.hash },
  ])
  expect(JSON.stringify([discord, telegram])).not.toMatch(/secret|"(drawing|bytes|hash|path)"/)
  // Both platforms show the same two files.
  expect(reads).toHaveLength(2)
  await pictures.measured(bodies)
  expect(reads).toHaveLength(2)
})

test('the plainer form replaces a body with a picture that cannot be read', async () => {
  const { pictures } = shown(picture => 'hash' in picture)
  const { discord, telegram } = await pictures.measured(bodies)
  // Discord takes all files of a message, or none.
  expect(discord[0]).not.toHaveProperty('pictures')
  expect(discord[0]).not.toHaveProperty('attachments')
  expect(JSON.stringify(discord)).toMatch(/Drin.*The valley\./)
  expect(telegram.map(({ method }) => method)).toEqual(['sendPhoto', 'sendMessage'])
  expect(telegram[1]?.text).toContain('The valley.')
  expect(telegram[1]).not.toHaveProperty('caption')
})

test('a store that fails counts as a picture that cannot be read', async () => {
  const pictures = createShownPictures({ read: () => Promise.reject(new Error('No store.')) })
  const { telegram } = await pictures.measured(bodies)
  expect(telegram.every(({ method }) => method === 'sendMessage')).toBe(true)
  expect(await pictures.read('1')).toBeUndefined()
})

test('only pictures that were shown are read, and announcements by their id', async () => {
  const { pictures, reads } = shown()
  for (const name of ['__proto__', 'constructor', 'toString', MAP.hash, MAP.path, '', '-', '1e3']) {
    expect(await pictures.read(name)).toBeUndefined()
  }
  expect(reads).toEqual([])
  expect(await pictures.read('7')).toMatchObject({ type: 'png' })
  pictures.named(bodies)
  expect(await pictures.read(MAP.hash)).toMatchObject({ type: 'png' })
  expect(reads).toEqual([{ id: 7, type: 'png' }, MAP])
})

test('of 10,000 pictures the newest 1,000 are remembered', async () => {
  const { pictures } = shown()
  const [body] = bodies.telegram.filter(each => 'photo' in each)
  if (!body) throw new Error('There is no photo.')
  const names = Array.from({ length: 10_000 }, (_, number) => {
    const photo = { ...body, photo: drawing(`${number}`) }
    return pictures.named({ discord: [], telegram: [photo] }).telegram[0]?.photo?.name ?? ''
  })
  expect(new Set(names).size).toBe(10_000)
  const found = await Promise.all(
    names.map(async name => (await pictures.read(name)) !== undefined),
  )
  expect(found.indexOf(true)).toBe(9000)
  expect(found.slice(9000)).not.toContain(false)
})

test('a plan shows the tables of its posts in the chosen style, and reads no picture before it is shown', async () => {
  const { pictures, reads } = shown()
  const today = Temporal.PlainDate.from('2027-05-01')
  const at = today.toZonedDateTime('UTC').toInstant()
  const post = { at, local: 'Sat 1 May 2027', kind: 'digest', title: 'Digest', why: 'Weekly.' }
  const span = { from: today, to: today, today, events: [], asOf: '2027-05-01', zone: 'UTC' }
  const plan = async () => ({ ...span, posts: [{ ...post, message: SAID }] })
  const app = new Hono().get('/posts', servePlan(plan, pictures))
  const names = async (query: string) => {
    const { posts }: Preview = await (await app.request(`/posts${query}`)).json()
    const [telegram, discord] = [posts[0]?.telegram, posts[0]?.discord]
    const photos = telegram?.flatMap(({ photo }) => photo?.name ?? []) ?? []
    expect(discord?.flatMap(body => body.pictures?.map(({ name }) => name) ?? [])).toEqual(photos)
    return photos
  }
  const [light, map] = await names('?tables=picture')
  const [dark] = await names('?tables=dark-picture')
  expect([light, dark, map]).toEqual([
    ...[expect.stringMatching(/^drawn-/), expect.stringMatching(/^drawn-/)],
    MAP.hash,
  ])
  expect(light).not.toBe(dark)
  // An image of a section has no style.
  for (const query of ['', '?tables=grid', '?tables=unknown', '?tables=']) {
    expect(await names(query)).toEqual([MAP.hash])
  }
  expect(reads).toEqual([])
  expect(await pictures.read(dark ?? '')).toMatchObject({ type: 'png' })
})
