import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StoreError } from '../../src/store/error.ts'
import { openTestStore, temporaryFolder } from './stores.ts'

test('a missing folder above that of the database is named, with what to do', async () => {
  const none = join(temporaryFolder(), 'none')
  await expect(openTestStore({ url: `file:${none}/data/sitrep.db` })).rejects.toThrow(
    new StoreError(
      `There is no folder ${none}, in which Sitrep creates the folder of the database ${none}/data/sitrep.db. Create it or change DATABASE_URL.`,
    ),
  )
})
