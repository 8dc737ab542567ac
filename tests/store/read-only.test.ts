import { expect, onTestFinished, test } from 'vitest'
import { announcement, openScene, until } from '../delivery/scene.ts'
import { connect, fill } from './raw.ts'
import { newDatabase } from './stores.ts'

const CHATS = 40

test('a PostgreSQL that refuses writes for a while loses and doubles no post', async () => {
  const url = await newDatabase('postgres')
  const { store, telegram, begin, finished, rows, sends, seen } = await openScene({ url })
  await fill(url, 'telegram', CHATS)
  const admin = await connect(url)
  onTestFinished(admin.close)
  const name = new URL(url).pathname.slice(1)
  /** New sessions read alone from then on, and there are no others. */
  const refuse = async () => {
    await admin.query(`alter database ${name} set default_transaction_read_only = on`)
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = '${name}' and pid <> pg_backend_pid()`)
  }
  const refused = Promise.withResolvers<void>()
  telegram.weather = ({ method }) => {
    if (method === 'sendMessage' && sends() === 10) refuse().then(refused.resolve, refused.reject)
    return undefined
  }
  const { running } = await begin()
  const audience = { topic: 'announcements', platforms: ['telegram'] }
  const { id } = await store.broadcasts.create(announcement({ audience }))
  await refused.promise
  await until(() => /PostgreSQL is read-only/.test(store.state().reason ?? ''))
  await admin.query(`alter database ${name} reset default_transaction_read_only`)
  await Promise.race([finished(id), running])
  await seen('store.recovered')
  expect(store.state()).toEqual({ status: 'open' })
  expect((await rows(id)).every(({ state }) => state === 'sent')).toBe(true)
  expect([telegram.taken.size, sends()]).toEqual([CHATS, CHATS])
})
