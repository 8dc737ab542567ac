import { expect, test } from 'vitest'
import { createFitting } from '../../src/commands/fitting.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { texts } from '../../src/texts.ts'
import { answerTo, openBot, registry, shipped } from '../shipped.ts'

const buttons = async (line: string, of = registry) =>
  ((await answerTo(line, of)).message.actions ?? []).map(action =>
    'command' in action ? action.command : action.url,
  )

test.each([
  ['change the hour', '/settings hour'],
  ['i want to subscribe', '/subscribe'],
  ['how do i stop this', '/stop'],
  ['please stop sending me messages', '/stop'],
  ['turn off the sound', '/settings sound'],
  ['be quiet at night', '/settings quiet'],
  ['delete my data', '/forget'],
  ['where do i change my time zone', '/settings zone'],
  ['i’d like another weekday', '/settings schedule'],
  ['remind me', '/remind'],
  ['what is on tomorrow?', '/next'],
  ['add it to my calendar', '/exercises calendar'],
  ['zone Nowhere', '/settings zone'],
])('“%s” has no results and offers %s first', async (line, command) => {
  const { message } = await answerTo(line)
  expect(JSON.stringify(message.body)).toContain('No results for')
  expect((await buttons(line))[0]).toBe(command)
  // A button of a search changes nothing, so each command of one is known.
  for (const each of await buttons(line))
    expect(registry.find(each.slice(1).split(' ')[0] ?? '')).toBeDefined()
})

test.each([
  ['set my time zone', '/settings zone'],
  ['hour 25', '/settings hour'],
])('“%s” has results, and offers %s before them', async (line, command) => {
  const { message } = await answerTo(line)
  expect(JSON.stringify(message.body)).toMatch(/results? for/)
  expect((await buttons(line))[0]).toBe(command)
})

test.each(['who are you?', 'What can you do', 'what does this bot do', 'what is this'])(
  '“%s” is answered like /start',
  async line => {
    expect((await answerTo(line)).message).toEqual((await answerTo('/start')).message)
  },
)

test.each([
  'what can I do if the river rises?',
  'what do I do when the sirens sound',
  'who are you going to call',
])('“%s” is a search', async line => {
  expect(JSON.stringify((await answerTo(line)).message.body)).toMatch(/results? for/i)
})

test('of commands that fit alike, those with a word that the search missed are offered', async () => {
  expect((await buttons('schedule of exercises'))[0]).toBe('/settings schedule')
})

test('a question that a reading command answers is answered', async () => {
  const { parse } = openBot()
  for (const line of ['what’s new?', 'whats new', 'who am i'])
    expect([line, parse(line).content]).toEqual([line, 'stored'])
  for (const line of ['pause the mission', 'stop the flood'])
    expect([line, parse(line).content]).toEqual([line, 'echo'])
})

test('a wish for the end of reminders offers to mute one event beside the end of all posts', async () => {
  const offered = await buttons('stop reminding me of it')
  expect(offered).toEqual(expect.arrayContaining(['/stop', '/mute']))
})

test('an unknown command offers the page of settings that it names', async () => {
  expect((await buttons('/zone'))[0]).toBe('/settings zone')
  expect((await buttons('/thretas'))[0]).toBe('/threats')
})

test('the words of a page’s title are offered beside results, and other words of names are not', async () => {
  expect((await buttons('which time zone')).slice(0, 2)).toEqual([
    '/settings zone',
    '/threats details',
  ])
  expect(await buttons('security')).not.toContain('/settings zone')
  expect((await buttons('information')).every(each => !each.startsWith('/settings'))).toBe(true)
})

test('nothing fits other words, and no command of moderators or of another edition', async () => {
  const { commands } = registry
  expect(createFitting(commands)('zebra')).toEqual([])
  for (const words of ['announcements', 'retract it', 'audit'])
    expect(JSON.stringify(createFitting(commands)(words))).not.toMatch(
      /\/(?:announce|retract|audit)/,
    )
  const left = createRegistry({ ...shipped, commands: { settings: 'prefs', stop: false } })
  expect((await buttons('change the hour', left))[0]).toBe('/prefs hour')
  expect(await buttons('how do i stop this', left)).not.toContain('/stop')
})

test('every command and every page is found by its own title', () => {
  const { commands } = registry
  const fitting = createFitting(commands)
  for (const { name, title, pages = [], forModerators, forAdmins } of commands) {
    if (forModerators || forAdmins) continue
    const lines = fitting(title).map(action => ('command' in action ? action.command : ''))
    expect(lines, title).toContain(`/${name}`)
    for (const page of pages) {
      const found = fitting(page.title).map(each => ('command' in each ? each.command : ''))
      if (page.title !== texts.settings.pages.what && page.title !== texts.settings.pages.schedule)
        expect(found, page.title).toContain(`/${name} ${page.value}`)
    }
  }
})
