import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLine } from '../../src/commands/parse-line.ts'
import { anyCharacter, runs } from '../properties.ts'
import { answerTo, registry } from '../shipped.ts'

/** Parses a line: `name {values}` of a command, or the kind of misunderstanding. */
function read(line: string): string {
  const request = parseLine(registry, line)
  if (request.kind === 'call') {
    const values = Object.values(request.values).join(' ')
    return values ? `${request.command.name}: ${values}` : request.command.name
  }
  return request.kind
}

test('a command is read with its slash, in any case, by name or alias', () => {
  expect(read('/threats')).toBe('threats')
  expect(read('  /THREATS  ')).toBe('threats')
  expect(read('/ threats')).toBe('threats')
  expect(read('/risks')).toBe('threats')
  expect(read('/overview')).toBe('briefing')
})

test('words behind a command are its values', () => {
  expect(read('/threats details')).toBe('threats: details')
  expect(read('/exercises PAST')).toBe('exercises: past')
  expect(read('/tables capabilities-exercises')).toBe('tables: capabilities-exercises')
  expect(read('/search  police   training')).toBe('search: police training')
})

test('a command with words that it does not take, or without those it needs, is misused', () => {
  expect(read('/threats foo')).toBe('misused')
  expect(read('/threats details details')).toBe('misused')
  expect(read('/about kosovo')).toBe('misused')
  expect(read('/search')).toBe('misused')
  expect(read('search')).toBe('misused')
})

test('a slash before anything else is an unknown command', () => {
  expect(read('/kosovo')).toBe('unknown')
  expect(read('//threats')).toBe('unknown')
  expect(read('/__proto__')).toBe('unknown')
  expect(read('/constructor')).toBe('unknown')
})

test('plain words are a command where they name one', () => {
  expect(read('threats')).toBe('threats')
  expect(read('Threats details')).toBe('threats: details')
  expect(read('what are the threats?')).toBe('threats')
  expect(read('Show me the threats and challenges, please!')).toBe('threats')
  expect(read('when is the next exercise?')).toBe('next')
  expect(read('what’s next')).toBe('next')
  expect(read('the way forward')).toBe('outlook')
  expect(read('about')).toBe('about')
  expect(read('tables')).toBe('tables')
})

test('plain words may name a command with one of its values', () => {
  expect(read('past exercises')).toBe('exercises: past')
  expect(read('what are the upcoming exercises?')).toBe('exercises: upcoming')
  expect(read('details of the threats')).toBe('threats: details')
})

test('plain words that name no command are a search for them', () => {
  expect(read('kosovo')).toBe('search: kosovo')
  expect(read('threats in kosovo')).toBe('search: threats in kosovo')
  expect(read('about kosovo')).toBe('search: about kosovo')
  expect(read('help me understand kosovo')).toBe('search: help me understand kosovo')
  expect(read('???')).toBe('search: ???')
})

test('plain words change something if the command understands all of them', () => {
  for (const [line, meant] of [
    ['pause 1 week', 'pause: 1 week'],
    ['pause until friday', 'pause: until friday'],
    ['mute 1d', 'mute: 1d'],
    ['snooze 1d', 'pause: 1d'],
    ['settings hour noon', 'settings: hour noon'],
    ['settings @newsroom quiet 22-7', 'settings: @newsroom quiet 22-7'],
    ['quiet 22 to 7', 'settings: quiet 22 to 7'],
    ['Quiet hours 22-7', 'settings: Quiet hours 22-7'],
    ['zone Mostar', 'settings: zone Mostar'],
    ['zone UTC+2', 'settings: zone UTC+2'],
    ['timezone europe/paris', 'settings: timezone europe/paris'],
    ['hour 7:30', 'settings: hour 7:30'],
    ['changes threats', 'changes: threats'],
    ['subscribe', 'subscribe'],
    ['pause the war', 'search: pause the war'],
    ['settings of the talks', 'search: settings of the talks'],
    ['zone of peace', 'search: zone of peace'],
    ['city council', 'search: city council'],
    ['quiet diplomacy', 'search: quiet diplomacy'],
    ['time of war', 'search: time of war'],
    ['changes in Kosovo', 'search: changes in Kosovo'],
    ['subscribe 1 week', 'search: subscribe 1 week'],
    ['forget everything', 'search: forget everything'],
    ['settings forget everything', 'search: settings forget everything'],
    ['announce hello', 'search: announce hello'],
  ] as const) {
    expect(read(line), line).toBe(meant)
  }
})

test('a line without anything to read is empty', () => {
  for (const line of ['', '   ', '/', ' / ', '\n\t']) expect(read(line)).toBe('empty')
})

test('a line of more than a Telegram message, or a long query, is too long', () => {
  expect(read('x'.repeat(100_000))).toBe('long')
  expect(read('x'.repeat(4097))).toBe('long')
  expect(read(`/${'x'.repeat(4095)}`)).toBe('unknown')
  expect(read('x'.repeat(201))).toBe('long')
  expect(read(`/search ${'x'.repeat(201)}`)).toBe('long')
  expect(read('x'.repeat(200))).toBe(`search: ${'x'.repeat(200)}`)
})

test('control characters, lone surrogates and broken bytes are unreadable', () => {
  for (const bad of ['\0', '\x1b[2J', '\x7f', '\x9b', '\ud800', '\udfff', '\ufffd']) {
    expect(read(`/threats${bad}`)).toBe('unreadable')
    expect(read(`kosovo ${bad}`)).toBe('unreadable')
  }
  expect(read('/threats\ndetails')).toBe('threats: details')
})

test('any line whatever has an answer with words in it', async () => {
  const line = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }).map(text => `/${text}`),
    fc
      .array(fc.constantFrom('/', 'threats', 'search', 'next', 'details', 'all', '\0', ' '))
      .map(words => words.join(' ')),
  )
  await fc.assert(
    fc.asyncProperty(line, async given => {
      const { message, understood } = await answerTo(given)
      expect(message.body.children.length).toBeGreaterThan(0)
      expect(typeof understood).toBe('boolean')
    }),
    { numRuns: runs(2000) },
  )
})

test('invisible characters are read as if they were not there', () => {
  for (const hidden of ['\u2060', '\u200B', '\u200C', '\u200D', '\uFEFF']) {
    const plain = parseLine(registry, '/search hybrid threats')
    expect(parseLine(registry, `${hidden}/sea${hidden}rch hyb${hidden}rid threats`)).toEqual(plain)
    expect(parseLine(registry, `thr${hidden}eats`)).toEqual(parseLine(registry, 'threats'))
  }
})

test('characters of direction that change nothing are read as if they were not there', () => {
  const plain = parseLine(registry, '/search +387 33 987')
  expect(parseLine(registry, '/search \u202A+387 33 987\u202C')).toEqual(plain)
  expect(parseLine(registry, '/search \u202Egnp.exe').kind).toBe('unreadable')
})
