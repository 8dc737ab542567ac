import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openKeepingBot } from '../../keeping.ts'
import { mutated, watchProcess } from '../mutated.ts'
import { asker, openDiscord } from './scene.ts'
import { BOT, snowflake } from './server.ts'

const folder = join(import.meta.dirname, 'fixtures')
const SECRET = 'Kossovo-is-what-I-wrote'

const form = (...components: unknown[]) => ({
  type: 5,
  data: { custom_id: '/announce', components },
})
const text = { type: 4, custom_id: 'text', id: 2, value: SECRET }

/** Interactions in the form in which Discord sends them, and a filled form. */
const interactions = [
  ...readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8'))),
  { token: 't', version: 1, ...asker(), ...form({ type: 18, id: 1, component: text }) },
]

const question = {
  ...{ channel_id: '77', guild_id: '3', type: 0, mentions: [{ id: BOT }] },
  ...{ content: SECRET, author: { id: '5', username: 'ada' } },
}

test('interactions and messages with a value that is missing or another are passed over', async () => {
  using watched = watchProcess()
  const { bot, clock } = await openKeepingBot()
  await using scene = await openDiscord({ bot, clock, drainMs: 1 })
  const at = () => snowflake(clock.now().epochMilliseconds)
  for (const each of interactions) {
    for (const broken of mutated({ ...each, id: at(), token: `t-${snowflake()}` }, 1)) {
      await scene.server.dispatch('INTERACTION_CREATE', broken)
    }
  }
  for (const broken of mutated({ ...question, id: at() }, 3)) {
    await scene.server.dispatch('MESSAGE_CREATE', broken)
  }
  for (const name of ['GUILD_DELETE', 'CHANNEL_DELETE', 'GUILD_CREATE', 'GUILD_MEMBER_UPDATE']) {
    await scene.server.dispatch(name, {})
  }
  const { user, channel, channel_id } = interactions.at(-1)
  const more = { user, channel, channel_id, id: snowflake(clock.now().epochMilliseconds) }
  await scene.server.shown(await scene.slash('next', [], more)).next()
  expect(scene.events()).toContain('update.unread')
  expect(scene.written()).not.toMatch(SECRET)
  expect(watched.faults).toEqual([])
}, 60_000)

test.for([
  ['a label without a component', [{ type: 18, id: 1 }]],
  ['a label with null', [{ type: 18, id: 1, component: null }]],
  ['a text that is a number', [{ type: 18, id: 1, component: { ...text, value: 7 } }]],
  ['no components', undefined],
  ['components that are null', [null]],
  ['a row without components', [{ type: 1, id: 1 }]],
  [
    'kinds of tomorrow',
    [
      { type: 99, id: 1, component: { type: 98 } },
      { type: 18, component: { type: 97 } },
    ],
  ],
] as const)('a form with %s stops neither the process nor its channel', async ([, components]) => {
  using watched = watchProcess()
  const { bot, clock } = await openKeepingBot()
  await using scene = await openDiscord({ bot, clock })
  const me = asker()
  const id = () => snowflake(clock.now().epochMilliseconds)
  const { data, type } = form()
  await scene.interact({ ...me, id: id(), type, data: { ...data, components } })
  await scene.interact({ ...me, id: id(), type, data: { ...data, components } })
  const next = await scene.slash('next', [], { ...me, id: id() })
  expect(JSON.stringify((await scene.server.shown(next).next()).body)).toMatch(/Next exercise/)
  expect(scene.written()).not.toMatch(SECRET)
  expect(watched.faults).toEqual([])
})

test('frames of the gateway that are in no known form end nothing', async () => {
  using watched = watchProcess()
  await using scene = await openDiscord()
  await scene.seen('discord.started')
  for (const frame of [
    ...['', 'null', '7', '"x"', '[]', '{}', '{', '{"op":0}', '{"op":"x"}', '{"op":99,"d":{}}'],
    ...['{"op":0,"t":null,"d":null}', '{"op":0,"t":7,"d":7}', '{"op":0,"t":"error","d":{}}'],
    ...['{"op":9}', '{"op":9,"d":null}', '{"op":10}', '{"op":11,"d":7}', '{"op":0,"t":"READY"}'],
    ...[
      '{"op":0,"t":"READY","d":{}}',
      '{"op":0,"t":"READY","d":{"guilds":7}}',
      '{"op":0,"t":"RESUMED"}',
    ],
    ...['{"op":0,"t":"GUILD_CREATE","d":null}', '{"op":0,"t":"GUILD_DELETE","d":7}'],
    ...['{"op":0,"t":"INTERACTION_CREATE","d":null}', '{"op":0,"t":"MESSAGE_CREATE"}'],
  ]) {
    await scene.server.frame(frame)
  }
  await scene.server.shown(await scene.slash('threats')).next()
  expect(await scene.seen('discord.error')).toMatchObject({ level: 'error' })
  expect(watched.faults).toEqual([])
})
