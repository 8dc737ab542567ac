import fc from 'fast-check'
import { test } from 'vitest'
import { KEPT, MODERATORS, OFFICIAL, reopening } from './app-scene.ts'
import { lines } from './lines.ts'
import { mutate, mutations } from './mutate.ts'
import { fuzz, share } from './share.ts'
import { UPDATES } from './telegram-updates.ts'

/** Chats of a batch: each gets about four of its hundred cases. */
const CHATS = 25

const cases = fc.record({
  kind: fc.constantFrom(...Object.keys(UPDATES)),
  place: fc.nat(CHATS - 1),
  isModerator: fc.nat(9).map(lot => lot === 0),
  line: lines,
  changes: mutations,
})

/** Mutated updates of every kind through polling, and ordinary questions behind them. */
export function fuzzTelegram(percent: number): void {
  const count = share(percent)

  test(`${count} mutated Telegram updates leave a bot that answers`, {
    timeout: 3_600_000,
  }, async () => {
    const bots = reopening(['telegram'])
    let ids = 10_000

    await fuzz({
      ...{ name: 'telegram', cases, count, batch: 100, lifetime: 50 },
      reset: bots.close,
      async play(all) {
        const { telegram, question, check } = await bots.open()
        const first = ids
        ids += CHATS
        const now = Math.floor(Date.now() / 1000)
        for (const { kind, place, isModerator, line, changes } of all) {
          ids += 1
          const update = UPDATES[kind]?.({
            user: isModerator ? MODERATORS.telegram : ids,
            chat: kind === 'callback_query, forged' ? OFFICIAL : -(first + place),
            ...{ message: ids, text: line, lure: KEPT.telegram, now },
          })
          telegram.push(mutate(update ?? {}, changes))
        }
        const questions: Promise<void>[] = []
        const ask = (chat: object) => {
          const { line, answered } = question()
          ids += 1
          const from = { id: ids, is_bot: false, first_name: 'Bea' }
          telegram.push({ message: { message_id: ids, date: now, chat, from, text: line } })
          questions.push(answered)
        }
        for (const place of new Set(all.map(({ place }) => place))) {
          ask({ id: -(first + place), type: 'supergroup', title: 'x' })
        }
        ask({ id: ids + 1, type: 'private' })
        // A channel asks in its own name, so its questions are limited as one person's are.
        if (first % 10 === 0) {
          const { line, answered } = question()
          ids += 1
          const chat = { id: OFFICIAL, type: 'channel', title: 'x' }
          telegram.push({ channel_post: { message_id: ids, date: now, chat, text: line } })
          questions.push(answered)
        }
        await check(all.length, questions)
      },
    })
  })
}
