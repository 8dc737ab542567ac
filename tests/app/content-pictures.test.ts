import { EventEmitter, once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createContentNews } from '../../src/app/content-news.ts'
import { openEditions } from '../../src/app/edition-source.ts'
import { systemClock } from '../../src/clock.ts'
import { sentences } from '../../src/log.ts'
import { contentPictureOf, pictureFolder } from '../content/picture-folder.ts'
import { png } from '../pictures.ts'

/** A watched folder with an image in its second section, and one in a draft. */
async function open() {
  const content = pictureFolder()
  content.write('map.png', png(40, 30))
  content.body('![Map](map.png)')
  const reads = new EventEmitter()
  const editions = openEditions({
    ...{ directory: content.root, clock: systemClock, timeZone: 'UTC', hasDrafts: true },
    log: sentences(() => {}),
    onChange() {},
    onRead: () => reads.emit('read'),
  })
  onTestFinished(async () => {
    await editions.stop()
    content[Symbol.dispose]()
  })
  await editions.watch()
  const { updates } = createContentNews(editions, systemClock, 'UTC')
  return {
    ...{ content, editions, updates },
    /** The hash of the image, and the messages of the problems. */
    state() {
      const [image] = editions.published()?.sections[1]?.body.children ?? []
      const hash = contentPictureOf(image)?.hash
      return { hash, problems: editions.problems().map(({ message }) => message) }
    },
    /** Changes the folder. Resolves once the change has been read. */
    async edit(change: () => void) {
      const read = once(reads, 'read')
      change()
      await read
    },
  }
}

test('an image that breaks keeps the last edition, and a new one is used without an update', async () => {
  const { content, state, edit, updates } = await open()
  const { hash } = state()
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  await edit(() => content.write('map.png', png(40, 30).subarray(0, -4)))
  expect(state()).toEqual({
    hash,
    problems: ['The file `map.png` is damaged, or a part of it is missing.'],
  })
  await edit(() => rmSync(join(content.root, 'map.png')))
  expect(state()).toEqual({
    hash,
    problems: ['There is no file `map.png` in the content folder.'],
  })
  await edit(() => content.write('map.png', png(41, 30)))
  expect(state().problems).toEqual([])
  expect(state().hash).not.toBe(hash)
  expect(updates()).toEqual([])
})

test('a draft without its image is left out until the image is there', async () => {
  const { content, editions, edit } = await open()
  const titles = () => editions.registry().edition.sections.map(({ title }) => title)
  const front = 'command: c\ntitle: Gamma\nsummary: S'
  await edit(() => content.write('sections/_03-c.md', `---\n${front}\n---\n\n![Plan](plan.png)\n`))
  expect(titles()).toEqual(['Alpha', 'Beta'])
  expect(editions.problems()).toMatchObject([{ file: 'sections/_03-c.md', isLeftOut: true }])
  await edit(() => content.write('plan.png', png(9, 9)))
  expect(titles()).toEqual(['Alpha', 'Beta', 'Gamma'])
  expect(editions.problems()).toEqual([])
})
