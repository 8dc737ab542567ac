import { isWithin } from '../chats/quiet-hours.ts'
import type { Message } from '../message.ts'
import type { Audience, AudienceGroup } from '../store/ledger/broadcast.ts'
import type { Broadcasts } from '../store/ledger/broadcasts.ts'
import type { TargetPlatform } from './target-platform.ts'

/** The cost of sending an announcement on one platform. */
interface Estimate {
  readonly platform: string
  readonly chats: number
  /** Messages that each chat gets. */
  readonly messages: number
  /** Duration at the configured rate; absent if there is none. */
  readonly seconds?: number
}

/** The expected result of sending an announcement. Counts are in chats. */
export interface Preflight {
  readonly platforms: readonly Estimate[]
  readonly chats: number
  /** Chats in whose quiet hours the announcement would arrive. */
  readonly waiting: number
  /** Suspected chats whose next try is due: the announcement is the try. */
  readonly tried: number
  /** Suspected chats whose next try is not due: they get nothing. */
  readonly suspected: number
  readonly left: number
  readonly paused: number
}

interface PreflightOptions {
  readonly message: Message
  readonly audience: Audience
  /** The platforms of the audience. */
  readonly platforms: readonly TargetPlatform[]
  /** When sending starts. */
  readonly at: Temporal.Instant
  readonly isUrgent: boolean
}

/** Computes the expected result of sending an announcement. Throws {@link StoreError}. */
export async function preflightOf(
  broadcasts: Pick<Broadcasts, 'survey'>,
  options: PreflightOptions,
): Promise<Preflight> {
  const { message, audience, at, isUrgent } = options
  const survey = await broadcasts.survey(audience)
  const sum = (which: (each: AudienceGroup) => boolean) =>
    survey.filter(which).reduce((all, { count }) => all + count, 0)
  const platforms = options.platforms.map(({ name, rate, count }) => {
    const chats = sum(each => each.platform === name && isSentTo(each))
    const messages = count(message)
    return {
      platform: name,
      chats,
      messages,
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

/** About the number of messages a second that each platform accepts in one chat. */
const CHAT_RATE = 1

/** Returns the seconds that `messages` to each of `chats` take, at `rate` posts a second. Pure. */
function secondsFor(chats: number, messages: number, rate: number): number {
  return Math.max((chats * messages) / rate, (messages - 1) / CHAT_RATE)
}
