import { expect, test } from 'vitest'
import { createHistory } from '../../src/platforms/web/history.ts'
import { archived, withCurrent, withEntry } from '../../src/platforms/web/page/entries.ts'
import type { Entry } from '../../src/platforms/web/protocol.ts'

test('the page keeps as many entries of a long conversation as the server', () => {
  const history = createHistory()
  let shown: readonly Entry[] = []
  history.listen(change => {
    if ('entry' in change) shown = withEntry(shown, change.entry)
  })
  for (let index = 0; index < 2000; index++) {
    history.add({ by: 'post', at: 0, discord: [{ components: [] }], telegram: [] })
  }
  expect(shown).toEqual(history.entries().map(({ entry }) => entry))
  expect(shown.length).toBeLessThan(2000)
})

test('entries that come again stay the same objects, beside changed ones and those of an ended conversation', () => {
  const history = createHistory()
  const post = { by: 'post', at: 0, discord: [{ components: [] }], telegram: [] } as const
  for (let index = 0; index < 3; index++) history.add(post)
  const sent = (): Entry[] => structuredClone(history.entries().map(({ entry }) => entry))
  const ended = archived(sent(), new Set())
  const before = [...ended, ...sent()]
  history.change(2, { isEdited: true })
  const after = withCurrent(before, sent())
  expect(after).toEqual([...ended, ...sent()])
  expect(after.map((entry, index) => entry === before[index])).toEqual([
    ...[true, true, true],
    ...[true, false, true],
  ])
})
