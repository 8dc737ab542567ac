import { expect } from 'vitest'
import type { DiscordBody } from '../../src/render/discord.ts'
import { expectDiscordTakes } from '../discord-markdown.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

// biome-ignore lint/suspicious/noExplicitAny: a body as it came in.
type Body = any

/** Bot API: a text 4096, a caption 1024, a note 200 characters, a button's data 64 bytes. */
const LIMITS = { text: 4096, caption: 1024, note: 200, data: 64, results: 50 }

function expectText(text: unknown, parseMode: unknown, most: number): void {
  const shown = parseMode === 'HTML' ? parseTelegramHtml(String(text)).text : String(text)
  expect(shown.trim()).not.toBe('')
  expect(shown.length).toBeLessThanOrEqual(most)
}

function expectKeyboard(markup: Body): void {
  for (const { text, callback_data: data } of (markup?.inline_keyboard ?? []).flat()) {
    expect(text.trim()).not.toBe('')
    if (data === undefined) continue
    expect(Buffer.byteLength(data)).toBeGreaterThan(0)
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(LIMITS.data)
  }
}

/** Holds a call of the Bot API to the limits that Telegram checks. */
export function expectTelegramTakes(method: string, body: Body): void {
  if (method === 'sendMessage' || method === 'editMessageText') {
    expectText(body.text, body.parse_mode, LIMITS.text)
  }
  if (body.caption) expectText(body.caption, body.parse_mode, LIMITS.caption)
  expectKeyboard(body.reply_markup)
  if (method === 'answerCallbackQuery' && body.text !== undefined) {
    expect(body.text.length).toBeLessThanOrEqual(LIMITS.note)
  }
  if (method === 'answerInlineQuery') {
    expect(body.results.length).toBeLessThanOrEqual(LIMITS.results)
    for (const { id, title, input_message_content: content, reply_markup } of body.results) {
      expect(Buffer.byteLength(id)).toBeLessThanOrEqual(64)
      expect(title).not.toBe('')
      expectText(content.message_text, content.parse_mode, LIMITS.text)
      expectKeyboard(reply_markup)
    }
  }
}

/** Holds a call of Discord's REST API to its limits; its content must mention no one. */
export function expectDiscordCallTakes(route: string, body: Body): void {
  const isResponse = /^POST \/interactions\//.test(route)
  const said = isResponse ? body.data : body
  if (isResponse && body.type === 9) {
    expect(said.custom_id.length).toBeLessThanOrEqual(100)
    expect(said.title.length).toBeLessThanOrEqual(45)
    expect(said.components.length).toBeLessThanOrEqual(5)
  }
  if (isResponse && body.type === 8) {
    expect(said.choices.length).toBeLessThanOrEqual(25)
    for (const { name } of said.choices) {
      expect(name.length).toBeGreaterThan(0)
      expect(name.length).toBeLessThanOrEqual(100)
    }
  }
  const isMessage = isResponse ? [4, 7].includes(body.type) : /messages|webhooks/.test(route)
  if (!isMessage || said === undefined) return
  expect(said.allowed_mentions).toEqual({ parse: [] })
  const { flags, ...rest } = said
  // Hidden from all but the asker, or silent.
  const hidden = (1 << 6) | (1 << 12)
  expectDiscordTakes({ ...rest, flags: flags & ~hidden } as DiscordBody)
}

/**
 * Hands over each fault that no handler caught, which would have ended the process of the bot, and each
 * warning of the runtime: leaking listeners, timers that overflow, words that go to standard error.
 */
export function watchFaults(add: (fault: string) => void) {
  const note = (kind: string) => (reason: unknown) => {
    add(`${kind}: ${reason instanceof Error ? reason.stack : String(reason)}`)
  }
  const rejected = note('unhandled rejection')
  const thrown = note('uncaught exception')
  const warned = (warning: Error) => {
    if (warning.name !== 'ExperimentalWarning') add(`warning: ${warning.stack}`)
  }
  process.on('warning', warned)
  // The runner's own listeners would end the run before the case is known.
  const [others, throwers] = [
    process.listeners('unhandledRejection'),
    process.listeners('uncaughtException'),
  ]
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', rejected)
  process.removeAllListeners('uncaughtException').on('uncaughtException', thrown)
  return {
    [Symbol.dispose]() {
      process.off('unhandledRejection', rejected).off('uncaughtException', thrown)
      process.off('warning', warned)
      for (const listener of others) process.on('unhandledRejection', listener)
      for (const listener of throwers) process.on('uncaughtException', listener)
    },
  }
}
