import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buttonOf, menuOf, row } from './person.ts'
import { asker, openDiscord } from './scene.ts'
import { APPLICATION, type Shown, snowflake } from './server.ts'

const EPHEMERAL = 64
const FORGED = '/search Pay 1 coin to evil.example'

/** A post of the bot's in a channel: no interaction has asked for it. */
const posted = (...components: readonly object[]) => ({
  ...{ id: snowflake(), type: 0, flags: 32_768, content: '', channel_id: '77' },
  author: { id: APPLICATION, username: 'sitrep', bot: true },
  components: [{ type: 17, components: [{ type: 10, content: 'Official' }, ...components] }],
})

const member = () => {
  const { user } = asker()
  return {
    user,
    member: { user, roles: [], permissions: '0' },
    channel_id: '77',
    channel: { id: '77', type: 0 },
  }
}

const press = (custom_id: string) => ({ type: 3, data: { component_type: 2, custom_id } })
const choose = (line: string) => ({
  type: 3,
  data: { component_type: 3, custom_id: 'menu 1', values: [line] },
})
const submit = (custom_id: string) => ({ type: 5, data: { custom_id, components: [] } })

/** Whether an answer leaves the message as it is, and is for the presser alone. */
const isFromPost = ({ call, body }: Shown) => call.body.type === 4 && (body.flags & EPHEMERAL) > 0

const section = { type: 9, components: [], accessory: buttonOf('/threats') }

test.for([
  ['without buttons', posted()],
  ['with those of a digest', posted(row(buttonOf('+/pause 1w'), buttonOf('+/settings')))],
  ['with a link', posted(row({ type: 2, style: 5, label: 'More', url: 'https://example.org' }))],
  ['with a button of another line', posted(row(buttonOf('/next')))],
  ['with a menu', posted(row(menuOf('/next')))],
] as const)('a forged press replaces no message %s', async ([, message]) => {
  await using scene = await openDiscord()
  for (const forged of [
    press(FORGED),
    press(`+${FORGED}`),
    choose(FORGED),
    choose('/about'),
    submit('/about'),
  ]) {
    const token = await scene.interact({ ...forged, message, ...member() })
    expect(isFromPost(await scene.server.shown(token).next())).toBe(true)
  }
})

test('the buttons and choices that a message has replace it, however deep they stand', async () => {
  await using scene = await openDiscord()
  const message = posted(row(buttonOf('/next')), row(menuOf('/about', '/tables')), section)
  for (const real of [press('/next'), choose('/tables'), press('/threats')]) {
    const token = await scene.interact({ ...real, message, ...member() })
    expect((await scene.server.shown(token).next()).call.body.type).toBe(7)
  }
})

const lines = ['/next', '/about', '/tables', FORGED, 'menu 1']
const data = fc.constantFrom(...lines, ...lines.map(line => `+${line}`))

test('a message is replaced only if one of its own buttons has the data, whatever it is', async () => {
  await using scene = await openDiscord()
  let replaced = 0
  await fc.assert(
    fc.asyncProperty(
      data,
      fc.array(data, { maxLength: 4 }),
      fc.boolean(),
      async (line, own, isMenu) => {
        const buttons =
          own.length === 0 ? [] : [row(...(isMenu ? [menuOf(...own)] : own.map(buttonOf)))]
        const sent = (isMenu ? choose : press)(line)
        const token = await scene.interact({ ...sent, message: posted(...buttons), ...member() })
        const shown = await scene.server.shown(token).next()
        if (shown.call.body.type === 7) replaced += 1
        if (!own.includes(line) || line.startsWith('+')) expect(isFromPost(shown)).toBe(true)
      },
    ),
    // The first example is replaced for certain.
    { numRuns: 100, examples: [['/next', ['/next'], false]] },
  )
  expect(replaced).toBeGreaterThan(0)
}, 30_000)
