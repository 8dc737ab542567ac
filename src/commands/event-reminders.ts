import { byStart, isPast } from '../briefing/event-state.ts'
import { eventsActions, eventsLine, muteAction, remindAction } from '../briefing/events.ts'
import { isFollowed, withEvent } from '../chats/event-choices.ts'
import { type CalendarEvent, EVENTS } from '../content/edition.ts'
import { occurrenceAt } from '../content/occurrences.ts'
import { type Message, message, paragraph } from '../message.ts'
import { hoursOf, type ReminderLead } from '../reminder-leads.ts'
import { leadsAhead } from '../schedule/leads-ahead.ts'
import type { Subscription } from '../store/chats/chat.ts'
import { texts } from '../texts.ts'
import { type Access, type Change, isRefusal, managing, say } from './chat-access.ts'
import type { Call, Command, Refusal } from './command.ts'
import { eventLine, findId } from './event-lines.ts'
import { commandLine, pagePanel, settingsLine } from './panel.ts'
import { nextPost } from './settings-facts.ts'
import { cannotPost, isPause, optionsOf, pause, withoutPause } from './subscribe-commands.ts'

const words = texts.eventReminders

/** Most events that are offered if the user names none. */
const OFFERED = 8

/** The two acts of a chat on one event, by the names of their commands. */
export type EventAct = 'remind' | 'mute'

/** The commands by which a chat follows or mutes one event. */
export const eventReminderCommands: readonly Command[] = (['remind', 'mute'] as const).map(act => ({
  name: act,
  aliases: [],
  title: words[act].title,
  description: words[act].description(EVENTS),
  // The answer to the other command offers this one.
  ...(act === 'remind' && { group: 'subscribe' }),
  ...(act === 'mute' && { asked: ['reminding'] }),
  parameters: [
    {
      name: 'which',
      description: words.which(EVENTS),
      required: false,
      choices: edition => edition.events.map(({ id, name }) => ({ value: id, title: name })),
      // Users mute the bot for a time as well: "mute until friday".
      ...(act === 'mute' && { takes: isPause }),
    },
  ],
  private: true,
  usesStore: true,
  understands: ({ which }) => which !== undefined,
  run: call => managing(call, access => runAct(act, access, call)),
}))

async function runAct(act: EventAct, access: Access, call: Call): Promise<Message | Refusal> {
  const { which } = call.values
  if (which === undefined) return askWhich(act, access, call)
  const isEvent = call.registry.edition.events.some(({ id }) => id === which)
  return isEvent ? changeEvent(act, access, call, which) : pause(access, call, which)
}

/** Offers the next events that the act can change. */
function askWhich(act: EventAct, access: Access, { edition }: Call): Message {
  const { eventNames = EVENTS } = edition
  const coming = byStart(edition.events).filter(
    event => !isPast(event) && event.status !== 'cancelled',
  )
  if (coming.length === 0) return say(texts.events.none.upcoming(eventNames))
  const asked =
    act === 'remind'
      ? words.remindOfWhich(eventNames)
      : words.muteWhich(eventNames, commandLine(access, 'pause'))
  const rest = coming.length - OFFERED
  return message(
    [
      paragraph(asked),
      ...(rest > 0 ? [paragraph(texts.events.others(rest, eventsLine(edition)))] : []),
    ],
    coming
      .slice(0, OFFERED)
      .map(({ id, name }) => ({ label: name, command: lineOf(access, act, id) })),
  )
}

/**
 * Makes a chat follow or mute the event that `named` means. A chat that is not subscribed then gets
 * the posts about that event alone. Throws {@link StoreError}.
 */
export async function changeEvent(
  act: EventAct,
  access: Access,
  call: Call,
  named: string,
): Promise<Message | Refusal> {
  const { edition } = call.registry
  const { events, eventNames = EVENTS } = edition
  const id = findId(
    events.map(event => event.id),
    named,
  )
  const event = events.find(each => each.id === id)
  if (!event) return say(words.unknown(eventNames, named))
  const barred = act === 'remind' && cannotPost(access, call)
  if (barred) return barred
  const local = occurrenceAt(event, call.now.toZonedDateTimeISO(access.subscription.zone))
  if (act === 'remind' && isPast(local)) {
    return message([paragraph(words.over(event.name))], eventsActions(edition))
  }
  const after = await access.change(before =>
    act === 'remind' ? following(before, event.id) : muting(before, event.id),
  )
  if (after && isRefusal(after)) return after
  return changed(event, after, access, call)
}

/** Says what a chat gets about an event, and offers the opposite. `after` is undefined if nothing has changed. */
function changed(
  event: CalendarEvent,
  after: Subscription | undefined,
  access: Access,
  call: Call,
): Message {
  const subscription = after ?? access.subscription
  const isOn = subscription.state !== 'stopped' && isFollowed(subscription, event.id)
  const said = isOn
    ? followedText(event, after !== undefined, subscription.zone, call)
    : after || subscription.muted?.includes(event.id)
      ? words.muted(event.name)
      : words.notFollowed(event.name)
  const options = { ...optionsOf(access, call), subscription }
  const opposite = isOn ? 'mute' : 'remind'
  const label = after ? words.undo : (isOn ? muteAction : remindAction)(event.id).label
  return message(
    [paragraph(said), ...(subscription.state === 'paused' ? [paragraph(nextPost(options))] : [])],
    [
      { label, command: lineOf(access, opposite, event.id) },
      ...eventsActions(call.edition),
      { label: texts.settings.pages.settings, command: settingsLine(access, '') },
    ],
  )
}

/** Returns the settings of a chat that gets the posts about an event; undefined if it gets them already. */
function following(before: Subscription, event: string): ReturnType<Change> {
  if (before.state !== 'stopped') {
    if (isFollowed(before, event)) return undefined
    return withEvent(before, event, before.topics.includes('events') ? undefined : 'followed')
  }
  const { followed: _, ...rest } = withoutPause(before)
  return withEvent({ ...rest, state: 'active', topics: [] }, event, 'followed')
}

/** Returns the settings of a chat that gets no posts about an event; undefined if it gets none already. */
function muting(before: Subscription, event: string): ReturnType<Change> {
  if (before.state === 'stopped' || !isFollowed(before, event)) return undefined
  return stoppedIfEmpty(
    withEvent(before, event, before.topics.includes('events') ? 'muted' : undefined),
  )
}

/** Unsubscribes a chat that follows nothing any more, because it may have followed one event alone. */
function stoppedIfEmpty(subscription: Subscription): Subscription {
  const isEmpty = subscription.topics.length === 0 && !subscription.followed
  return isEmpty ? { ...withoutPause(subscription), state: 'stopped' } : subscription
}

/** Says what comes next for a chat that gets reminders of an event. */
function followedText(
  event: CalendarEvent,
  isNew: boolean,
  zone: string,
  { registry: { edition }, reminders, now }: Call,
): string {
  const { name, status, repeat } = event
  if (status !== 'scheduled') return words[status](name)
  const leads = reminders && leadsAhead(event, edition, reminders, now, zone)
  if (leads?.length === 0) return words.noneLeft(name)
  const when = leads && whenOf(leads)
  if (!isNew) return words.followedAlready(name, when)
  return repeat === undefined ? words.followed(name, when) : words.followedEach(name, when)
}

/** Sorts leads by when they come: the earliest first. */
function whenOf(leads: readonly ReminderLead[]) {
  const before = leads.flatMap(lead => {
    if (typeof lead === 'number') return { number: lead, unit: 'day' as const, hours: lead * 24 }
    const hours = hoursOf(lead)
    return hours === undefined ? [] : { number: hours, unit: 'hour' as const, hours }
  })
  return {
    before: before.sort((one, other) => other.hours - one.hours),
    isAtStart: leads.includes('start'),
    isAtEnd: leads.includes('end'),
  }
}

/** Makes the event that `named` means like all others for a chat, and shows the settings. Throws {@link StoreError}. */
export async function resetEvent(
  access: Access,
  call: Call,
  named: string,
): Promise<Message | Refusal> {
  const { events, eventNames = EVENTS } = call.registry.edition
  const { followed = [], muted = [] } = access.subscription
  const id = findId([...followed, ...muted], named)
  const event = events.find(each => each.id === id)
  const after =
    event && (await access.change(before => stoppedIfEmpty(withEvent(before, event.id))))
  if (after && isRefusal(after)) return after
  const options = { ...optionsOf(access, call), ...(after && { subscription: after }) }
  return pagePanel('what', options, event && words.asOthers(event.name, eventNames))
}

/** Returns the line of an act on an event, within the length of a button's line. */
function lineOf(access: Pick<Access, 'elsewhere'>, act: EventAct, event: string): string {
  return eventLine(id => commandLine(access, `${act} ${id}`), event)
}
