import { expect, test } from 'vitest'
import { heading, type Message, message, paragraph, table } from '../../src/message.ts'
import type { DrawnEvent } from '../../src/picture.ts'
import { renderDiscord, withoutUploads } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { expectDiscordTakes } from '../discord-markdown.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

/** Expects both platforms to accept each message of an answer, and each message after its pictures are refused. */
function expectAccepted(answer: Message): void {
  for (const body of renderDiscord(answer, 'picture')) {
    expectDiscordTakes(body)
    expectDiscordTakes(withoutUploads(body))
  }
  for (const body of renderTelegram(answer, 'picture')) {
    const plainer = body.method === 'sendPhoto' ? body.instead : body.text
    expect(parseTelegramHtml(plainer).text.length).toBeLessThanOrEqual(4096)
    const caption = body.method === 'sendPhoto' ? body.caption : undefined
    if (caption !== undefined)
      expect(parseTelegramHtml(caption).text.length).toBeLessThanOrEqual(1024)
  }
}

/** A table with a link in each row. */
function linked(rows: number, addressUnits: number): Message {
  const link = (row: number) => ({
    type: 'link' as const,
    url: `https://notes.example/${row}/`.padEnd(addressUnits, 'a'),
    children: [{ type: 'text' as const, value: `Report ${row}` }],
  })
  const body = Array.from({ length: rows }, (_, row) => [`Row ${row}`, [link(row)]])
  return message([table([['Name', 'Report'], ...body])])
}

function timelineOf(name: string): Message {
  const events = Array.from({ length: 30 }, (_, index): DrawnEvent => {
    const day = `2027-05-${String(index + 1).padStart(2, '0')}`
    return {
      name,
      start: day,
      end: day,
      dates: `Sat ${index + 1} May 2027`,
      state: 'upcoming',
      stateText: `in ${index} days`,
    }
  })
  const days = { today: '2027-04-30', todayText: 'Today, 30 April 2027' }
  return message([
    heading(1, 'Exercises'),
    paragraph('Thirty events. '.repeat(60)),
    { type: 'timeline', ...days, events },
  ])
}

test('a table with long addresses is accepted by both platforms', () => {
  for (const rows of [1, 2, 5, 40]) {
    for (const units of [120, 1000]) expectAccepted(linked(rows, units))
  }
})

test('a timeline whose words fill several messages is its words', () => {
  const answer = timelineOf('n'.repeat(100))
  expectAccepted(answer)
  expectAccepted(timelineOf('*_'.repeat(50)))
  expectAccepted(timelineOf('漢'.repeat(100)))
})

test('a text and a timeline that are too long for one message are two messages', () => {
  const answer = timelineOf('n'.repeat(70))
  expect(renderTelegram(answer, 'picture').some(({ method }) => method === 'sendPhoto')).toBe(true)
  expectAccepted(answer)
})
