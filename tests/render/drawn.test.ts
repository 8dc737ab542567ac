import fc from 'fast-check'
import type { Root, Table } from 'mdast'
import { expect, test } from 'vitest'
import { heading, type Message, message, paragraph, quiet, table } from '../../src/message.ts'
import type { DrawnEvent, Picture } from '../../src/picture.ts'
import { type DiscordBody, renderDiscord, withoutUploads } from '../../src/render/discord.ts'
import { flow } from '../../src/render/flow.ts'
import { altText } from '../../src/render/picture-blocks.ts'
import { picturesOf } from '../../src/render/pictures.ts'
import { renderTelegram, renderTelegramTexts } from '../../src/render/telegram.ts'
import { renderText } from '../../src/render/text.ts'
import { expectDiscordTakes, readDiscord } from '../discord-markdown.ts'
import { inOrder, tree, wordsOf } from '../mdast.ts'
import { runs } from '../properties.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

const gauges = table([
  ['River', 'Level', 'Trend'],
  ['Drin', '4.20 m', 'rising'],
  ['Buna', '', 'falling'],
])

const answer: Message = {
  ...message([
    heading(1, 'Gauges'),
    paragraph('Two rivers.'),
    gauges,
    quiet('Source: the office, 1 May 2027.'),
  ]),
  accent: '#124a8f',
}

const WORDS = 'River · Level · Trend\nDrin · 4.20 m · rising\nBuna · — · falling'

function rowsOf(picture: Picture | undefined): string[][] {
  if (!picture || !('drawing' in picture) || picture.drawing.kind !== 'table') return []
  return picture.drawing.rows.map(row => row.map(cell => cell.map(({ text }) => text).join('')))
}

function shownBy(body: DiscordBody): (string | undefined)[] {
  return body.components[0].components.map(each => {
    if (each.type === 12) return each.items[0].description
    return each.type === 10 ? each.content : undefined
  })
}

test('a picture style draws a table in the theme and the colour of the edition', () => {
  const [light, dark] = (['picture', 'dark-picture'] as const).map(style =>
    picturesOf(answer, style),
  )
  expect(light).toHaveLength(1)
  expect(light?.[0]).toMatchObject({
    type: 'png',
    drawing: { kind: 'table', theme: 'light', accent: '#124a8f' },
  })
  expect(dark?.[0]).toMatchObject({ drawing: { theme: 'dark' } })
  expect(rowsOf(light?.[0])).toEqual([
    ['River', 'Level', 'Trend'],
    ['Drin', '4.20 m', 'rising'],
    ['Buna', '', 'falling'],
  ])
  for (const style of ['grid', 'cards'] as const) expect(picturesOf(answer, style)).toEqual([])
})

test('Discord: the picture stands between the texts, and its description says all of its words', () => {
  const [body, ...more] = renderDiscord(answer, 'picture')
  expect(more).toEqual([])
  expect(body && shownBy(body)).toEqual([
    '# Gauges\n\nTwo rivers.',
    WORDS,
    '-# Source: the office, 1 May 2027.',
  ])
  expect(body?.attachments).toEqual([{ id: 0, filename: 'picture.png' }])
  const cards = renderDiscord(answer, 'cards')[0]
  const words = (each?: DiscordBody) => each && readDiscord(each).replace(/\s+/g, ' ')
  expect(words(body && withoutUploads(body))).toBe(words(cards))
})

test('Discord: links of a table stand below its picture', () => {
  const link = {
    type: 'link' as const,
    url: 'https://example.org/drin',
    children: [{ type: 'text' as const, value: 'Drin' }],
  }
  const linked = message([table([['River'], [link], ['Buna']])])
  expect(renderDiscord(linked, 'picture').map(shownBy)).toEqual([
    ['River\nDrin\nBuna', '-# [Drin](<https://example.org/drin>)'],
  ])
})

test('Telegram: the text with the folded words is the caption above the picture', () => {
  const folded =
    '<blockquote expandable><i>River · Level · Trend</i>\n' +
    '<b>Drin</b> · 4.20 m · rising\n<b>Buna</b> · — · falling</blockquote>'
  const [photo, ...more] = renderTelegram(answer, 'picture')
  expect(more).toEqual([])
  expect(photo).toMatchObject({
    method: 'sendPhoto',
    show_caption_above_media: true,
    caption: `<b>Gauges</b>\nTwo rivers.\n\n${folded}\n<i>Source: the office, 1 May 2027.</i>`,
  })
  const [cards] = renderTelegramTexts(answer, 'cards')
  expect(photo).toHaveProperty('instead', cards?.text)
})

test('Telegram: pictures and texts keep their order', () => {
  const body = message([
    paragraph('Before.'),
    gauges,
    paragraph('Between.'),
    gauges,
    paragraph('Behind.'),
  ])
  const shown = renderTelegram(body, 'picture').map(each =>
    'text' in each ? each.text : `[${each.caption?.split('\n')[0]}]`,
  )
  expect(shown).toEqual(['[Before.]', '[Between.]', 'Behind.'])
})

test('Telegram: words that are too long for a caption follow the picture', () => {
  const long = table([
    ['River', 'Report'],
    ...Array.from({ length: 7 }, (_, index) => [`R${index}`, 'high water '.repeat(9).trim()]),
  ])
  const summary = paragraph('A summary of two lines or so. '.repeat(11).trim())
  const bodies = renderTelegram(message([heading(1, 'Gauges'), summary, long]), 'picture')
  expect(bodies.map(({ method }) => method)).toEqual(['sendPhoto', 'sendMessage'])
  const [photo, text] = bodies
  expect(photo).toHaveProperty('caption', expect.stringMatching(/^<b>Gauges<\/b>\n[^<]*$/))
  expect(text).toHaveProperty('text', expect.stringMatching(/^<blockquote expandable><i>River/))
})

test('Telegram: a text that is too long for a caption comes first, and its last heading joins the picture', () => {
  const prose = paragraph('Word after word. '.repeat(100).trim())
  const bodies = renderTelegram(message([prose, heading(2, 'Gauges'), gauges]), 'picture')
  expect(bodies.map(({ method }) => method)).toEqual(['sendMessage', 'sendPhoto'])
  expect(bodies[1]).toHaveProperty('caption', expect.stringMatching(/^<b>Gauges<\/b>\n<blockquote/))
})

test('an image of a section stands in its place in every style', () => {
  const map = { path: 'map.png', hash: 'f'.repeat(64), type: 'png' } as const
  const body: Message = message([
    paragraph('Before.'),
    { type: 'image', url: 'map.png', alt: 'Map of the port', data: { picture: map } },
    paragraph('Behind.'),
  ])
  for (const style of ['grid', 'cards', 'picture'] as const) {
    expect(renderTelegram(body, style)).toMatchObject([
      {
        photo: map,
        caption: 'Before.\n\n<i>Map of the port</i>',
        instead: 'Before.\n\n[Image: Map of the port]',
      },
      { text: 'Behind.' },
    ])
    const [discord] = renderDiscord(body, style)
    expect(discord && shownBy(discord)).toEqual(['Before.', 'Map of the port', 'Behind.'])
  }
  expect(renderText(body, { columns: 80, style: 'grid', colour: false })).toBe(
    'Before.\n\n[Image: Map of the port]\n\nBehind.',
  )
})

test('a timeline is shown by the picture styles alone', () => {
  const event: DrawnEvent = {
    name: 'Immediate Response',
    ...{ start: '2027-05-01', end: '2027-05-10', dates: '1–10 May 2027' },
    state: 'upcoming',
    stateText: 'in 3 weeks',
  }
  const body = message([
    heading(1, 'Exercises'),
    {
      type: 'timeline',
      today: '2027-04-10',
      todayText: 'Today, 10 April 2027',
      events: [event],
    },
    paragraph('A list.'),
  ])
  expect(renderTelegram(body, 'grid')).toMatchObject([{ text: '<b>Exercises</b>\nA list.' }])
  expect(renderTelegram(body, 'picture')).toMatchObject([
    {
      photo: { drawing: { kind: 'timeline', events: [event] } },
      caption: expect.stringContaining('<b>Immediate Response</b>: 1–10 May 2027, in 3 weeks'),
    },
    { text: 'A list.' },
  ])
  const [discord] = renderDiscord(body, 'picture')
  expect(discord && shownBy(discord)).toEqual([
    '# Exercises',
    'Today, 10 April 2027\nImmediate Response: 1–10 May 2027, in 3 weeks',
    'A list.',
  ])
})

test('Discord: a table is cards if its links fill more than a message', () => {
  const linked = (index: number) => ({
    type: 'link' as const,
    url: `https://example.org/${'long/'.repeat(50)}${index}`,
    children: [{ type: 'text' as const, value: `Report ${index}` }],
  })
  const rows = Array.from({ length: 20 }, (_, index) => [`Gauge ${index}`, linked(index)])
  const body = message([table([['Gauge', 'Source'], ...rows])])
  const parts = renderDiscord(body, 'picture')
  for (const part of parts) expectDiscordTakes(part)
  expect(parts).toEqual(renderDiscord(body, 'cards'))
})

test('the words of a long timeline are sent once, also if its picture is refused', () => {
  const names = Array.from(
    { length: 30 },
    (_, index) => `Event ${index}, ${'long name '.repeat(10).trim()}`,
  )
  const events = names.map(
    (name): DrawnEvent => ({
      name,
      ...{ start: '2027-05-01', end: '2027-05-10', dates: '1–10 May 2027' },
      state: 'upcoming',
      stateText: 'in 3 weeks',
    }),
  )
  const today = { today: '2027-04-10', todayText: 'Today, 10 April 2027' }
  const body = message([heading(1, 'Exercises'), { type: 'timeline', ...today, events }])
  const discord = renderDiscord(body, 'picture')
  expect(discord[0]?.pictures).toHaveLength(1)
  const refused = discord.map(withoutUploads)
  for (const part of [...discord, ...refused]) expectDiscordTakes(part)
  const telegram = renderTelegram(body, 'picture')
  expect(telegram[0]).toMatchObject({ method: 'sendPhoto', instead: '<b>Exercises</b>' })
  const texts = telegram.map(each => ('photo' in each ? each.instead : each.text))
  for (const text of [refused.map(readDiscord).join('\n'), texts.join('\n')]) {
    for (const name of names) expect(text.split(name)).toHaveLength(2)
  }
})

test('a long table has pages, each with the header and within the limits of alt texts', () => {
  const rows = Array.from({ length: 200 }, (_, index) => [`Gauge ${index}`, 'Rising', 'Drin'])
  const body = message([table([['Gauge', 'Trend', 'River'], ...rows])])
  const pages = picturesOf(body, 'picture').map(rowsOf)
  expect(pages.length).toBeGreaterThan(1)
  expect(pages.every(([header]) => header?.join() === 'Gauge,Trend,River')).toBe(true)
  expect(pages.flatMap(page => page.slice(1))).toEqual(rows)
  for (const part of renderDiscord(body, 'picture')) {
    expectDiscordTakes(part)
    for (const alt of shownBy(part)) expect(alt?.length ?? 0).toBeLessThanOrEqual(1024)
  }
  for (const part of renderTelegram(body, 'picture')) expect(part).toHaveProperty('caption')
})

test('a message whose tables take more than 20 pictures has cards', () => {
  const many = (count: number) => message(Array.from({ length: count }, () => gauges))
  expect(picturesOf(many(20), 'picture')).toHaveLength(20)
  const rows = Array.from({ length: 500 }, () => ['word '.repeat(20), 'Drin'])
  for (const body of [many(21), message([table([['A', 'B'], ...rows])])]) {
    expect(renderTelegram(body, 'picture')).toEqual(renderTelegram(body, 'cards'))
    expect(renderDiscord(body, 'picture')).toEqual(renderDiscord(body, 'cards'))
  }
})

test('a table with letters that no font has, or with a row beyond a page, is cards', () => {
  for (const cell of ['ท่าเรือ', 'ნავსადგური', 'word '.repeat(300)]) {
    const body = message([
      table([
        ['A', 'B'],
        [cell, 'c'],
      ]),
    ])
    expect(picturesOf(body, 'picture')).toEqual([])
    expect(renderTelegram(body, 'picture')).toEqual(renderTelegram(body, 'cards'))
  }
})

/** Any table of a few rows, with any marks in its cells. */
const tables = tree
  .map(({ children }) => children.filter(node => node.type === 'table'))
  .filter(found => found.length > 0)

test('the words of the alt text are those of the table, in order', () => {
  fc.assert(
    fc.property(tables, found => {
      const body: Root = { type: 'root', children: found }
      const blocks = flow({ body }, { columns: 32, style: 'picture', links: () => true })
      for (const block of blocks) {
        if (block.kind !== 'picture') continue
        const drawn = rowsOf(block.picture)
        const alt = altText(block.words)
        const own = (text: string) =>
          text
            .replaceAll('~~', '')
            .split(/[\s·—]+/)
            .filter(word => word !== '')
        const first = drawn[0]?.every(cell => cell.trim() === '') ? drawn.slice(1) : drawn
        expect(own(alt)).toEqual(own(first.flat().join(' ')))
      }
      const all = found.flatMap(({ children }: Table) => children)
      const read = renderDiscord({ body }, 'picture').map(readDiscord).join('\n')
      expect(all.length === 0 || inOrder(wordsOf(body), read)).toBe(true)
    }),
    { numRuns: runs(300) },
  )
})

test('no word of any tree is lost in a picture style, and every body is accepted', () => {
  fc.assert(
    fc.property(tree, body => {
      for (const part of renderDiscord({ body }, 'picture')) expectDiscordTakes(part)
      const bodies = renderTelegram({ body }, 'picture')
      const shown = bodies.map(each => ('photo' in each ? (each.caption ?? '') : each.text))
      const texts = shown.filter(text => text !== '').map(text => parseTelegramHtml(text).text)
      const words = texts.join('\n').replaceAll('\u2060', '')
      expect(inOrder(wordsOf(body), words.replace(/\n\n\d+\/\d+$/gm, ''))).toBe(true)
      for (const each of bodies) {
        if (!('photo' in each)) continue
        expect(parseTelegramHtml(each.instead).text.length).toBeLessThanOrEqual(4096)
      }
    }),
    { numRuns: runs(300) },
  )
})
