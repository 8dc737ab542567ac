import { readTime, scheduledTimeOf } from '../announcements/schedule-time.ts'
import { TOPICS } from '../chats/subscription.ts'
import type { Message } from '../message.ts'
import { plain, readDay, readSpan } from '../parse-time.ts'
import type { Subscription } from '../store/chats/chat.ts'
import { texts } from '../texts.ts'
import { type Access, accessOf, type Change, isMessage, isRefusal, say } from './chat-access.ts'
import type { Call, Command, Refusal } from './command.ts'
import { commandLine, outcome } from './panel.ts'

/** Longest pause, in days. For a longer time, a user stops the subscription. */
const LONGEST_DAYS = 366

/** Matches a pause that only `/resume` ends. */
const OPEN_ENDED = /^(?:until (?:i resume|resumed?|further notice)|indefinitely|forever)$/i

/** The commands by which a chat subscribes, pauses, resumes and stops. */
export const subscribeCommands: readonly Command[] = [
  {
    name: 'subscribe',
    aliases: ['follow'],
    ...texts.commands.subscribe,
    group: 'subscribe',
    parameters: [],
    private: true,
    usesStore: true,
    run: call => withAccess(call, access => subscribe(access, call)),
  },
  ...(['stop', 'unsubscribe'] as const).map(
    (name): Command => ({
      name,
      aliases: name === 'stop' ? ['quit'] : [],
      ...texts.commands[name],
      ...(name === 'stop' && { group: 'subscribe' as const }),
      parameters: [],
      private: true,
      usesStore: true,
      run: call => withAccess(call, access => stop(access, call)),
    }),
  ),
  {
    name: 'pause',
    aliases: ['mute', 'snooze'],
    ...texts.commands.pause,
    group: 'subscribe',
    parameters: [{ name: 'time', description: texts.parameters.time, required: false, limit: 60 }],
    private: true,
    usesStore: true,
    understands: ({ time = '' }) => isPause(time),
    run: call => withAccess(call, access => pause(access, call, call.values.time)),
  },
  {
    name: 'resume',
    aliases: ['unmute'],
    ...texts.commands.resume,
    parameters: [],
    private: true,
    usesStore: true,
    run: call => withAccess(call, access => resume(access, call)),
  },
]

async function withAccess(
  call: Call,
  run: (access: Access) => Promise<Message | Refusal>,
): Promise<Message | Refusal> {
  const access = await accessOf(call)
  return isMessage(access) ? access : run(access)
}

/** Subscribes a chat, or resumes its subscription. Resolves to the answer. Throws {@link StoreError}. */
export async function subscribe(access: Access, call: Call): Promise<Message | Refusal> {
  const barred = cannotPost(access, call)
  if (barred) return barred
  const options = optionsOf(access, call)
  const end = commandLine(options, 'stop')
  const isPaused = access.subscription.state === 'paused'
  const hasEvents = call.edition.eventNames !== undefined
  const said = isPaused ? words.resumed : words.subscribed(end, hasEvents)
  const how: Change = before => ({
    ...withoutPause(before),
    state: 'active',
    // A chat that switched every topic off and subscribes again gets the default topics.
    topics: before.topics.length > 0 ? before.topics : [...TOPICS],
  })
  return changeSubscription(access, call, said, how, words.subscribedAlready(end))
}

/** Returns the reason why the bot cannot post in the managed chat; undefined if it can. Pure. */
export function cannotPost(access: Access, { request }: Call): Message | undefined {
  const barred = request.chat?.barred
  // A chat where the bot cannot post can still manage another chat.
  if (!barred || access.elsewhere) return undefined
  return say(barred === 'member' ? texts.notMember : texts.barred[barred])
}

/** Ends the subscription of a chat. Resolves to the answer. Throws {@link StoreError}. */
export async function stop(access: Access, call: Call): Promise<Message | Refusal> {
  return changeSubscription(
    access,
    call,
    words.stopped(commandLine(optionsOf(access, call), 'subscribe')),
    before =>
      before.state === 'stopped' ? undefined : { ...withoutPause(before), state: 'stopped' },
  )
}

/** Pauses a subscription until `time`, or until it is resumed if `time` is empty. Throws {@link StoreError}. */
export async function pause(access: Access, call: Call, time = ''): Promise<Message | Refusal> {
  const isOpenEnded = time === '' || OPEN_ENDED.test(time.trim())
  const end = isOpenEnded ? undefined : endOf(time, call.now, access.subscription.zone)
  const days = end?.since(call.now).total('days') ?? 0
  const until = days > 0 && days <= LONGEST_DAYS ? end : undefined
  if (!isOpenEnded && !until) return outcome(words.pauseHow(time), optionsOf(access, call))
  return changeSubscription(
    access,
    call,
    words.paused(commandLine(optionsOf(access, call), 'resume')),
    before =>
      before.state === 'stopped'
        ? undefined
        : { ...withoutPause(before), state: 'paused', ...(until && { pausedUntil: until }) },
  )
}

/** Resumes a paused subscription. Resolves to the answer. Throws {@link StoreError}. */
export async function resume(access: Access, call: Call): Promise<Message | Refusal> {
  return changeSubscription(access, call, words.resumed, before =>
    before.state === 'paused' ? { ...withoutPause(before), state: 'active' } : undefined,
  )
}

const words = texts.settings

/** Changes the subscription and confirms with `said`. If nothing changes, says `otherwise`, by default the reason. */
async function changeSubscription(
  access: Access,
  call: Call,
  said: string,
  how: Change,
  otherwise?: string,
): Promise<Message | Refusal> {
  let before: Subscription | undefined
  const after = await access.change(found => {
    before = found
    return how(found)
  })
  if (after && isRefusal(after)) return after
  if (after) return outcome(said, { ...optionsOf(access, call), subscription: after })
  const options = { ...optionsOf(access, call), subscription: before ?? access.subscription }
  const nothing = before?.state === 'active' ? words.notPaused : words.notSubscribed
  return outcome(otherwise ?? nothing, options)
}

/** Returns the options of a panel for the chat that is managed. */
export function optionsOf(access: Access, { registry, now, request }: Call) {
  const { elsewhere, serverEvents } = access
  return {
    subscription: access.subscription,
    edition: registry.edition,
    now,
    isOpen: elsewhere !== undefined || !request.chat?.barred,
    ...(elsewhere && { elsewhere }),
    ...(serverEvents && { serverEvents: serverEvents.known ?? { isOn: false } }),
  }
}

/** Returns the settings without the end of a pause. Pure. */
export function withoutPause({ pausedUntil: _, ...subscription }: Subscription): Subscription {
  return subscription
}

/** Tells whether a text names an end of a pause, as typed after `/pause`. Pure. */
export function isPause(time: string): boolean {
  return (
    OPEN_ENDED.test(time.trim()) || SAMPLE_DAYS.some(day => endOf(time, day, 'UTC') !== undefined)
  )
}

/** First days of years that begin on each weekday, because a typed weekday has to match its date. */
const SAMPLE_DAYS = [2026, 2027, 2029, 2030, 2031, 2033, 2034].map(year =>
  Temporal.Instant.from(`${year}-01-01T00:00Z`),
)

/**
 * Parses the end of a pause: `2w`, `1 week`, `until friday`, `tomorrow 9`, `for the weekend`. Returns undefined for
 * any other text. Pure.
 */
export function endOf(
  time: string,
  now: Temporal.Instant,
  zone: string,
): Temporal.Instant | undefined {
  const line = plain(time)
  // "m" could mean minutes or months, so the unit has to be spelt out.
  if (/^(?:(?:for|in) )?\d+ ?m$/.test(line)) return undefined
  const here = now.toZonedDateTimeISO(zone)
  const [, until, named = ''] = /^(until |till? )?(.+)$/.exec(line) ?? []
  const span = until === undefined ? readSpan(named.replace(/^(?:for|in) /, '')) : undefined
  const day = span ? undefined : dayOf(named, here.toPlainDate(), until !== undefined)
  // Digits alone are ambiguous.
  const isTime = !span && !day && (until !== undefined || !/^\d+$/.test(named))
  const moment = isTime ? readTime(named, now, zone) : undefined
  const end =
    day?.toZonedDateTime(zone).toInstant() ??
    (moment && scheduledTimeOf(moment).at) ??
    (span && here.add(span).toInstant())
  // The pause ends at the start of the named minute, so that a post due then is sent.
  return end?.round({ smallestUnit: 'minute', roundingMode: 'floor' })
}

/** Returns the day on which a pause ends. Without `until`, the pause includes the named day or weekend. Pure. */
function dayOf(
  named: string,
  today: Temporal.PlainDate,
  isUntil: boolean,
): Temporal.PlainDate | undefined {
  if (!isUntil && /^(?:for )?today$/.test(named)) return today.add({ days: 1 })
  const isWeekend = !isUntil && /^(?:for |over )?(?:the |this )?weekend$/.test(named)
  return isWeekend ? today.add({ days: 8 - today.dayOfWeek }) : readDay(named, today)
}
