import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { announcementOf, changedMessage } from '../../src/announcements/correction.ts'
import { titleOf, unmarked } from '../../src/briefing/post-message.ts'
import { type Message, message, paragraph } from '../../src/message.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'

const text = { body: message([paragraph('The bridge is closed.')]).body, lost: [] }
const at = Temporal.Instant.from('2026-11-23T10:00:00Z')
const colourOf = (said: Message) => renderDiscord(said)[0]?.components[0].accent_color

test('an urgent announcement has a colour, and the words of its moderator alone', () => {
  const urgent = announcementOf(text, { urgent: true })
  const calm = announcementOf(text, {})
  expect(colourOf(urgent)).toBeDefined()
  expect(colourOf(calm)).toBeUndefined()
  expect(renderTelegram(urgent)).toEqual(renderTelegram(calm))
  expect(titleOf(urgent)).toBe('The bridge is closed.')
  expect(unmarked(urgent.body)).toEqual(text.body)
})

test('a correction has another colour, and says in words when it was made', () => {
  const urgent = announcementOf(text, { urgent: true })
  const now = changedMessage('correct', urgent, text, at, 'UTC')
  expect(colourOf(now)).toBeDefined()
  expect(colourOf(now)).not.toBe(colourOf(urgent))
  expect(textOf(now.body)).toMatch(/^Corrected/)
  expect(unmarked(now.body)).toEqual(text.body)
  expect(colourOf(changedMessage('retract', urgent, text, at, 'UTC'))).toBeUndefined()
})
