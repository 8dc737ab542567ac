import fc from 'fast-check'
import type { PhrasingContent, RootContent } from 'mdast'
import { expect, test } from 'vitest'
import {
  type Action,
  heading,
  list,
  type Message,
  message,
  paragraph,
  strong,
  table,
} from '../../src/message.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { expectDiscordTakes, linesOf, readDiscord } from '../discord-markdown.ts'
import { inOrder, tree, wordsOf } from '../mdast.ts'
import { runs } from '../properties.ts'

const style = fc.constantFrom('grid' as const, 'cards' as const)

function show(body: RootContent[]): string[] {
  return renderDiscord(message(body)).map(({ components: [{ components }] }) =>
    components.map(part => (part.type === 10 ? part.content : `type ${part.type}`)).join('\n'),
  )
}

test('every part of any tree passes discord.js and stays within every limit', () => {
  fc.assert(
    fc.property(tree, style, (body, given) => {
      for (const part of renderDiscord({ body }, given)) expectDiscordTakes(part)
    }),
    { numRuns: runs(1500) },
  )
})

test('no word of any tree is lost and their order is kept', () => {
  fc.assert(
    fc.property(tree, style, (body, given) => {
      const shown = renderDiscord({ body }, given).map(readDiscord).join('\n')
      expect(inOrder(wordsOf(body), shown)).toBe(true)
    }),
    { numRuns: runs(1500) },
  )
})

test('long trees are split into parts that say so, and lose nothing', () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 20, maxLength: 30 }), trees => {
      const body = { type: 'root' as const, children: trees.flatMap(({ children }) => children) }
      const bodies = renderDiscord({ body })
      for (const part of bodies) expectDiscordTakes(part)
      expect(inOrder(wordsOf(body), bodies.map(readDiscord).join('\n'))).toBe(true)
      const marks = show(body.children).map(content => /-# (\d+\/\d+)$/.exec(content)?.[1])
      if (bodies.length > 1) {
        expect(marks).toEqual(bodies.map((_, index) => `${index + 1}/${bodies.length}`))
      }
    }),
    { numRuns: runs(40) },
  )
})

test('styles, links, code, quotes and lists are what was meant', () => {
  const text = (value: string) => ({ type: 'text' as const, value })
  const body: RootContent[] = [
    heading(1, 'Title *more*'),
    {
      type: 'paragraph',
      children: [
        text('a_b '),
        { type: 'strong', children: [text('b '), { type: 'emphasis', children: [text('c')] }] },
        { type: 'delete', children: [text('d')] },
        { type: 'inlineCode', value: '/threats' },
        { type: 'link', url: 'https://x.org/a>b', children: [text('e')] },
        text(' '),
        { type: 'link', url: 'https://x.org', children: [text('https://x.org')] },
      ],
    },
    list([['one'], ['two']], true),
    list([['# no heading'], ['1. no number']]),
    { type: 'blockquote', children: [paragraph('q1') as never, paragraph('q2') as never] },
    { type: 'code', lang: 'ts', value: 'a ``` b' },
  ]
  expect(show(body)).toEqual([
    [
      '# Title \\*more\\*',
      'a\\_b **b** ***c***\u200B~~d~~\u200B`/threats`[e](<https://x.org/a%3Eb>) <https://x.org>',
      '1. one\n2. two',
      '- \\# no heading\n- 1\\. no number',
      '> q1\n> \n> q2',
      '```ts\na `\u200B`\u200B` b\n```',
    ].join('\n\n'),
  ])
})

test('an instant is shown in the reader’s own time, calendar dates stay as they are', () => {
  const body: RootContent[] = [
    {
      type: 'paragraph',
      children: [
        { type: 'time', at: '2026-06-01T09:00:00Z', value: '1 June, 09:00 UTC' },
        { type: 'text', value: ' / ' },
        { type: 'time', start: '2026-06-01', end: '2026-06-10', value: '1–10 June 2026' },
      ],
    },
  ]
  expect(show(body)).toEqual(['<t:1780304400:f> / 1–10 June 2026'])
})

test('mentions, emoji, times and addresses in text are shown as they were typed', () => {
  const typed = '@everyone <@123> <#1> <t:1:R> :smile: https://x.org/a_b ||spoiler||'
  expect(show([paragraph(typed)])).toEqual([
    '\\@everyone \\<\\@123> \\<#1> \\<t\\:1:R> \\:smile: https\\://x.org/a\\_b \\|\\|spoiler\\|\\|',
  ])
})

test('a table that fits 40 columns is a code block, a wider one is cards', () => {
  const small = table([
    ['Name', 'Count'],
    ['a', '1'],
  ])
  expect(show([small])).toEqual(['```\nName  Count\n────  ─────\na     1\n```'])
  const wide = table([
    ['Country', 'Type'],
    ['North Macedonia', 'Capacity Building Workshop'],
  ])
  expect(show([wide])).toEqual([
    '- Country: **North Macedonia**\n  Type: Capacity Building Workshop',
  ])
})

test('a word of 10,000 characters is shown whole, by characters and by bytes', () => {
  for (const character of ['x', '漢', '👩‍👩‍👧‍👦', 'ש']) {
    const word = character.repeat(Math.ceil(10_000 / character.length))
    const bodies = renderDiscord(message([paragraph(word)]))
    for (const body of bodies) expectDiscordTakes(body)
    expect(bodies.map(readDiscord).join('')).toBe(word)
  }
})

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    label: `Section ${index} ${'é'.repeat(60)}`,
    command: `/s${index}`,
  }))

/** The types of the components in each row of a body: 2 is a button, 3 a menu. */
function rowsOf(bodies: ReturnType<typeof renderDiscord>): number[][] {
  return bodies.flatMap(({ components }) =>
    components[0].components.flatMap(part =>
      part.type === 1 ? [part.components.map(({ type }) => type)] : [],
    ),
  )
}

test('five choices are a row of buttons, more are menus of at most 25, none is lost', () => {
  for (const [count, rows] of [
    [1, [[2]]],
    [5, [[2, 2, 2, 2, 2]]],
    [6, [[3]]],
    [25, [[3]]],
    [26, [[3], [3]]],
    [250, Array(10).fill([3])],
    [1000, Array(40).fill([3])],
  ] as const) {
    const bodies = renderDiscord({ ...message([paragraph('All')]), actions: numbered(count) })
    for (const body of bodies) expectDiscordTakes(body)
    expect(bodies.flatMap(linesOf)).toEqual(numbered(count).map(({ command }) => command))
    expect(rowsOf(bodies)).toEqual(rows)
  }
})

test('steps, roles and addresses stay buttons, before or after the menu of choices', () => {
  const send = { label: 'Send', command: '/send', role: 'primary' } as const
  const back = { label: 'Back', command: '/back', isStep: true } as const
  const stop = { label: 'Stop', command: '/stop', role: 'danger' } as const
  const page = { label: 'Page', url: 'https://x.org' }
  const actions = [send, ...numbered(6), back, page, stop]
  const bodies = renderDiscord({ ...message([paragraph('All')]), actions })
  for (const body of bodies) expectDiscordTakes(body)
  expect(rowsOf(bodies)).toEqual([[2], [3], [2, 2, 2]])
  // Few choices stand with the others.
  const few = renderDiscord({
    ...message([paragraph('x')]),
    actions: [send, ...numbered(3), back, stop],
  })
  expect(rowsOf(few)).toEqual([[2, 2, 2, 2, 2], [2]])
})

test('a message has the colour of its kind, and otherwise that of its edition', () => {
  const colourOf = (more: Partial<Message>) =>
    renderDiscord({ ...message([paragraph('x '.repeat(5000))]), ...more }).map(body => {
      expectDiscordTakes(body)
      return body.components[0].accent_color
    })
  const accent = '#0A0b0c'
  expect(colourOf({})).toEqual([undefined, undefined, undefined])
  expect(colourOf({ accent })).toEqual([0x0a0b0c, 0x0a0b0c, 0x0a0b0c])
  expect(colourOf({ accent: 'red' })).toEqual([undefined, undefined, undefined])
  const [urgent] = colourOf({ accent, tone: 'urgent' })
  const [corrected] = colourOf({ accent, tone: 'corrected' })
  const parts = (colour = 0) => [16, 8, 0].map(shift => (colour >> shift) & 255)
  const [red = 0, ...others] = parts(urgent)
  expect(red - Math.max(...others)).toBeGreaterThan(100)
  const [high = 0, middle = 0, low = 0] = parts(corrected)
  expect(high).toBeGreaterThan(middle)
  expect(middle - low).toBeGreaterThan(100)
})

test('addresses and languages of any length come to an end, and nothing is lost', () => {
  const address = `https://x.org/${'a'.repeat(5000)}`
  const link = (words: string) => ({
    type: 'paragraph' as const,
    children: [
      { type: 'link' as const, url: address, children: [{ type: 'text' as const, value: words }] },
    ],
  })
  for (const node of [
    link('click me'),
    link(address),
    { type: 'code' as const, lang: 'x'.repeat(5000), value: 'y' },
  ]) {
    const bodies = renderDiscord(message([node]))
    for (const body of bodies) expectDiscordTakes(body)
    const shown = bodies.map(readDiscord).join('')
    if (node.type === 'paragraph') expect(shown.replace(/\s/g, '')).toContain(address)
  }
})

test('an address that cannot be linked stands once behind its words', () => {
  const text = (value: string) => ({ type: 'text' as const, value })
  const link = (url: string, ...children: PhrasingContent[]): RootContent => ({
    type: 'paragraph',
    children: [{ type: 'link', url, children }],
  })
  expect(show([link('mailto:a@b.org', text('mail '), strong('us'), text(' now'))])).toEqual([
    'mail **us** now (<a@b.org>)',
  ])
  expect(show([link('https://evil.example', text('https://bank.example'))])).toEqual([
    'https\\://bank.example (<https://evil.example>)',
  ])
  expect(show([link('https://x.org', text('a[b'))])).toEqual(['a\\[b (<https://x.org>)'])
})

test('a reference leads where its definition says', () => {
  const body: RootContent[] = [
    {
      type: 'paragraph',
      children: [
        {
          type: 'linkReference',
          identifier: 'r',
          referenceType: 'full',
          children: [{ type: 'text', value: 'there' }],
        },
      ],
    },
    { type: 'definition', identifier: 'r', url: 'https://x.org' },
  ]
  expect(show(body)).toEqual(['[there](<https://x.org>)'])
})

test('code is read before the style around it, and emoji names stay words', () => {
  const code = { type: 'inlineCode' as const, value: '2**8' }
  expect(show([paragraph(strong('a ', code)), paragraph(':+1: and :e-mail:')])).toEqual([
    '**a** `2**8`\n\n\\:+1: and \\:e-mail:',
  ])
})

test('many buttons that open pages stay buttons, and a command has only one', () => {
  const pages = Array.from({ length: 25 }, (_, index) => ({
    label: `Page ${index}`,
    url: `https://x.org/${index}`,
  }))
  const next = { label: 'Next', command: '/next' }
  const bodies = renderDiscord({ ...message([paragraph('All')]), actions: [...pages, next, next] })
  for (const body of bodies) expectDiscordTakes(body)
  const text = JSON.stringify(bodies)
  for (const { url } of pages) expect(text).toContain(`"${url}"`)
  expect(text.match(/"\/next"/g)).toHaveLength(1)
})

test('a long grid has its header on every part', () => {
  const rows = Array.from({ length: 400 }, (_, index) => [`row${index}`, String(index)])
  const shown = show([table([['Name', 'Count'], ...rows])])
  expect(shown.length).toBeGreaterThan(1)
  for (const part of shown) expect(part).toMatch(/^```\nName {4}Count\n─+ {2}─+\nrow/)
})

test('nothing to show is no message', () => {
  expect(show([])).toEqual([])
  expect(show([paragraph('\u200B')])).toEqual([])
})

test('a button’s role is its style, and the label stays as it is', () => {
  const actions = [
    { label: 'Send to 3 chats', command: '/a', role: 'primary' },
    { label: 'Edit', command: '/b' },
    { label: 'Discard', command: '/c', role: 'danger' },
  ] as const
  const [body] = renderDiscord(message([paragraph('x')], actions))
  const row = body?.components[0].components.at(-1)
  expect(row).toMatchObject({
    components: [
      { style: 1, label: 'Send to 3 chats' },
      { style: 2, label: 'Edit' },
      { style: 4, label: 'Discard' },
    ],
  })
  if (body) expectDiscordTakes(body)
})

/** The labels of the buttons, or of the choices of the menus. */
function labelsOf(actions: readonly Action[]): string[] {
  return renderDiscord({ ...message([paragraph('All')]), actions }).flatMap(({ components }) =>
    components[0].components.flatMap(part =>
      part.type === 1
        ? part.components.flatMap(each =>
            each.type === 2 ? [each.label] : each.options.map(({ label }) => label),
          )
        : [],
    ),
  )
}

test('a label has at most 80 UTF-16 units on a button, 100 in a menu, and ends with a whole grapheme', () => {
  const family = '👨‍👩‍👧‍👦'
  const letters = fc.constantFrom('a', ' ', 'é', 'e\u0301', '橋', '🚢', '👍🏽', '🇧🇦', family)
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 130, size: 'max' }), letters => {
      const label = `x${letters.join('')}x`
      for (const [count, most] of [
        [1, 80],
        [6, 100],
      ] as const) {
        const given = Array.from({ length: count }, (_, index) => ({
          label,
          command: `/a${index}`,
        }))
        for (const shown of labelsOf(given)) {
          const whole = label.replace(/\s+/g, ' ').normalize()
          expect(shown.length).toBeLessThanOrEqual(most)
          if (whole.length <= most) expect(shown).toBe(whole)
          else {
            const kept = shown.slice(0, -1)
            expect(shown.at(-1)).toBe('…')
            expect(kept.length).toBeGreaterThan(most - 1 - family.length)
            const ends = [...new Intl.Segmenter().segment(whole)].map(({ index }) => index)
            expect(ends).toContain(kept.length)
          }
        }
      }
    }),
  )
})
