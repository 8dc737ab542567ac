import fc from 'fast-check'
import type { Root } from 'mdast'
import { expect, test } from 'vitest'
import { type Action, type Message, message, paragraph } from '../../src/message.ts'
import { renderDiscord, withoutUploads } from '../../src/render/discord.ts'
import { captionOf, renderTelegram, renderTelegramTexts } from '../../src/render/telegram.ts'
import { renderText } from '../../src/render/text.ts'
import { expectDiscordTakes, linesOf, readDiscord } from '../discord-markdown.ts'
import { inOrder, tree, wordsOf } from '../mdast.ts'
import { runs } from '../properties.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

const PICTURE = { id: 7, type: 'png' } as const

const pictured = (text: string, actions: readonly Action[] = []): Message => ({
  ...message(text === '' ? [] : [paragraph(text)], actions),
  picture: PICTURE,
})

const buttons = (count: number): Action[] =>
  Array.from({ length: count }, (_, index) => ({ label: `B${index}`, command: `/b ${index}` }))

test('Telegram: a short text is the caption, with the keyboard below', () => {
  expect(renderTelegram(pictured('Bread & salt', buttons(1)))).toEqual([
    {
      method: 'sendPhoto',
      photo: PICTURE,
      caption: 'Bread &amp; salt',
      instead: '[Image]\n\nBread &amp; salt',
      parse_mode: 'HTML',
      reply_markup: { inline_keyboard: [[{ text: 'B0', callback_data: '/b 0' }]] },
    },
  ])
  expect(renderTelegram(pictured(''))).toEqual([
    { method: 'sendPhoto', photo: PICTURE, instead: '[Image]', parse_mode: 'HTML' },
  ])
})

test('Telegram: 1024 units are a caption, entities counted as read; one more is a text of its own', () => {
  const most = `${'&'.repeat(1022)}😀`
  expect(renderTelegram(pictured(most))).toMatchObject([{ method: 'sendPhoto' }])
  const [photo, text, ...rest] = renderTelegram(pictured(`${most}!`, buttons(1)))
  expect(rest).toEqual([])
  expect(photo).toEqual({
    method: 'sendPhoto',
    photo: PICTURE,
    instead: '[Image]',
    parse_mode: 'HTML',
  })
  expect(text).toEqual(renderTelegram(message([paragraph(`${most}!`)], buttons(1)))[0])
})

test('Telegram: more than a hundred entities are not crowded into a caption', () => {
  const styled = (count: number): Message => ({
    ...message([
      paragraph(
        ...Array.from({ length: count }, () => [
          { type: 'strong' as const, children: [{ type: 'text' as const, value: 'a' }] },
          ' ',
        ]).flat(),
      ),
    ]),
    picture: PICTURE,
  })
  expect(renderTelegram(styled(99))).toHaveLength(1)
  expect(renderTelegram(styled(101)).length).toBeGreaterThan(1)
})

test('Telegram: parts are numbered among themselves, behind the picture', () => {
  const long = pictured('Word after word after word. '.repeat(400), buttons(1))
  const [photo, ...texts] = renderTelegram(long)
  expect(photo).toEqual({
    method: 'sendPhoto',
    photo: PICTURE,
    instead: '[Image]',
    parse_mode: 'HTML',
  })
  const { picture: _, ...plain } = long
  expect(texts).toEqual(renderTelegram(plain))
  expect(texts.length).toBeGreaterThan(1)
  expect(texts.at(-1)).toHaveProperty('reply_markup')
  // More buttons than stand under one message.
  const crowded = renderTelegram(pictured('Short.', buttons(101)))
  expect(crowded.map(({ method }) => method)).toEqual(['sendPhoto', 'sendMessage'])
})

test('Telegram: no word of any tree is lost behind a picture, and every caption is taken', () => {
  fc.assert(
    fc.property(tree, body => {
      const bodies = renderTelegram({ body, picture: PICTURE })
      const shown = bodies.map(each => ('photo' in each ? (each.caption ?? '') : each.text))
      expect(bodies.filter(({ method }) => method === 'sendPhoto')).toHaveLength(1)
      const [caption = ''] = shown
      if (caption) expect(parseTelegramHtml(caption).text.length).toBeLessThanOrEqual(1024)
      const read = shown.filter(text => text !== '').map(text => parseTelegramHtml(text).text)
      const words = read.join('\n').replaceAll('\u2060', '')
      expect(inOrder(wordsOf(body), words.replace(/\n\n\d+\/\d+$/gm, ''))).toBe(true)
    }),
    { numRuns: runs(300) },
  )
})

test('Telegram: a notice too long for a caption is cut, and says so', () => {
  const [fitting, long] = ['Taken back.', '<b>&amp;</b>'.repeat(1025)].map(text =>
    captionOf({
      method: 'sendMessage',
      text,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    }),
  )
  expect(fitting).toEqual({ caption: 'Taken back.', parse_mode: 'HTML' })
  expect(long).toEqual({ caption: `${'&'.repeat(1023)}…` })
})

test('Discord: the picture stands above the text, and is announced by its name', () => {
  expect(renderDiscord(pictured('Bread', buttons(1)))).toEqual([
    {
      flags: 32768,
      components: [
        {
          type: 17,
          components: [
            { type: 12, items: [{ media: { url: 'attachment://picture.png' } }] },
            { type: 10, content: 'Bread' },
            { type: 14 },
            { type: 1, components: [{ type: 2, style: 2, label: 'B0', custom_id: '/b 0' }] },
          ],
        },
      ],
      allowed_mentions: { parse: [] },
      attachments: [{ id: 0, filename: 'picture.png' }],
      pictures: [{ picture: PICTURE, instead: '\\[Image\\]' }],
    },
  ])
  expect(renderDiscord(pictured(''))).toMatchObject([
    { components: [{ components: [{ type: 12 }] }], pictures: [{ picture: PICTURE }] },
  ])
})

/** A link whose words have brackets and an underscore, which Discord shows as they are. */
const BRACKETS: Root = {
  type: 'root',
  children: [
    paragraph({
      type: 'link',
      url: 'https://x.org/a_b?c=1&d',
      children: [{ type: 'text', value: 'a_b [31m ] c' }],
    }),
  ],
}

test('Discord: the first of several parts has it, within every limit, and no word is lost', () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 12 }), fc.nat(60), (trees, count) => {
      const body = { type: 'root' as const, children: trees.flatMap(({ children }) => children) }
      const bodies = renderDiscord({ body, picture: PICTURE, actions: buttons(count) })
      expect(bodies.map(each => each.pictures?.[0]?.picture)).toEqual([
        PICTURE,
        ...bodies.slice(1).map(() => undefined),
      ])
      for (const body of bodies) expectDiscordTakes(body)
      expect(bodies.flatMap(linesOf)).toHaveLength(count)
      expect(inOrder(wordsOf(body), bodies.map(readDiscord).join('\n'))).toBe(true)
    }),
    { numRuns: runs(300), examples: [[[BRACKETS], 0]] },
  )
})

test('Discord: bytes that are escaped leave room for the picture in the first part', () => {
  const bodies = renderDiscord(pictured('\u4e00"'.repeat(4000)))
  expect(bodies.length).toBeGreaterThan(1)
  for (const body of bodies) expectDiscordTakes(body)
})

test('a line replaces an image that cannot be shown', () => {
  for (const body of renderDiscord(pictured('Bread', buttons(1)))) {
    // The text has the same readers as the image had: the flag stays.
    const told = withoutUploads({ ...body, flags: body.flags | 64 })
    expect(told).toMatchObject({ flags: 32768 | 64, allowed_mentions: { parse: [] } })
    expect(told).not.toHaveProperty('attachments')
    const [{ components }] = told.components
    expect(components.map(({ type }) => type)).toEqual([10, 10, 14, 1])
    expectDiscordTakes({ ...told, flags: body.flags })
  }
  const shown = renderText(pictured('Bread'), { columns: 80, style: 'grid', colour: false })
  expect(shown).toBe('[Image]\n\nBread')
  const [telegram] = renderTelegramTexts(pictured('Bread', buttons(1)))
  expect(telegram).toMatchObject({ method: 'sendMessage', text: '[Image]\n\nBread' })
})
