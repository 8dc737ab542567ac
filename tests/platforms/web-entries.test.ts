import { expect, test } from 'vitest'
import { createHistory } from '../../src/platforms/web/history.ts'
import { withEntry } from '../../src/platforms/web/page/entries.ts'
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
