import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Block,
  type Inline,
  readDiscordMarkdown,
} from '../../src/platforms/web/page/discord-markdown.ts'
import { type DiscordBody, renderDiscord } from '../../src/render/discord.ts'
import { readDiscord } from '../discord-markdown.ts'
import { tree } from '../mdast.ts'
import { runs } from '../properties.ts'
import { answerTo, registry } from '../shipped.ts'

const STYLES = ['grid', 'cards'] as const

test('the page reads the same words from any body for Discord as the tests’ own reader', () => {
  // A style around an empty line in a quote or a list is no style on Discord, so marks do not count here.
  const words = (text: string) => dense(text).replace(/[*_~]/g, '')
  fc.assert(
    fc.property(tree, fc.constantFrom(...STYLES), (body, style) => {
      for (const part of renderDiscord({ body }, style)) {
        expect(words(textIn(part))).toBe(words(readDiscord(part)))
      }
    }),
    { numRuns: runs(1500) },
  )
})

test('no mark of a style remains in the shipped answers', async () => {
  const lines = registry.commands.filter(each => !each.forModerators).map(({ name }) => `/${name}`)
  for (const line of [...lines, 'KFOR', 'what is the weather']) {
    const { message } = await answerTo(line)
    for (const style of STYLES) {
      for (const part of renderDiscord(message, style)) {
        expect(dense(textIn(part))).toBe(dense(readDiscord(part)))
      }
    }
  }
})

test('a style goes on over a line end, and ends at no escaped mark', () => {
  expect(readDiscordMarkdown('**a\\**\nb** \\*c *d*')).toEqual([
    {
      kind: 'paragraph',
      of: [
        {
          kind: 'bold',
          of: [
            { kind: 'text', text: 'a' },
            { kind: 'text', text: '*' },
            { kind: 'text', text: '*\nb' },
          ],
        },
        { kind: 'text', text: ' ' },
        { kind: 'text', text: '*' },
        { kind: 'text', text: 'c ' },
        { kind: 'italic', of: [{ kind: 'text', text: 'd' }] },
      ],
    },
  ])
})

test('brackets without an address take no more than linear time', () => {
  const source = '[[a]'.repeat(1000)
  expect(readDiscordMarkdown(source)).toEqual([
    { kind: 'paragraph', of: [{ kind: 'text', text: source }] },
  ])
})

/**
 * The text without blanks and signs of quotes, because the tests' own reader removes both in code as well.
 * U+FDD0 and U+FDD1 mark addresses below, so they go from both sides: a body may hold them too.
 */
function dense(text: string): string {
  return text.replace(/[\s>\u200B\uFDD0\uFDD1]/g, '')
}

function textIn({ components: [{ components }] }: DiscordBody): string {
  const content = components.flatMap(part => (part.type === 10 ? [part.content] : [])).join('\n')
  const text = blocksText(readDiscordMarkdown(content.replace(/\n\n-# \d+\/\d+$/, '')))
  // The tests' own reader drops an address behind the words of its link.
  return text.replace(/\s\(\uFDD0https?:[^\uFDD1]*\uFDD1\)/g, '')
}

function blocksText(blocks: readonly Block[]): string {
  return blocks
    .map(block => {
      if (block.kind === 'gap') return ''
      if (block.kind === 'code') return block.text
      if (block.kind === 'quote') return blocksText(block.of)
      const text = inlineText(block.of)
      if (block.kind === 'small') return `-# ${text}`
      return block.kind === 'item' ? `${block.mark.replace('•', '')} ${text}` : text
    })
    .join('\n')
}

function inlineText(pieces: readonly Inline[]): string {
  return pieces
    .map(piece => {
      if ('text' in piece) return piece.text
      if (piece.kind === 'time') return `<t:${piece.unix}:${piece.style}>`
      if (piece.kind === 'command') return piece.line
      const text = inlineText(piece.of)
      return piece.kind === 'link' && piece.url === text ? `\uFDD0${text}\uFDD1` : text
    })
    .join('')
}
