import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { digest } from '../../src/briefing/digest.ts'
import { withoutLeftOut } from '../../src/briefing/left-out.ts'
import { createBot } from '../../src/commands/bot.ts'
import { reservedNames } from '../../src/commands/builtin.ts'
import { named } from '../../src/commands/choices.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import { NOTHING_CHANGED } from '../../src/content/diff.ts'
import { parseEdition } from '../../src/content/parse.ts'
import { folder, localOn, section } from '../content/fixture.ts'
import { testClock } from '../platforms/pauses.ts'
import { askBot } from '../request.ts'

const TABLE = '| a |\n| - |\n| 1 |\n'
const BETA = 'command: beta\ntitle: Beta\nsummary: S'

/** A bot for the fixture's briefing with other keys in `edition.yaml` and other sections. */
function botWith(yaml: string, ...sections: string[]) {
  const files = sections.map((text, index) => [`sections/0${index + 2}-x.md`, text])
  const edition = `${folder()[0]?.text}${yaml}\n`
  const sources = folder({ 'edition.yaml': edition, ...Object.fromEntries(files) })
  const { edition: parsed, problems } = parseEdition(sources, reservedNames)
  if (!parsed) throw new Error(JSON.stringify(problems))
  const registry = createRegistry(parsed)
  const clock = testClock(() => Temporal.Instant.from('2026-05-05T12:00:00Z'))
  const bot = createBot({ registry: () => registry, clock, timeZone: 'UTC' })
  const ask = async (line: string) => {
    const reply = await askBot(bot, line)
    if (!reply) throw new Error('There is no answer.')
    const { actions = [] } = reply.message
    return {
      understood: reply.understood,
      heading: textOf(reply.message.body.children[0]),
      lines: actions.map(action => ('command' in action ? action.command : action.url)),
    }
  }
  return { bot, ask, edition: parsed }
}

test.each([
  'drills',
  'exercise',
  'source',
  'menu',
  'commands',
  'start',
  'table',
  'find',
  'overview',
])('an edition may name a section %s, which is but an alias of a built-in command', async name => {
  const { ask } = botWith('', section(`command: ${name}\ntitle: Own\nsummary: S`))
  for (const line of [`/${name}`, name]) expect((await ask(line)).heading).toBe('Own')
  const aliased = botWith('', section(`command: beta\ntitle: Own\nsummary: S\naliases: [${name}]`))
  for (const line of [`/${name}`, name]) expect((await aliased.ask(line)).heading).toBe('Own')
})

test('a renamed command answers to both names, and shows the new one', async () => {
  const { bot, ask } = botWith('commands: {exercises: drills, tables: sheets}')
  for (const line of ['/drills', '/exercises', 'drills', '/drills upcoming']) {
    expect(await ask(line)).toMatchObject({ understood: true })
  }
  const names = bot.menu().map(({ name }) => name)
  expect(names).toContain('drills')
  expect(names).not.toContain('exercises')
  expect((await ask('/drills nonsense')).heading).toBe('“nonsense” isn’t an option for /drills.')
})

test('no button leads to the list of events if an edition leaves it out', async () => {
  for (const name of ['events', 'exercises']) {
    const { ask } = botWith(`commands: {${name}: false}`)
    expect((await ask('/exercises')).understood).toBe(false)
    for (const line of ['/start', '/next', '/help', '/search First']) {
      const { lines } = await ask(line)
      expect([line, lines.filter(each => /^\/(exercises|events)\b/.test(`${each}`))]).toEqual([
        line,
        [],
      ])
    }
  }
})

test('a command that is left out is unknown, and no button leads to it', async () => {
  const { bot, ask, edition } = botWith('commands: {about: false, help: false, settings: false}')
  expect((await ask('/about')).understood).toBe(false)
  expect(bot.menu().map(({ name }) => name)).not.toContain('about')
  expect((await ask('/nonsense')).lines).toEqual(['/briefing'])
  const today = Temporal.PlainDate.from('2026-05-05')
  const post = digest({
    edition: localOn(today, edition),
    changes: NOTHING_CHANGED,
    today,
    turn: 0,
  })
  const lines = (message: typeof post) =>
    (message.actions ?? []).map(action => 'command' in action && action.command)
  expect(lines(post)).toContain('/settings')
  expect(lines(withoutLeftOut(post, edition))).toEqual(
    lines(post).filter(line => line !== '/settings'),
  )
})

test('without a search, words are unknown words, and no text tells to type them', async () => {
  for (const own of [[], [section('command: search\ntitle: Own\nsummary: S')]]) {
    const { bot, ask } = botWith('commands: {search: false, tables: false}', ...own)
    for (const line of ['gauges', 'search gauges', 'find gauges', 'water level']) {
      const { understood, heading } = await ask(line)
      expect([understood, heading]).toEqual([false, `I don’t know “${line}”.`])
    }
    expect((await ask('/find gauges')).heading).toBe('I don’t know /find.')
    expect((await ask('alpha')).heading).toBe('Alpha')
    for (const line of ['/briefing', '/help', '']) {
      const text = JSON.stringify((await askBot(bot, line))?.message.body)
      expect(text).not.toMatch(/own words|question|<words>/)
    }
    expect(bot.find('', 9).map(({ line }) => line)).toEqual(
      own.length > 0 ? ['/alpha', '/search'] : ['/alpha'],
    )
    expect(bot.find('gauges', 9).every(({ line }) => !line.startsWith('/tables'))).toBe(true)
  }
})

test('a section with the name of a command that is left out keeps its own buttons alone', () => {
  const { edition } = botWith(
    'commands: {tables: false}',
    section('command: tables\ntitle: Own\nsummary: S'),
  )
  const lines = ['/tables', '/tables details', '/tables gauges', '/alpha']
  const actions = lines.map(command => ({ label: 'x', command }))
  const { actions: kept = [] } = withoutLeftOut(
    { body: { type: 'root', children: [] }, actions },
    edition,
  )
  expect(kept.map(action => 'command' in action && action.command)).toEqual([
    '/tables',
    '/tables details',
    '/alpha',
  ])
})

test('/privacy names no command that is left out', async () => {
  const { bot } = botWith('commands: {export: false}')
  const text = JSON.stringify((await askBot(bot, '/privacy'))?.message)
  expect(text).not.toContain('/export')
  expect(text).toContain('/forget')
})

test('a section takes the name of a command that is left out, with its buttons', async () => {
  const { ask } = botWith(
    'commands: {about: false}',
    section('command: about\ntitle: Own\nsummary: S'),
  )
  expect((await ask('/about')).heading).toBe('Own')
  expect((await ask('/briefing')).lines).toContain('/about')
})

test('a table answers to its name, to words of it, and to its earlier ids', async () => {
  const { bot, ask } = botWith(
    '',
    section(BETA, `## Water gauges\n\n${TABLE}\n## Level of the Đerdap\n\n${TABLE}`),
  )
  for (const line of [
    ...['/tables water-gauges', '/tables Water gauges', '/tables gauges', 'tables GAUGES'],
    ...['/tables beta', 'table water'],
  ]) {
    expect((await ask(line)).heading).toBe('Water gauges')
  }
  for (const line of ['/tables derdap', '/tables beta-2', '/tables level-of-the-derdap']) {
    expect((await ask(line)).heading).toBe('Level of the Đerdap')
  }
  expect((await ask('/tables nothing')).understood).toBe(false)
  const [tables] = bot.menu().filter(({ name }) => name === 'tables')
  expect(tables?.parameters[0]?.choices).toEqual([
    { value: 'water-gauges', title: 'Water gauges' },
    { value: 'level-of-the-derdap', title: 'Level of the Đerdap' },
  ])
})

test('a table answers to the beginning and the singular or plural of its words', async () => {
  const titles = ['Water gauges', 'Camp', 'Roads of the north', 'Gauging']
  const { ask } = botWith(
    '',
    section(BETA, titles.map(each => `## ${each}\n\n${TABLE}`).join('\n')),
  )
  for (const [line, heading] of [
    ...[
      ['/tables gauge', 'Water gauges'],
      ['tables gauge', 'Water gauges'],
    ],
    ...[
      ['/tables water gau', 'Water gauges'],
      ['/tables camps', 'Camp'],
      ['/tables ROAD', titles[2]],
    ],
    ...[
      ['tables of the road', titles[2]],
      ['/tables nor roa', titles[2]],
      ['/tables gaugi', 'Gauging'],
    ],
  ]) {
    expect((await ask(line as string)).heading, line).toBe(heading)
  }
  // A beginning that two titles have is ambiguous, and two letters are none.
  expect((await ask('/tables gaug')).lines).toEqual(['/tables water-gauges', '/tables gauging'])
  for (const line of ['/tables ga', '/tables gauges gauge', '/tables auge']) {
    expect((await ask(line)).understood, line).toBe(false)
  }
})

test('the id of a table whose title has no blanks is the title', async () => {
  const { bot, ask } = botWith('', section(BETA, `## ศูนย์พักพิง\n\n${TABLE}\n## 各站水位\n\n${TABLE}`))
  const [tables] = bot.menu().filter(({ name }) => name === 'tables')
  const ids = tables?.parameters[0]?.choices.map(({ value }) => value) ?? []
  expect(ids.map(id => id.normalize('NFC'))).toEqual(['ศูนย์พักพิง', '各站水位'])
  for (const id of ids) expect((await ask(`/tables ${id}`)).understood).toBe(true)
})

test('tables of several sections with one name are offered with their sections', async () => {
  const table = `## Gauges\n\n${TABLE}`
  const gamma = 'command: gamma\ntitle: Gamma\nsummary: S'
  const { bot, ask } = botWith('', section(BETA, table), section(gamma, table))
  const { heading, lines } = await ask('/tables gauges')
  expect(heading).toBe('“gauges” isn’t an option for /tables.')
  expect(lines).toEqual(['/tables beta-gauges', '/tables gamma-gauges'])
  expect((await ask('/tables gamma gauges')).understood).toBe(true)
  const [tables] = bot.menu().filter(({ name }) => name === 'tables')
  expect(tables?.parameters[0]?.choices.map(({ title }) => title)).toEqual([
    'Beta: Gauges',
    'Gamma: Gauges',
  ])
})

test.for([
  'tables gauges',
  'table gauges',
  'Gauges tables',
  'tables of the gauges',
  'tables water',
])('plain words that several tables have are answered as the command is: %s', async line => {
  const table = `## Water gauges\n\n${TABLE}\n## Gauges of water\n\n${TABLE}`
  const { ask } = botWith('', section(BETA, table))
  const { lines, understood } = await ask(line)
  expect(understood).toBe(false)
  expect(lines).toEqual(['/tables water-gauges', '/tables gauges-of-water'])
})

test('a table whose name has a word twice answers to it, and unknown words are a search', async () => {
  const day = `## Day by day\n\n${TABLE}\n## Night by night\n\n${TABLE}`
  const { ask, edition } = botWith('', section(BETA, day))
  for (const line of ['/tables day by day', 'tables Day by day', '/tables day']) {
    expect((await ask(line)).heading).toBe('Day by day')
  }
  expect((await ask('/tables day day day')).understood).toBe(false)
  const choices = edition.sections.flatMap(({ tables }) => tables)
  const given = choices.map(({ id, title }) => ({ value: id, title }))
  expect(named(given, 'night night night').map(({ title }) => title)).toEqual(['Night by night'])
  expect((await ask('tables walrus')).heading).toBe('No results for “tables walrus”.')
})

test('the table of exercises has a name of its own', async () => {
  const front = `${BETA}\nexercises: true`
  const { ask, bot } = botWith('', section(front, `## Exercises\n\n${TABLE}`))
  const [tables] = bot.menu().filter(({ name }) => name === 'tables')
  expect(tables?.parameters[0]?.choices.map(({ title }) => title)).toEqual([
    'Exercises',
    'Exercises (2)',
  ])
  expect((await ask('/tables beta-exercises')).heading).toBe('Exercises (2)')
})

test('an exercise answers to its name', async () => {
  const { ask } = botWith('')
  expect((await ask('/exercises First')).heading).toBe('First')
})

test('the notes of a table stand below it, and a table with its notes has no details', async () => {
  const note = `## Gauges\n\n| a |\n| - |\n| 1[^x] |\n\n[^x]: By hand.`
  const { bot, ask } = botWith('', section(BETA, note))
  for (const line of ['/beta', '/tables gauges']) {
    expect(JSON.stringify((await askBot(bot, line))?.message.body)).toContain('By hand.')
  }
  expect((await ask('/beta')).lines).not.toContain('/beta details')
})

test('a section of tables alone has no details, also when the edition comes from the cache', async () => {
  const { edition } = botWith('', section(BETA, `## Gauges\n\n${TABLE}`))
  const registry = createRegistry(JSON.parse(JSON.stringify(edition)))
  expect(registry.find('beta')?.parameters).toEqual([])
})
