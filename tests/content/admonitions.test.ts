import { expect, test } from 'vitest'
import { shown as shownAnywhere } from '../shown-markdown.ts'

/** Returns a text as Telegram and Discord show it. */
const shown = (source: string) => shownAnywhere(source).slice(0, 2)

test.each([
  ['NOTE', 'ℹ️', 'Note'],
  ['TIP', '💡', 'Tip'],
  ['IMPORTANT', '❗', 'Important'],
  ['WARNING', '⚠️', 'Warning'],
  ['caution', '🛑', 'Caution'],
  ['DANGER', '🛑', 'Danger'],
  ['info', 'ℹ️', 'Info'],
  ['SUCCESS', '✅', 'Success'],
  ['Question', '❓', 'Question'],
  ['HINT', '💡', 'Hint'],
])('a quote of the kind %s begins with a sign and a bold label', (kind, sign, label) => {
  expect(shown(`> [!${kind}]\n> Ice on *roads*.`)).toEqual([
    `<blockquote>${sign} <b>${label}</b>\nIce on <i>roads</i>.</blockquote>`,
    `> ${sign} **${label}**\n> Ice on *roads*.`,
  ])
  expect(shown(`> [!${kind}]\n>\n> - a`)).toEqual([
    `<blockquote>${sign} <b>${label}</b>\n\n• a</blockquote>`,
    `> ${sign} **${label}**\n> \n> - a`,
  ])
})

test('other kinds, and a kind that is not alone in its line, stay as they were written', () => {
  expect(shown('> [!OTHER]\n> a')[0]).toBe('<blockquote>[!OTHER] a</blockquote>')
  expect(shown('> [!NOTE] a')[0]).toBe('<blockquote>[!NOTE] a</blockquote>')
  expect(shown('> a [!NOTE]')[0]).toBe('<blockquote>a [!NOTE]</blockquote>')
  expect(shown('[!NOTE]')[0]).toBe('[!NOTE]')
})
