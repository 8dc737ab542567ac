import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toString as textOf } from 'mdast-util-to-string'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Briefing, createBriefing } from '../../src/app/briefing.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { ContentError } from '../../src/content/problem.ts'
import { sentences } from '../../src/log.ts'
import { picturesOf } from '../../src/render/pictures.ts'
import { askBot } from '../request.ts'

let contentDir: string
let briefing: Briefing
/** Resolves with the next report. */
let reported: PromiseWithResolvers<string>

/** Evening in Sarajevo; in Kathmandu the day on which the shipped Defender 2023 begins. */
const clock: Clock = {
  ...systemClock,
  now: () => Temporal.Instant.from('2023-05-31T20:00:00Z'),
}

function open(timeZone: string): Briefing {
  return createBriefing(
    { ...readConfig({}), contentDir, timeZone, port: 0, databaseUrl: `file:${contentDir}/../x.db` },
    { clock, log: sentences(text => reported.resolve(text)) },
  )
}

beforeEach(() => {
  contentDir = mkdtempSync(join(tmpdir(), 'sitrep-app-'))
  cpSync(join(import.meta.dirname, '../../content'), contentDir, { recursive: true })
  reported = Promise.withResolvers()
  briefing = open('Europe/Sarajevo')
})

afterEach(async () => {
  await briefing.editions.stop()
  rmSync(contentDir, { recursive: true })
})

function edit(file: string, change: (text: string) => string): Promise<string> {
  reported = Promise.withResolvers()
  const path = join(contentDir, file)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  return reported.promise
}

async function shown(line: string): Promise<string> {
  const reply = await askBot(briefing.bot, line)
  return textOf(reply?.message.body)
}

test('the day is that of the configured zone', async () => {
  await briefing.editions.watch()
  expect(await shown('/next')).toMatch('Defender 2023, 1–10 June 2023 — tomorrow')
  await briefing.editions.stop()
  briefing = open('Asia/Kathmandu')
  await briefing.editions.watch()
  expect(await shown('/next')).toMatch('under way (day 1 of 10)')
})

test('an edit is answered from, a broken one is reported and the last good edition stays', async () => {
  await briefing.editions.watch()
  const file = 'sections/02-threats.md'

  expect(await edit(file, text => text.replace('title: Threats', 'title: Perils'))).toBe(
    'Content reloaded.',
  )
  expect(await shown('/threats')).toMatch(/^Perils and challenges/)

  expect(await edit(file, text => text.replace('command: threats', 'command: help'))).toBe(
    'Content not reloaded because it has problems. The last good edition stays.\n' +
      `${join(contentDir, file)}:2: The name \`help\` is taken by a built-in command. Choose another name.`,
  )
  expect(briefing.editions.part()).toEqual({
    status: 'stale',
    reason: `${file}:2: The name \`help\` is taken by a built-in command. Choose another name.`,
    ready: true,
  })
  expect(await shown('/threats')).toMatch(/^Perils and challenges/)

  await edit(file, text => text.replace('command: help', 'command: dangers'))
  expect(await shown('/dangers')).toMatch(/^Perils and challenges/)
  expect(await askBot(briefing.bot, '/threats')).toMatchObject({ understood: false })
})

test('a file that is written again without a change is no news', async () => {
  await briefing.editions.watch()
  const quiet = edit('sections/02-threats.md', text => text)
  const file = 'sections/03-partnerships.md'
  const news = edit(file, text => text.replace('title: P', 'title: The p'))
  expect(await Promise.race([quiet, news])).toBe('Content reloaded.')
  expect(briefing.editions.registry().edition.sections[2]?.title).toMatch(/^The p/)
})

test('content that is broken at the start stops it, with every problem', async () => {
  writeFileSync(join(contentDir, 'events.yaml'), 'nonsense')
  rmSync(join(contentDir, 'edition.yaml'))
  const error = await briefing.editions.watch().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ContentError)
  expect((error as ContentError).problems).toHaveLength(2)
  cpSync(join(import.meta.dirname, '../../content'), contentDir, { recursive: true })
  await briefing.editions.watch()
  expect(await shown('/threats')).toMatch(/^Threats/)
})

test('a plan shows its posts as they are sent, in the colour of the edition', async () => {
  await briefing.editions.watch()
  const report = edit(
    'edition.yaml',
    text => `${text.replace(/^accent:.*\n/m, '')}\naccent: "#124a8f"\n`,
  )
  await report
  const plan = await briefing.plan('2023-06-01', '2023-06-14')
  if (typeof plan === 'string') throw new Error(plan)
  const colours = plan.posts.map(({ message }) => message.accent)
  expect(new Set(colours)).toEqual(new Set(['#124a8f']))
  const [drawn] = plan.posts.flatMap(({ message }) => picturesOf(message, 'picture'))
  expect(drawn).toMatchObject({ drawing: { kind: 'timeline', accent: '#124a8f' } })
})
