import { describe, expect, test } from 'vitest'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { renderText } from '../../src/render/text.ts'
import { section } from '../content/fixture.ts'
import { testClock } from '../platforms/pauses.ts'
import { askBot } from '../request.ts'
import { editionOf, event, openSchedule } from '../schedule/scene.ts'
import { DIALECTS } from '../store/stores.ts'

const JUNE = event('june', '2027-06-01', '2027-06-10')
const BETA = section('command: beta\ntitle: Beta\nsummary: Another summary.', 'Words of beta.')

async function open(dialect: (typeof DIALECTS)[number] = 'sqlite') {
  const scene = await openSchedule({ dialect, start: '2027-05-01T00:00:00Z', events: [JUNE] })
  await scene.beat()
  const bot = createBot({
    registry: () => createRegistry(scene.content()),
    clock: scene.clock,
    timeZone: 'Europe/Sarajevo',
    store: scene.store,
  })
  return {
    ...scene,
    async ask(line: string, address = '1'): Promise<string> {
      const place = { platform: 'telegram', address, kind: 'private' as const }
      const reply = await askBot(bot, line, { place })
      if (!reply) throw new Error(`There is no answer to ${line}.`)
      const text = renderText(reply.message, { columns: 200, style: 'grid', colour: false })
      return text.replaceAll(/[═─\n]+/g, ' | ')
    },
    /** An edit that has rested. */
    async settle(edition: ReturnType<typeof editionOf>, day: number) {
      scene.edit(edition)
      await scene.beat(`2027-05-${String(day).padStart(2, '0')}T10:00:00Z`)
      await scene.beat(`2027-05-${String(day).padStart(2, '0')}T10:10:00Z`)
    },
  }
}

describe.for(DIALECTS)('the changes since the last look, kept in %s', dialect => {
  test('the first look shows the changes since the subscription, a later one those since the look before', async () => {
    const { ask, settle } = await open(dialect)
    expect(await ask('/changes')).toMatch(/^I store nothing about this chat.*\/subscribe/)
    await ask('/subscribe')
    expect(await ask('/changes')).toMatch(/^What’s new \| You’re up to date\./)
    await settle(editionOf([JUNE], { 'sections/02-beta.md': BETA }), 2)
    expect(await ask('/changes')).toMatch(
      /^What’s new \| Since this chat last checked, on Sat 1 May, 02:00: \| Beta \| • New summary: Another summary\. \| Source/,
    )
    // Pressed twice it shows the same twice, and says so.
    expect(await ask('/changes')).toMatch(
      /^What’s new \| Nothing new since Sun 2 May, 12:10\. Last update: \| Beta \| • New summary/,
    )
    await settle(editionOf([{ ...JUNE, end: '2027-06-12' }], { 'sections/02-beta.md': BETA }), 3)
    expect(await ask('/changes')).toMatch(
      /on Sun 2 May, 12:10: \| Exercises \| • Exercise june: moved from 1–10 June to 1–12 June 2027 \|/,
    )
  })

  test('can be asked of one section, which leaves the others new', async () => {
    const { ask, settle } = await open(dialect)
    await ask('/subscribe')
    await settle(editionOf([{ ...JUNE, status: 'cancelled' }], { 'sections/02-beta.md': BETA }), 2)
    expect(await ask('/changes alpha')).toMatch(/^What’s new in Alpha \| You’re up to date\./)
    expect(await ask('/changes beta')).toMatch(
      /^What’s new in Beta \| Since the last digest here, or since this chat subscribed: \| Beta \| • New summary/,
    )
    const all = await ask('/changes')
    expect(all).toMatch(/Exercises \| • Exercise june: cancelled, was 1–10 June 2027/)
    expect(all).not.toMatch('New summary')
    expect(await ask('/changes exercises')).toMatch(/Nothing new since .* cancelled, was/)
  })

  test('stays new to the digest, which can be seen before it comes', async () => {
    const { ask, settle, beat } = await open(dialect)
    await ask('/subscribe')
    await settle(editionOf([JUNE], { 'sections/02-beta.md': BETA }), 2)
    await ask('/changes')
    for (const _ of [1, 2]) {
      expect(await ask('/digest')).toMatch(
        /^Updated: Beta · digest of 2 May \| Beta \| • New summary: Another summary\. \| Exercises in the next 30 days \| Exercise june, 1–10 June 2027 — in 30 days \| All \| From the briefing: /,
      )
    }
    const [got] = await beat('2027-05-03T07:00:00Z')
    expect(got?.text).toMatch(
      /^Updated: Beta · digest of 3 May Beta New summary: Another summary\./,
    )
    expect(await ask('/digest')).not.toMatch('New summary')
  })
})

test('a digest can be had where nothing is kept', async () => {
  const { ask } = await open()
  expect(await ask('/digest', 'stranger')).toMatch(/^Beta · digest of 1 May \| The second section/)
})

test('the export of a chat has its last look', async () => {
  const { ask, store, settle } = await open()
  await ask('/subscribe')
  await settle(editionOf([], {}), 2)
  await ask('/changes')
  const place = { platform: 'telegram', address: '1' }
  expect(await store.chats.export(place)).toMatchObject({
    looks: [{ subject: '', edition_id: 2, before_id: 1, at: '2027-05-02T10:10:00Z' }],
  })
  await store.chats.forget(place, 'telegram:1')
  expect(await store.seenChanges.of(place)).toBeUndefined()
})

test('a chat that subscribes again is not told of updates from before', async () => {
  const { ask, settle } = await open()
  await ask('/subscribe')
  await settle(editionOf([], {}), 2)
  await ask('/changes')
  await ask('/stop')
  await settle(editionOf([JUNE], {}), 3)
  await ask('/subscribe')
  expect(await ask('/changes')).toMatch(/You’re up to date\./)
})

test('/changes of an unchanged section does not show the changes of others', async () => {
  const { ask, settle } = await open()
  await ask('/subscribe')
  await settle(editionOf([JUNE], { 'sections/02-beta.md': BETA }), 2)
  await ask('/changes')
  expect(await ask('/changes alpha')).toMatch(
    /^What’s new in Alpha \| You’re up to date\. \| Source/,
  )
  expect(await ask('/changes beta')).toMatch(/Nothing new since .* \| Beta \| • New summary/)
})

test('/changes names a pending update', async () => {
  const { ask, edit, beat } = await open()
  await ask('/subscribe')
  edit(editionOf([]))
  await beat('2027-05-02T10:00:00Z')
  expect(await ask('/changes')).toMatch(
    /An edit was made just now\. It appears here in a few minutes\./,
  )
})

test('a question that is older than a downtime is left, a wish is not', async () => {
  const { ask, store } = await open()
  await ask('/subscribe')
  const asked = Temporal.Instant.from('2027-04-30T20:00:00Z')
  const bot = createBot({
    registry: () => createRegistry(editionOf([])),
    clock: testClock(() => Temporal.Instant.from('2027-05-01T00:00:00Z')),
    timeZone: 'UTC',
    store,
  })
  const place = { platform: 'telegram', address: '1', kind: 'private' as const }
  for (const line of ['/digest', '/changes', '/receipt', '/alpha']) {
    expect(await askBot(bot, line, { place, asked })).toBeUndefined()
  }
  expect(await askBot(bot, '/stop', { place, asked })).toBeDefined()
})

test('digests skipped if nothing’s new are chosen in the settings', async () => {
  const { ask, wish } = await open()
  await ask('/subscribe')
  expect(await ask('/settings rhythm new')).toMatch(
    /When: Weekly on Monday at 09:00, skipped if nothing’s new/,
  )
  expect((await wish('1'))?.onlyNew).toBe(true)
  expect(await ask('/settings rhythm always')).not.toMatch('skipped if nothing’s new')
  expect((await wish('1'))?.onlyNew).toBe(false)
})
