import { type Clock, today } from '../clock.ts'
import { message, paragraph } from '../message.ts'
import type { Bot, ChatPlace } from '../platform.ts'
import { StoreError } from '../store/error.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import { answer } from './answer.ts'
import type { Keeping, Registry } from './command.ts'
import { createLimit } from './limit.ts'
import { createPresence } from './presence.ts'
import { readRequest } from './request.ts'

/** A question older than this is left: after a downtime nobody waits for its answer any more. */
const STALE_MS = 10 * 60_000

export interface BotOptions {
  /** That of this moment: it changes with the content. */
  readonly registry: () => Registry
  readonly clock: Clock
  /** IANA zone that decides which day it is, and of chats that have not chosen one. */
  readonly timeZone: string
  /** Nothing where nothing is kept. */
  readonly store?: () => Keeping | undefined
}

/** What every platform is given to answer with. */
export function createBot(options: BotOptions): Bot {
  const { registry, clock, timeZone, store = () => undefined } = options
  const limit = createLimit()
  const day = createToday(clock, timeZone)

  /** Nobody waits for a store that is in trouble to learn how a table shall look. */
  async function styleOf(place: ChatPlace) {
    const kept = store()
    if (kept?.state().status !== 'open') return undefined
    return kept.chats.tableStyle(place).catch(() => undefined)
  }

  return {
    async answer(request) {
      const { user, asked, place } = request
      const now = clock.now()
      if (asked && now.epochMilliseconds - asked.epochMilliseconds > STALE_MS) return undefined
      const turn = user === undefined ? 'granted' : limit.take(user, now)
      if (turn !== 'granted') {
        const said = message([paragraph(texts.tooMany)])
        return { message: said, understood: false, rush: turn === 'told' ? 'again' : 'told' }
      }
      try {
        const circumstances = { registry: registry(), today: day(), now, request, timeZone }
        const reply = await answer({ ...circumstances, store: store() })
        const tableStyle = place && (await styleOf(place))
        return tableStyle ? { ...reply, tableStyle } : reply
      } catch (error) {
        // Told to the operator by the store itself.
        if (!(error instanceof StoreError)) throw error
        return { message: say(texts.notSaved), understood: false }
      }
    },
    knows: line => ['call', 'misused'].includes(readRequest(registry(), line).kind),
    menu: () => registry().menu(),
    find: (words, most) => registry().places(words, most),
    ...createPresence({ registry, store, now: clock.now, today: day }),
  }
}

/** The day of now. No zone changes its day within a minute: each is looked up once. */
function createToday(clock: Clock, timeZone: string): () => Temporal.PlainDate {
  let minute = Number.NaN
  let day: Temporal.PlainDate
  return () => {
    const now = Math.floor(clock.now().epochMilliseconds / 60_000)
    if (now !== minute) {
      minute = now
      day = today(clock, timeZone)
    }
    return day
  }
}
