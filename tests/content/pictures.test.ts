import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import type { RootContent } from 'mdast'
import { expect, test } from 'vitest'
import { passages } from '../../src/briefing/passages.ts'
import { diffEditions, NOTHING_CHANGED } from '../../src/content/diff.ts'
import { parseMarkdown } from '../../src/content/markdown.ts'
import { createPictureFiles } from '../../src/content/picture-files.ts'
import { picturePaths } from '../../src/content/picture-paths.ts'
import { jpeg, png, webp } from '../pictures.ts'
import { runs } from '../properties.ts'
import { contentPictureOf, pictureFolder } from './picture-folder.ts'

const MAP = png(40, 30)
const map = (path = 'map.png', bytes: Uint8Array = MAP) => ({
  ...{ path, hash: hash('sha256', bytes), type: 'png' },
})

/** The nodes of a body: the kind of each, its words, and the file of an image. */
function outline(nodes: readonly RootContent[]): unknown[] {
  return nodes.map(node => {
    if (node.type === 'image') return { words: node.alt, file: contentPictureOf(node)?.path }
    if ('children' in node) return { [node.type]: outline(node.children as RootContent[]) }
    return 'value' in node ? node.value : node.type
  })
}

async function bodyOf(text: string, write: readonly string[] = ['map.png']) {
  using content = pictureFolder()
  for (const path of write) content.write(path, MAP)
  content.body(text)
  const { edition, problems } = await content.load()
  expect(problems).toBeUndefined()
  return edition?.sections[1]?.body.children ?? []
}

test.each([
  ['![Map](map.png)', 'map.png'],
  ['![Map](./map.png)', 'map.png'],
  ['![Map](../map.png)', 'map.png'],
  ['![Map](map.png)', 'sections/map.png'],
  ['![Map](pictures/map.png)', 'pictures/map.png'],
  // A number does not make an image look like a file of a section.
  ['![Map](02-map.png)', 'sections/02-map.png'],
  ['![Map](../pictures/map.png)', 'pictures/map.png'],
  ['![Map](north/../map.png)', 'map.png'],
  ['![Map](map.png?raw=true#top "Title")', 'map.png'],
  ['![Map](map%20of%20%28all%29.png)', 'map of (all).png'],
  ['![Map](<map of all.png>)', 'map of all.png'],
  ['![Map](Karte-%C3%A4.png)', 'Karte-ä.png'],
  ['![Map](100%.png)', '100%.png'],
  ['![Map][m]\n\n[m]: map.png', 'map.png'],
  ['![Map]\n\n[map]: ../map.png', 'map.png'],
])('%s shows the file %s', async (text, path) => {
  using content = pictureFolder()
  content.write(path, MAP)
  content.body(text)
  const { edition, problems, warnings } = await content.load()
  expect([problems, warnings]).toEqual([undefined, []])
  expect(edition?.sections[1]?.body.children).toMatchObject([
    { type: 'image', alt: 'Map', data: { picture: map(path) } },
  ])
})

test('a path counts from the folder of the sections first, and then from the content folder', async () => {
  using content = pictureFolder()
  content.write('map.png', MAP)
  content.write('sections/map.png', png(41, 30))
  content.body('![A](map.png)\n\n![B](../map.png)')
  const { edition } = await content.load()
  expect(outline(edition?.sections[1]?.body.children ?? [])).toEqual([
    { words: 'A', file: 'sections/map.png' },
    { words: 'B', file: 'map.png' },
  ])
})

test('JPEG, PNG and WebP are known by their bytes, whatever their names', async () => {
  using content = pictureFolder()
  content.write('a.png', jpeg(40, 30))
  content.write('b.jpeg', webp(40, 30))
  content.write('c', MAP)
  content.body('![A](a.png)\n\n![B](b.jpeg)\n\n![C](c)')
  const { edition } = await content.load()
  expect(edition?.sections[1]?.body.children).toMatchObject([
    { data: { picture: { type: 'jpeg' } } },
    { data: { picture: { type: 'webp' } } },
    { data: { picture: { type: 'png' } } },
  ])
})

const image = { words: 'Map', file: 'map.png' }

test.each([
  ['Before ![Map](map.png) after.', [{ paragraph: ['Before'] }, image, { paragraph: ['after.'] }]],
  ['Before\n![Map](map.png)\nafter', [{ paragraph: ['Before'] }, image, { paragraph: ['after'] }]],
  ['a\\\n![Map](map.png)\\\nb', [{ paragraph: ['a'] }, image, { paragraph: ['b'] }]],
  ['![Map](map.png) ![Map](map.png)', [image, image]],
  [
    '**bold ![Map](map.png) words** x',
    [{ paragraph: [{ strong: ['bold'] }] }, image, { paragraph: [{ strong: ['words'] }, ' x'] }],
  ],
  ['## Port ![Map](map.png)', [{ heading: ['Port'] }, image]],
  [
    '> a\n>\n> ![Map](map.png)\n>\n> b',
    [{ blockquote: [{ paragraph: ['a'] }] }, image, { blockquote: [{ paragraph: ['b'] }] }],
  ],
  ['[![Map](map.png)](https://example.org)', [{ paragraph: [{ link: ['Map'] }] }, image]],
  ['a ![Map](https://x.org/map.png)', [{ paragraph: ['a ', { link: ['Map (picture)'] }] }]],
])('an image is a block of its own, in its place: %j', async (text, expected) => {
  expect(outline(await bodyOf(text))).toEqual(expected)
})

test('a list is split around an image, and its numbers go on', async () => {
  const body = await bodyOf(
    '3. one\n4. two\n\n   ![Map](map.png)\n\n   more\n5. three ![Map](map.png)\n6. four',
  )
  const item = (text: string) => ({ listItem: [{ paragraph: [text] }] })
  expect(outline(body)).toEqual([
    { list: [item('one'), item('two')] },
    image,
    { paragraph: ['more'] },
    { list: [item('three')] },
    image,
    { list: [item('four')] },
  ])
  expect(body.flatMap(node => (node.type === 'list' ? [node.start] : []))).toEqual([3, 5, 6])
})

test('in a table or a note, an image is its words, and a warning says so', async () => {
  using content = pictureFolder()
  content.write('map.png', MAP)
  content.body('| a |\n| - |\n| ![Map](map.png) |\n\nx[^1]\n\n[^1]: ![Map](map.png)')
  const { edition, warnings } = await content.load()
  expect(JSON.stringify(edition?.sections[1]?.body)).not.toContain('"image"')
  expect(outline(edition?.sections[1]?.body.children ?? [])).toMatchObject([
    { table: [{ tableRow: [{ tableCell: ['a'] }] }, { tableRow: [{ tableCell: ['Map'] }] }] },
    { paragraph: ['x', 'footnoteReference'] },
    { footnoteDefinition: [{ paragraph: ['Map'] }] },
  ])
  const message =
    'Readers see only the words of this image, because it stands in a table or a note.'
  expect(warnings.map(each => [each.line, each.message])).toEqual([
    [9, message],
    [13, message],
  ])
})

const FORMATS = 'Save the image as JPEG, PNG or WebP.'

test.each<[string, string | Uint8Array | undefined, string]>([
  [
    'map.png',
    undefined,
    'There is no file `map.png` in the content folder. Put the image there, or take it out here.',
  ],
  [
    'map.png',
    '<svg width="9" height="9"></svg>',
    `The file \`map.png\` is an SVG, not a JPEG, PNG or WebP image. ${FORMATS}`,
  ],
  [
    'map.png',
    'GIF89a\x01\x00\x01\x00',
    `The file \`map.png\` is a GIF, not a JPEG, PNG or WebP image. ${FORMATS}`,
  ],
  [
    'map.png',
    '<!DOCTYPE html><p>404',
    `The file \`map.png\` is a web page, not a JPEG, PNG or WebP image. ${FORMATS}`,
  ],
  ['map.png', '', `The file \`map.png\` is empty, not a JPEG, PNG or WebP image. ${FORMATS}`],
  [
    'map.png',
    'words',
    `The file \`map.png\` is another kind of file, not a JPEG, PNG or WebP image. ${FORMATS}`,
  ],
  [
    'map.png',
    Buffer.concat([MAP], 1_000_001),
    'The file `map.png` has 1,000,001 bytes; 1,000,000 is the most. Make the image smaller.',
  ],
  [
    'map.png',
    MAP.subarray(0, -1),
    'The file `map.png` is damaged, or a part of it is missing. Copy it again.',
  ],
  [
    'map.png',
    png(5000, 5001),
    'Telegram does not accept the width and height of `map.png`. Keep both sides together at 10,000 pixels or less, and the longer one at 20 times the shorter one or less.',
  ],
])('%s with %j is a problem', async (path, bytes, problem) => {
  using content = pictureFolder()
  if (bytes !== undefined) content.write(path, bytes)
  expect(await content.problems(`Words.\n\n![Map](${path})`)).toEqual([`9: ${problem}`])
})

test('a missing image is told with the nearest name', async () => {
  using content = pictureFolder()
  content.write('pictures/Port map (new).png', MAP)
  content.write('.git/gone.png', MAP)
  const nearest = 'Write `pictures/Port%20map%20%28new%29.png`, if you mean that.'
  const missing = (address: string) => `There is no file \`${address}\` in the content folder.`
  for (const address of [
    'Port%20map%20(new).png',
    'pictures/port%20map%20(new).jpg',
    'x/Port%20mpa%20(new).png',
  ]) {
    expect(await content.problems(`![Map](${address})`)).toEqual([
      `7: ${missing(address)} ${nearest}`,
    ])
  }
  const other = 'Put the image there, or take it out here.'
  expect(await content.problems('![Map](gone.png)')).toEqual([`7: ${missing('gone.png')} ${other}`])
  content.write('one.png', MAP)
  expect(await content.problems('![Map](nope.png)')).toEqual([`7: ${missing('nope.png')} ${other}`])
  expect(await content.problems(`![Map](${nearest.split('`')[1]})`)).toEqual([])
})

test('a path with blanks is told with the blanks encoded', async () => {
  using content = pictureFolder()
  content.write('Port map.png', MAP)
  expect(await content.problems('![Map](Port map.png)')).toEqual([
    '7: This looks like a link but is none. Write `(Port%20map.png)`, because an address has no blanks; put a `\\` before a `]` that is text.',
  ])
  expect(await content.problems('![Map](Port%20map.png)')).toEqual([])
})

test('letters that differ in case are told on every system', async () => {
  using content = pictureFolder()
  content.write('Pictures/Map.PNG', MAP)
  expect(await content.problems('![Map](pictures/map.png)')).toEqual([
    '7: Letters of `pictures/map.png` differ in case from the name of the file. Write `Pictures/Map.PNG`.',
  ])
  expect(await content.problems('![Map](Pictures/Map.PNG)')).toEqual([])
})

test('composed and decomposed accents are the same name', async () => {
  expect(await bodyOf('![Map](K%C3%B6ln.png)', ['Ko\u0308ln.png'])).toMatchObject([
    { data: { picture: { path: 'Ko\u0308ln.png' } } },
  ])
})

test('an image has words', async () => {
  using content = pictureFolder()
  content.write('map.png', MAP)
  expect(await content.problems('x\n\n![ ](map.png)')).toEqual([
    '9: This image has no words. Write what it shows: `![words](…)`.',
  ])
})

test.each([
  '/etc/map.png',
  '../../secret.png',
  'C:\\\\map.png',
  'file:///map.png',
  '%2e%2e/../secret.png',
])('nothing outside the content folder is read: %s', async address => {
  using content = pictureFolder()
  writeFileSync(join(content.outside, 'secret.png'), MAP)
  const [problem, ...others] = await content.problems(`![Map](${address})`)
  expect(problem).toContain('leads out of the content folder. Put the image in the content folder')
  expect(others).toEqual([])
})

test('links may lead to places within the content folder, and nowhere else', async () => {
  using content = pictureFolder()
  writeFileSync(join(content.outside, 'secret.png'), MAP)
  mkdirSync(join(content.outside, 'elsewhere'))
  writeFileSync(join(content.outside, 'elsewhere/map.png'), MAP)
  symlinkSync('../secret.png', join(content.root, 'out.png'))
  symlinkSync(join(content.outside, 'elsewhere'), join(content.root, 'folder'))
  symlinkSync('loop.png', join(content.root, 'loop.png'))
  const out = (path: string) =>
    `7: The file \`${path}\` is a link that leads out of the content folder. Put the image itself in its place.`
  expect(await content.problems('![Map](out.png)')).toEqual([out('out.png')])
  expect(await content.problems('![Map](folder/map.png)')).toEqual([out('folder/map.png')])
  expect(await content.problems('![Map](loop.png)')).toEqual([
    '7: The file `loop.png` cannot be read (ELOOP). Check its permissions.',
  ])
  const files = createPictureFiles(content.root)
  for (const path of ['out.png', 'folder/map.png', '../secret.png', 'loop.png', '']) {
    expect(await files.read({ path, hash: map().hash, type: 'png' })).toBeUndefined()
  }
  // As Kubernetes mounts a volume.
  content.write('..data/map.png', MAP)
  symlinkSync('..data/map.png', join(content.root, 'in.png'))
  expect(await content.problems('![Map](in.png)')).toEqual([])
  expect(await files.read({ path: 'in.png', hash: map().hash, type: 'png' })).toBeDefined()
})

test('a folder, a pipe and a device are no images, and hold nothing up', async () => {
  using content = pictureFolder()
  mkdirSync(join(content.root, 'folder.png'))
  execFileSync('mkfifo', [join(content.root, 'pipe.png')])
  for (const path of ['folder.png', 'pipe.png']) {
    expect(await content.problems(`![Map](${path})`)).toEqual([
      `7: \`${path}\` is not a file. Put an image in its place.`,
    ])
    const files = createPictureFiles(content.root)
    expect(await files.read({ ...map(path), type: 'png' })).toBeUndefined()
  }
})

test('any address is a path below the content folder, or none', () => {
  const part = fc.constantFrom(
    '..',
    '.',
    '',
    'a',
    'map.png',
    '%2e%2e',
    '%2F',
    '%00',
    '\\',
    'C:',
    '~',
    ' ',
  )
  const address = fc.oneof(
    fc.string(),
    fc.array(part).map(parts => parts.join('/')),
  )
  fc.assert(
    fc.property(address, text => {
      for (const path of picturePaths(text) ?? []) {
        expect(join('/content', path)).toMatch(/^\/content\/[^/]/)
        expect(path.split('/')).not.toContain('..')
      }
    }),
    { numRuns: runs(2000) },
  )
})

test('thousands of images in a section are told once, and 100 are read at most', async () => {
  using content = pictureFolder()
  content.write('m', MAP)
  const [problem, ...others] = await content.problems('![M](m)\n\n'.repeat(2000))
  expect(problem).toBe(
    '207: The sections have 2000 images; 100 is the most. Take some of them out.',
  )
  expect(others).toEqual([])
  expect(await content.problems('![M](m) '.repeat(100))).toEqual([])
  // Of each file, 20 problems are listed.
  const missing = Array.from({ length: 100 }, (_, index) => `![M](m${index}.jpg)\n`).join('\n')
  expect(await content.problems(missing)).toHaveLength(21)
})

test('problems of the text and of the images are told together', async () => {
  using content = pictureFolder()
  expect(await content.problems('![Map](map.png)\n\n<b>x</b>\n\n![](map.png)')).toEqual([
    expect.stringMatching(/^7: There is no file/),
    expect.stringMatching(/^9: HTML/),
    expect.stringMatching(/^11: This image has no words/),
    expect.stringMatching(/^11: There is no file/),
  ])
})

test('an image in a draft is a problem of the draft alone', async () => {
  using content = pictureFolder()
  content.write(
    'sections/_03-c.md',
    '---\ncommand: c\ntitle: C\nsummary: S\n---\n\n![Map](map.png)\n',
  )
  content.body('Words.')
  expect((await content.load()).problems).toBeUndefined()
  expect((await content.load({ hasDrafts: true })).problems).toMatchObject([
    { file: 'sections/_03-c.md', line: 7 },
  ])
})

test('another file is another edition, also from the cache, and no change that readers are told', async () => {
  using content = pictureFolder()
  content.write('map.png', MAP)
  content.body('Words.\n\n![Map of the port](map.png)')
  const [first, again] = [await content.load(), await content.load()]
  expect(again).toEqual(first)
  content.write('map.png', png(41, 30))
  const other = await content.load()
  expect(other.digest).not.toBe(first.digest)
  expect(other.edition?.sections[1]?.body.children[1]).toMatchObject({
    data: { picture: map('map.png', png(41, 30)) },
  })
  if (!first.edition || !other.edition) throw new Error('The editions have problems.')
  expect(diffEditions(first.edition, other.edition)).toEqual(NOTHING_CHANGED)
  content.write('plan.png', MAP)
  content.body('Words.\n\n![Map of the harbour](plan.png)')
  const { edition } = await content.load()
  expect(edition && diffEditions(first.edition, edition).sections).toMatchObject([
    {
      kind: 'changed',
      passages: {
        rewritten: [{ from: [{ text: 'Map of the port' }], to: [{ text: 'Map of the harbour' }] }],
      },
    },
  ])
})

test('a search finds an image by its words', async () => {
  using content = pictureFolder()
  content.write('map.png', MAP)
  content.body('Words.\n\n![Chart of the western harbour](map.png)')
  const { edition } = await content.load()
  const found = edition && [...passages(edition)].map(({ text }) => text)
  expect(found).toContain('Chart of the western harbour')
})

test('bytes are read while the file is the same, and never those of another file', async () => {
  using content = pictureFolder()
  content.write('map.png', MAP)
  const files = createPictureFiles(content.root)
  const picture = { ...map(), type: 'png' as const }
  expect(await files.read(picture)).toEqual({ bytes: new Uint8Array(MAP), type: 'png' })
  appendFileSync(join(content.root, 'map.png'), 'x')
  expect(await files.read(picture)).toBeUndefined()
  const large = Buffer.concat([MAP], 1_000_001)
  content.write('map.png', large)
  expect(await files.read({ ...map('map.png', large), type: 'png' })).toBeUndefined()
  content.write('map.png', MAP)
  expect(await files.read(picture)).toBeDefined()
  renameSync(join(content.root, 'map.png'), join(content.root, 'other.png'))
  expect(await files.read(picture)).toBeUndefined()
  rmSync(content.root, { recursive: true })
  expect(await files.read(picture)).toBeUndefined()
  content.write('map.png', MAP)
})

test('a file that is written while it is read is read whole, or not at all', async () => {
  using content = pictureFolder()
  content.write('map.png', MAP)
  const files = createPictureFiles(content.root)
  const picture = { ...map(), type: 'png' as const }
  for (let turn = 0; turn < 50; turn++) {
    const reading = files.read(picture)
    if (turn % 2 === 0) content.write('map.png', Buffer.concat([MAP, Buffer.alloc(turn * 50_000)]))
    else content.write('map.png', MAP)
    const read = await reading
    expect(read === undefined || Buffer.from(read.bytes).equals(MAP)).toBe(true)
  }
})

test('an announcement has no image of the content folder', () => {
  expect(parseMarkdown('![Map](map.png)')).toMatchObject({
    problems: [{ fix: 'Write a whole address, https://… or http://…' }],
  })
})
