import { expect, test } from 'vitest'
import type { Bot } from '../src/bot.ts'
import { heading, message, paragraph } from '../src/message.ts'
import type { Platform } from '../src/platform.ts'
import { answering } from './request.ts'
import { shippedBot } from './shipped.ts'

/** A person on a platform, as seen through its real client. */
export interface Person {
  type(line: string): Promise<void>
  /** Presses the button with this label under the last message. */
  press(label: string): Promise<void>
  /** The texts of the next answer: one for each part, as readers see them. */
  read(): Promise<string[]>
}

export interface Harness {
  readonly platform: Platform
  /** A new person in a chat of their own; the platform is started. */
  join(): Promise<Person>
  close(): Promise<void>
}

const LONG = Array.from({ length: 400 }, (_, index) => `Paragraph ${index} of a long text.`)

/** The shipped briefing, and lines that a briefing should never be asked. */
const bot = answering(shippedBot, async (line, ask) => {
  if (line === '/crash') throw new Error('A secret that no user may read.')
  if (line === '/long') {
    const body = [heading(1, 'Long'), ...LONG.map(text => paragraph(text))]
    return { message: message(body, [{ label: 'On', command: '/next' }]), understood: true }
  }
  return ask()
})

/** Declares the tests that all platforms share. The tests of each platform call it once. */
export function platformContract(name: string, open: (bot: Bot) => Promise<Harness>): void {
  async function meet(scene: (harness: Harness) => Promise<void>): Promise<void> {
    const harness = await open(bot)
    try {
      await scene(harness)
    } finally {
      await harness.close()
    }
  }

  test(`${name}: a typed line is answered`, () =>
    meet(async ({ join }) => {
      const person = await join()
      await person.type('/threats')
      const [text] = await person.read()
      expect(text).toMatch(/^Threats and challenges\n/)
      expect(text).toMatch('Ethnic Nationalism')
    }))

  test(`${name}: a button types its line for the reader`, () =>
    meet(async ({ join }) => {
      const person = await join()
      await person.type('/threats')
      await person.read()
      await person.press('Details')
      expect((await person.read())[0]).toMatch('External Influences')
      await person.press('Next: Partnerships with local governments')
      expect((await person.read())[0]).toMatch(/^Partnerships with local governments\n/)
    }))

  test(`${name}: a slip is answered with the nearest commands, as buttons that work`, () =>
    meet(async ({ join }) => {
      const person = await join()
      await person.type('/thretas')
      expect((await person.read())[0]).toMatch('I don’t know /thretas.')
      await person.press('Threats and challenges')
      expect((await person.read())[0]).toMatch(/^Threats and challenges\n/)
    }))

  test(`${name}: a long answer comes whole, in numbered parts, its buttons under the last`, () =>
    meet(async ({ join }) => {
      const person = await join()
      await person.type('/long')
      const parts = await person.read()
      expect(parts.length).toBeGreaterThan(1)
      for (const [index, part] of parts.entries()) {
        expect(part).toMatch(new RegExp(`\\b${index + 1}/${parts.length}$`))
      }
      expect(parts.join('\n').match(/Paragraph \d+/g)).toHaveLength(LONG.length)
      await person.press('On')
      expect((await person.read())[0]).toMatch('No upcoming exercises.')
    }))

  test(`${name}: people in different chats do not read each other’s answers`, () =>
    meet(async ({ join }) => {
      const [one, other] = [await join(), await join()]
      await one.type('/threats')
      await other.type('/objectives')
      expect((await one.read())[0]).toMatch(/^Threats and challenges\n/)
      expect((await other.read())[0]).toMatch(/^Strategic objectives\n/)
    }))

  test(`${name}: an answer that fails says nothing of the inside, and the next one comes`, () =>
    meet(async ({ join }) => {
      const person = await join()
      await person.type('/crash')
      expect(await person.read()).toEqual(['Something went wrong on my side. Please try again.'])
      await person.type('/next')
      expect((await person.read())[0]).toMatch('No upcoming exercises.')
    }))

  test(`${name}: stopping twice, or before the start, is no trouble`, () =>
    meet(async ({ platform, join }) => {
      await join()
      await platform.stop()
      await platform.stop()
      await (await open(bot)).close()
    }))
}
