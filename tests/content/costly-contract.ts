import { expect, test } from 'vitest'
import { ANONYMOUS } from '../../src/bot.ts'
import { systemClock } from '../../src/clock.ts'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import type { Edition } from '../../src/content/edition.ts'
import { render as renderForDiscord } from '../../src/platforms/discord/rendered-reply.ts'
import { render as renderForTelegram } from '../../src/platforms/telegram/rendered-reply.ts'
import { noCommandIds } from '../../src/render/command-mentions.ts'
import { COSTLY, COSTLY_YAML } from './costly.ts'
import { edition, problems, section } from './fixture.ts'

/**
 * Limits of CPU time in milliseconds: for a file with both its answers, and for one turn of the event loop while they
 * are laid out. The aims are 1000 and 100 on an idle machine; CPU time doubles where other tests use the caches.
 */
const FILE_MS = 2000
const TURN_MS = 200

function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Measures the longest turn of the event loop while `work` runs, in milliseconds of CPU time. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let isDone = false
  const turns = (async () => {
    while (!isDone) {
      const before = cpu()
      await new Promise(resolve => setImmediate(resolve))
      longest = Math.max(longest, cpu() - before)
    }
  })()
  await work()
  isDone = true
  await turns
  return longest
}

/** Asks for all of a section, and lays it out for both platforms. */
async function ask(large: Edition): Promise<void> {
  const registry = createRegistry(large)
  const bot = createBot({ registry: () => registry, clock: systemClock, timeZone: 'UTC' })
  const details = await bot.parse('/costly details').answer(ANONYMOUS)
  // A section of tables alone has no details.
  const reply = details?.understood ? details : await bot.parse('/costly').answer(ANONYMOUS)
  if (!reply?.understood) throw new Error('The section is not found.')
  const bodies = [await renderForTelegram(reply), await renderForDiscord(reply, noCommandIds())]
  expect(bodies.map(({ length }) => length > 0)).toEqual([true, true])
}

/** Tests that each kind of costly file is laid out in time, or one kind of `each` kinds. */
export function costlyContract(each: number): void {
  const kinds = Object.entries(COSTLY).filter((_, index) => index % each === 0)

  test.for(kinds)(
    'a file of %s is parsed and laid out in time, while other requests are answered',
    async ([, body]) => {
      const front = 'command: costly\ntitle: Costly\nsummary: S'
      let least = { file: Number.POSITIVE_INFINITY, turn: Number.POSITIVE_INFINITY }
      // Compiling the code takes as long as the work, so a second run may count.
      for (let run = 0; run < 2 && (least.file > FILE_MS || least.turn > TURN_MS); run++) {
        const before = cpu()
        const large = edition({ 'sections/02-costly.md': section(front, body) })
        const turn = await longestTurn(() => ask(large))
        least = { file: Math.min(least.file, cpu() - before), turn: Math.min(least.turn, turn) }
      }
      expect(least.file).toBeLessThan(FILE_MS)
      expect(least.turn).toBeLessThan(TURN_MS)
    },
  )

  const yaml = Object.entries(COSTLY_YAML).filter((_, index) => index % each === 0)

  test.for(yaml)('YAML of %s is read or refused in time', ([, text]) => {
    for (const file of ['edition.yaml', 'events.yaml', 'sections/02-costly.md']) {
      const written = file.endsWith('.md') ? section(text) : text
      let least = Number.POSITIVE_INFINITY
      for (let run = 0; run < 2 && least > FILE_MS; run++) {
        const before = cpu()
        const found = problems({ [file]: written })
        least = Math.min(least, cpu() - before)
        // A file of comments or blanks alone is an empty list of events.
        const isEmpty = file === 'events.yaml' && /^[#\t]/.test(text)
        expect(found.length > 0).toBe(!isEmpty)
      }
      expect(least).toBeLessThan(FILE_MS)
    }
  })
}
