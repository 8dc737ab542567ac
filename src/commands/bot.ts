import { overview } from '../briefing/overview.ts'
import { type Clock, today } from '../clock.ts'
import { message, paragraph } from '../message.ts'
import type { Bot } from '../platform.ts'
import { texts } from '../texts.ts'
import { answer } from './answer.ts'
import type { Registry } from './command.ts'
import { createLimit } from './limit.ts'
import { readRequest } from './request.ts'

/** A question older than this is left: after a downtime nobody waits for its answer any more. */
const STALE_MS = 10 * 60_000

/** What a line must ask for that may be meant for another bot. */
const OURS = ['call', 'misused']

export interface BotOptions {
  /** That of this moment: it changes with the content. */
  readonly registry: () => Registry
  readonly clock: Clock
  /** IANA zone that decides which day it is. */
  readonly timeZone: string
}

/** What every platform is given to answer with. */
export function createBot({ registry, clock, timeZone }: BotOptions): Bot {
  const limit = createLimit()
  const day = createToday(clock, timeZone)
  return {
    async answer({ line, user, asked, addressed = true, member = true }) {
      const now = clock.now()
      if (asked && now.epochMilliseconds - asked.epochMilliseconds > STALE_MS) return undefined
      const isOurs = addressed || OURS.includes(readRequest(registry(), line).kind)
      if (!isOurs) return undefined
      const turn = user === undefined ? 'granted' : limit.take(user, now)
      if (turn !== 'granted') {
        const said = message([paragraph(texts.tooMany)])
        return { message: said, understood: false, rush: turn === 'told' ? 'again' : 'told' }
      }
      return answer(registry(), line, day(), member)
    },
    menu: () => registry().menu(),
    find: (words, most) => registry().places(words, most),
    greeting() {
      const { edition } = registry()
      const { body, actions } = overview(edition, day())
      return message([paragraph(texts.greeting(edition.title)), ...body.children], actions)
    },
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
