import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderTelegramTexts, type TelegramText } from '../../src/render/telegram.ts'
import { answerTo, shipped } from '../shipped.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

/** Characters in a line of a message on a narrow phone. */
const COLUMNS = 40

/** Returns the lines that an answer takes on Telegram, wrapped at words, without its buttons. */
async function linesOf(line: string): Promise<string[]> {
  const { message } = await answerTo(line)
  return shownLines(renderTelegramTexts(message))
}

function shownLines(bodies: readonly Pick<TelegramText, 'text'>[]): string[] {
  return bodies.flatMap(({ text }) =>
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
  '/start': 11,
  '/briefing': 13,
  '/help': 25,
  '/tables': 15,
  '/exercises': 9,
  '/next': 9,
  '/about': 41,
  '/objectives': 17,
  '/threats': 23,
  '/partnerships': 18,
  '/capabilities': 19,
  '/community': 21,
  '/recommendations': 21,
  '/outlook': 8,
  '/objectives details': 33,
  '/threats details': 44,
  '/partnerships details': 31,
  '/capabilities details': 48,
  '/community details': 46,
  '/recommendations details': 41,
  '/outlook details': 16,
  '/tables regional-challenges': 14,
  '/tables engagements': 10,
  '/search kosovo': 14,
  '/search training': 22,
}

test.each(Object.entries(MOST))('%s takes at most %i lines on a phone', async (line, most) => {
  expect((await linesOf(line)).length).toBeLessThanOrEqual(most)
})

test('all recorded answers together take a third less than the 1,156 lines that they took', async () => {
  const folder = join(import.meta.dirname, 'golden/telegram')
  // These answers did not exist when the 1,156 lines were counted.
  const newer = /^(undo|remind|mute|exercises-calendar|doctor)\b/
  const files = (await readdir(folder)).filter(file => !newer.test(file))
  expect(files.length).toBeGreaterThan(70)
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
  const lines = texts.flatMap(text => shownLines(JSON.parse(text)))
  expect(lines.length).toBeLessThanOrEqual(771)
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
