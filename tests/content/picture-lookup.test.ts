import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createPictureLookup } from '../../src/content/picture-lookup.ts'

test('a name is compared with many others without delaying other work', async () => {
  const root = mkdtempSync(join(tmpdir(), 'sitrep-lookup-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (let index = 0; index < 1000; index++)
    writeFileSync(join(root, `map-${1000 + index}.png`), '')
  const { nearest } = createPictureLookup(root)
  // Reads the names.
  await nearest('plan.png')
  let turns = 0
  const count = () => {
    turns += 1
    turning = setImmediate(count)
  }
  let turning = setImmediate(count)
  expect(await nearest('map-1777.jpg')).toBe('map-1777.png')
  clearImmediate(turning)
  expect(turns).toBeGreaterThanOrEqual(4)
})
