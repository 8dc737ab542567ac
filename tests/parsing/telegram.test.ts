import fc from 'fast-check'
import type { BlockContent, Nodes, PhrasingContent, RootContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { emphasis, paragraph, strong } from '../../src/message.ts'
import { type Entity, readEntities, shifted } from '../../src/parsing/telegram.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { runs } from '../properties.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

const lineEnd: PhrasingContent = { type: 'break' }
const code = (value: string): PhrasingContent => ({ type: 'inlineCode', value })
const link = (url: string, ...words: PhrasingContent[]): PhrasingContent => ({
  ...{ type: 'link', url, children: words },
})
const text = (value: string): PhrasingContent => ({ type: 'text', value })

/** An entity over words of a text, where they stand first. */
function over(whole: string, words: string, type: string, more: Partial<Entity> = {}): Entity {
  return { type, offset: whole.indexOf(words), length: words.length, ...more }
}

/** Parses a text in which some words have styles, and fails if any formatting is lost. */
function read(whole: string, ...styled: [words: string, type: string, more?: Partial<Entity>][]) {
  const { body, lost } = readEntities(
    whole,
    styled.map(([words, type, more]) => over(whole, words, type, more)),
  )
  expect(lost).toEqual([])
  return body.children
}

test('a text is paragraphs and lines, and its marks are characters', () => {
  expect(read('One *a*\n• two\n- three\n\n \n# four ||x||\n')).toEqual([
    paragraph('One *a*', lineEnd, '• two', lineEnd, '- three'),
    paragraph('# four ||x||'),
  ])
  expect(read(' \n\n ')).toEqual([])
})

test('styles stand in each other, and one that crosses another goes on behind it', () => {
  expect(read('a bold both italic z', ['bold both', 'bold'], ['both italic', 'italic'])).toEqual([
    paragraph('a ', strong('bold ', emphasis('both')), emphasis(' italic'), ' z'),
  ])
  expect(read('all of it', ['all', 'italic'], ['all of it', 'bold'])).toEqual([
    paragraph(strong(emphasis('all'), ' of it')),
  ])
  expect(
    read('👍🏽 struck mono', ['struck mono', 'strikethrough'], ['mono', 'code'], ['👍🏽', 'bold']),
  ).toEqual([
    paragraph(
      ...[
        strong('👍🏽'),
        ' ',
        { type: 'delete' as const, children: [text('struck '), code('mono')] },
      ],
    ),
  ])
})

test('a style over several paragraphs is in each of them', () => {
  expect(read('one\ntwo\n\nthree', ['one\ntwo\n\nthree', 'bold'])).toEqual([
    paragraph(strong('one', lineEnd, 'two')),
    paragraph(strong('three')),
  ])
})

test('quotes and code stand on their own, and code in a quote stays there', () => {
  const quote = (...children: BlockContent[]): RootContent => ({ type: 'blockquote', children })
  expect(
    read(
      'before\nquoted *a*\n\nlet x\nlet y\nafter\nfolded',
      ['quoted *a*\n\nlet x\nlet y', 'blockquote'],
      ['let x\nlet y\n', 'pre', { language: 'ts' }],
      ['folded', 'expandable_blockquote'],
    ),
  ).toEqual([
    paragraph('before'),
    quote(paragraph('quoted *a*'), { type: 'code', lang: 'ts', value: 'let x\nlet y' }),
    paragraph('after'),
    quote(paragraph('folded')),
  ])
  // Telegram lets inline code have several lines, Markdown does not.
  expect(read('see\n a\n  b\nend', [' a\n  b\n', 'code'])).toEqual([
    paragraph('see'),
    { type: 'code', lang: null, value: ' a\n  b' },
    paragraph('end'),
  ])
})

test('the address of a link stays, whatever its scheme', () => {
  expect(
    read(
      'here https://x.org/a y.org:80/b a@b.org there user',
      ['here', 'text_link', { url: 'https://z.org' }],
      ['https://x.org/a', 'url'],
      ['y.org:80/b', 'url'],
      ['a@b.org', 'email'],
      ['there', 'text_link', { url: 'javascript:alert(1)' }],
      ['user', 'text_link', { url: 'tg://user?id=1' }],
    ),
  ).toEqual([
    paragraph(
      ...[link('https://z.org', text('here')), ' '],
      ...[link('https://x.org/a', text('https://x.org/a')), ' '],
      ...[link('https://y.org:80/b', text('y.org:80/b')), ' '],
      ...[link('mailto:a@b.org', text('a@b.org')), ' '],
      ...[link('javascript:alert(1)', text('there')), ' '],
      link('tg://user?id=1', text('user')),
    ),
  ])
})

test('the mark behind an address is no part of it', () => {
  const whole = '见 https://example.org/a。明天 **x.org/plan”** now'
  expect(read(whole, ['https://example.org/a。明天', 'url'], ['x.org/plan”', 'url'])).toEqual([
    paragraph(
      ...['见 ', link('https://example.org/a', text('https://example.org/a')), '。明天 **'],
      ...[link('https://x.org/plan', text('x.org/plan')), '”** now'],
    ),
  ])
})

test('an address without a scheme is one address on Discord', () => {
  const { body } = readEntities('Sign up at example.org/form, t.me/desk or [2]', [
    { type: 'url', offset: 11, length: 16 },
    { type: 'url', offset: 29, length: 9 },
    { type: 'text_link', offset: 42, length: 3, url: 'https://example.org/2' },
  ])
  const [part] = renderDiscord({ body })[0]?.components[0].components ?? []
  expect(part).toMatchObject({
    content:
      'Sign up at <https://example.org/form>, <https://t.me/desk> or [[2]](<https://example.org/2>)',
  })
})

test('a time stays one', () => {
  expect(
    read(
      'at noon or never',
      ['noon', 'date_time', { unix_time: 1780315200 }],
      ['never', 'date_time'],
    ),
  ).toEqual([
    paragraph('at ', { type: 'time', at: '2026-06-01T12:00:00Z', value: 'noon' }, ' or never'),
  ])
})

test('formatting that other platforms cannot show is reported once each, and its words stay', () => {
  const whole = '@ann Bob hidden under 🙂 @eve'
  expect(
    readEntities(whole, [
      over(whole, '@ann', 'mention'),
      over(whole, 'Bob', 'text_mention'),
      over(whole, 'hidden', 'spoiler'),
      over(whole, 'under', 'underline'),
      over(whole, '🙂', 'custom_emoji'),
      over(whole, '@eve', 'mention'),
    ]),
  ).toEqual({
    body: { type: 'root', children: [paragraph('@ann Bob hidden ', strong('under'), ' 🙂 @eve')] },
    lost: ['mention', 'spoiler', 'underline', 'emoji'],
  })
})

test('tags, commands, numbers and what is not known yet are text', () => {
  const types = ['hashtag', 'cashtag', 'bot_command', 'phone_number', 'constructor']
  expect(
    readEntities(
      'a b',
      types.map(type => ({ type, offset: 0, length: 3 })),
    ),
  ).toEqual({ body: { type: 'root', children: [paragraph('a b')] }, lost: [] })
})

test('an entity over half a character is over all of it, one over nothing is none', () => {
  const bold = (offset: number, length: number) =>
    readEntities('a👍b', [{ type: 'bold', offset, length }]).body.children
  expect(bold(2, 1)).toEqual([paragraph('a', strong('👍'), 'b')])
  expect(bold(1, 1)).toEqual([paragraph('a', strong('👍'), 'b')])
  expect(bold(-5, 7)).toEqual([paragraph(strong('a👍'), 'b')])
  for (const [offset, length] of [
    [2, 0],
    [2, -1],
    [9, 9],
    [Number.NaN, 2],
  ] as const) {
    expect(bold(offset, length)).toEqual([paragraph('a👍b')])
  }
})

test('an entity in another of its kind, or of no known one, nests no deeper', () => {
  const many = (type: (index: number) => string) =>
    Array.from({ length: 20_000 }, (_, index) => ({ type: type(index), offset: 0, length: 1 }))
  expect(
    readEntities(
      'a',
      many(() => 'bold'),
    ).body.children,
  ).toEqual([paragraph(strong('a'))])
  expect(readEntities('a', many(String)).body.children).toEqual([paragraph('a')])
})

const written = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }) },
      fc.constantFrom(
        ' ',
        '\n',
        '\n\n',
        '\n \n',
        '*',
        '**',
        '`',
        '> ',
        '👩‍👩‍👧‍👦',
        '🇽🇰',
        'https://x.org',
      ),
    ),
    { maxLength: 12 },
  )
  .map(words => words.join(''))
const type = fc.constantFrom(
  ...['bold', 'italic', 'underline', 'strikethrough', 'spoiler', 'code', 'pre', 'text_link', 'url'],
  ...[
    'email',
    'mention',
    'blockquote',
    'expandable_blockquote',
    'custom_emoji',
    'date_time',
    'new',
  ],
)
const entity = fc.record({
  type,
  offset: fc.integer({ min: -3, max: 60 }),
  length: fc.integer({ min: -3, max: 60 }),
  url: fc.constantFrom('https://x.org', 'javascript:0'),
  language: fc.constantFrom('', 'ts'),
  unix_time: fc.constantFrom(0, 1780315200, 1e15, Number.NaN),
})
const entities = fc.array(entity, { maxLength: 12 })

test('no character of any text is lost, wherever its entities stand', () => {
  const visible = (text: string) => text.replace(/\s/g, '')
  fc.assert(
    fc.property(written, entities, (whole, entities) => {
      const { body } = readEntities(whole, entities)
      expect(visible(textOf(body))).toBe(visible(whole))
      for (const value of valuesOf(body)) expect(value.isWellFormed()).toBe(true)
    }),
    { numRuns: runs(3000) },
  )
})

function valuesOf(node: Nodes): string[] {
  if ('children' in node) return node.children.flatMap(valuesOf)
  return 'value' in node ? [node.value] : []
}

test('a parsed text, rendered for Telegram, has the style of every character', () => {
  const STYLES = ['bold', 'italic', 'strikethrough']
  const word = fc.tuple(fc.constantFrom('one', 'two', 'three'), fc.subarray(STYLES))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), words => {
      const whole = words.map(([word]) => word).join(' ')
      const entities = words.flatMap(([word, styles], index) => {
        const before = words.slice(0, index).map(([word]) => word)
        const offset = before.reduce((sum, word) => sum + word.length + 1, 0)
        return styles.map(type => ({ type, offset, length: word.length }))
      })
      const [part] = renderTelegram({ body: readEntities(whole, entities).body })
      const back = parseTelegramHtml(part && 'text' in part ? part.text : '')
      const places = (list: readonly Entity[]) =>
        list.map(({ type, offset, length }) => `${offset}+${length} ${type}`).sort()
      expect(back.text).toBe(whole)
      expect(places(back.entities)).toEqual(places(entities))
    }),
  )
})

test('thousands of entities over each other are read in no time', { tags: 'slow' }, () => {
  const whole = 'a b\n'.repeat(1500)
  const given = Array.from({ length: 3000 }, (_, index) => ({
    type:
      ['bold', 'italic', 'underline', 'code', 'blockquote', 'url', `t${index}`][index % 7] ?? '',
    offset: index,
    length: 2000,
  }))
  const began = process.threadCpuUsage()
  readEntities(whole, given)
  expect(process.threadCpuUsage(began).user).toBeLessThan(2e6)
})

test('the text behind a command has the entities that are left of it', () => {
  const whole = '/announce@bot  \n Hi there'
  expect(
    shifted(
      whole,
      [
        over(whole, '/announce@bot', 'bot_command'),
        over(whole, '@bot  \n Hi', 'bold'),
        over(whole, 'there', 'text_link', { url: 'https://x.org' }),
      ],
      '/announce@bot'.length,
    ),
  ).toEqual({
    text: 'Hi there',
    entities: [
      { type: 'bold', offset: 0, length: 2 },
      { type: 'text_link', offset: 3, length: 5, url: 'https://x.org' },
    ],
  })
  expect(shifted('/announce', [over('/announce', '/announce', 'bot_command')], 9)).toEqual({
    ...{ text: '', entities: [] },
  })
})

test('every entity behind a command is over the words that it was over', () => {
  fc.assert(
    fc.property(written, entities, fc.nat(40), (whole, entities, from) => {
      const rest = shifted(whole, entities, from)
      expect(whole.slice(from).trimStart()).toBe(rest.text)
      const start = whole.length - rest.text.length
      const words = ({ offset, length }: Entity, text: string) =>
        text.slice(offset, offset + length)
      const kept = entities
        .map(({ offset, length, ...more }) => {
          const from = Math.max(offset, start)
          return { ...more, offset: from, length: offset + length - from }
        })
        .filter(({ length }) => length > 0)
      expect(rest.entities.map(each => words(each, rest.text))).toEqual(
        kept.map(each => words(each, whole)),
      )
    }),
  )
})

test('a scheme and a subject around a mail address belong to its link', () => {
  const whole = 'Write MAILTO:a@b.org?subject=x, now'
  const { body } = readEntities(whole, [{ type: 'email', offset: 13, length: 7 }])
  expect(body.children).toEqual([
    paragraph(
      ...['Write ', link('MAILTO:a@b.org?subject=x', text('MAILTO:a@b.org?subject=x')), ', now'],
    ),
  ])
  const [part] = renderDiscord({ body })[0]?.components[0].components ?? []
  expect(part).toMatchObject({ content: 'Write <a@b.org>, now' })
})
