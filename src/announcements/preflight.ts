import { isWithin } from '../chats/quiet-hours.ts'
import type { Message } from '../message.ts'
import type { AudienceGroup } from '../store/ledger/broadcast.ts'
import type { TargetPlatform } from './target-platform.ts'

/** What it takes to send something on one platform. */
interface Estimate {
  readonly platform: string
  readonly chats: number
  /** Messages that each of them gets. */
  readonly messages: number
  /** At the rate that is set; nothing where none is. */
  readonly seconds?: number
}

/** What would become of an announcement if it were sent. */
export interface Preflight {
  readonly platforms: readonly Estimate[]
  readonly chats: number
  /** Whose quiet hours it would fall into. */
  readonly waiting: number
  /** Suspected chats among them, which are tried again with it. */
  readonly tried: number
  /** Suspected chats that get nothing until their next try. */
  readonly suspected: number
  readonly left: number
  readonly paused: number
}

export interface PreflightOptions {
  readonly message: Message
  readonly survey: readonly AudienceGroup[]
  /** Those that it goes to. */
  readonly platforms: readonly TargetPlatform[]
  /** When it goes out. */
  readonly at: Temporal.Instant
  readonly isUrgent: boolean
}

/** Pure. */
export function preflightOf(options: PreflightOptions): Preflight {
  const { message, survey, at, isUrgent } = options
  const sum = (which: (each: AudienceGroup) => boolean) =>
    survey.filter(which).reduce((all, { count }) => all + count, 0)
  const platforms = options.platforms.map(({ name, rate, count }) => {
    const chats = sum(each => each.platform === name && isSentTo(each))
    const messages = count(message)
    return {
      ...{ platform: name, chats, messages },
      ...(rate !== undefined && { seconds: secondsFor(chats, messages, rate) }),
    }
  })
  const isQuiet = ({ zone, quiet }: AudienceGroup) =>
    quiet !== undefined && isWithin(at.toZonedDateTimeISO(zone).hour, quiet)
  return {
    platforms,
    chats: sum(isSentTo),
    waiting: isUrgent ? 0 : sum(each => isSentTo(each) && isQuiet(each)),
    tried: sum(({ state }) => state === 'tried'),
    suspected: sum(({ state }) => state === 'suspected'),
    left: sum(({ state }) => state === 'left'),
    paused: sum(({ state }) => state === 'paused'),
  }
}

function isSentTo({ state }: AudienceGroup): boolean {
  return state === 'reached' || state === 'tried'
}

/** Whoever could not be sent to for so long is not any more: a chat that a platform always fails for. */
export const EXPIRES_HOURS = 30 * 24

/** Each platform takes about one message a second in one chat. */
const CHAT_RATE = 1

/** How long it takes to send so many messages to so many chats, at so many posts a second. Pure. */
export function secondsFor(chats: number, messages: number, rate: number): number {
  return Math.max((chats * messages) / rate, (messages - 1) / CHAT_RATE)
}
