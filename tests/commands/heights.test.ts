import { expect, test } from 'vitest'
import { renderTelegramTexts } from '../../src/render/telegram.ts'
import { answerTo, shipped } from '../shipped.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

/** Characters in a line of a message on a narrow phone. */
const COLUMNS = 40

/** Returns the lines that an answer takes on Telegram, wrapped at words, without its buttons. */
async function linesOf(line: string): Promise<string[]> {
  const { message } = await answerTo(line)
  return renderTelegramTexts(message).flatMap(({ text }) =>
    parseTelegramHtml(text).text.replaceAll('\u2060', '').split('\n').flatMap(wrapped),
  )
}

function wrapped(text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last === '' || last.length + 1 + word.length <= COLUMNS)
      lines[lines.length - 1] = `${last} ${word}`.trimStart()
    else lines.push(word)
  }
  return lines
}

/** Most lines of an answer: what the shipped briefing takes, so that none grows without a decision. */
const MOST: Readonly<Record<string, number>> = {
  '/start': 12,
  '/briefing': 14,
  '/help': 24,
  '/tables': 18,
  '/exercises': 14,
  '/next': 11,
  '/about': 44,
  '/objectives': 20,
  '/threats': 26,
  '/partnerships': 22,
  '/capabilities': 24,
  '/community': 23,
  '/recommendations': 22,
  '/outlook': 9,
  '/objectives details': 42,
  '/threats details': 55,
  '/partnerships details': 42,
  '/capabilities details': 61,
  '/community details': 54,
  '/recommendations details': 49,
  '/outlook details': 23,
  '/tables regional-challenges': 17,
  '/tables engagements': 14,
  '/search kosovo': 15,
  '/search training': 23,
}

test.each(Object.entries(MOST))('%s takes at most %i lines on a phone', async (line, most) => {
  expect((await linesOf(line)).length).toBeLessThanOrEqual(most)
})

test('the bounds name every section', () => {
  for (const { command } of shipped.sections) expect(MOST).toHaveProperty([`/${command}`])
})

test('no answer has two empty lines together, and at most three lines in ten are empty', async () => {
  for (const line of Object.keys(MOST)) {
    const lines = await linesOf(line)
    expect(lines.join('\n')).not.toContain('\n\n\n')
    const empty = lines.filter(each => each === '').length
    expect(empty / lines.length, line).toBeLessThanOrEqual(0.3)
  }
})
