import { readTime, scheduledTimeOf } from '../../announcements/schedule-time.ts'
import { isPast } from '../../briefing/event-state.ts'
import { eventsLine, eventsTitle } from '../../briefing/events.ts'
import { localDay } from '../../briefing/local-time.ts'
import { currentZone } from '../../clock.ts'
import type { Edition } from '../../content/edition.ts'
import type { LocalEdition } from '../../content/occurrences.ts'
import {
  ACTION_BYTES,
  type Action,
  heading,
  type Message,
  message,
  paragraph,
} from '../../message.ts'
import { readDay } from '../../parse-time.ts'
import type { Announcement, AnnouncementOptions } from '../../store/announcements/draft.ts'
import { sectionTopic } from '../../store/chats/chat.ts'
import { texts } from '../../texts.ts'
import { topicsOf, topicTitle } from '../topics.ts'
import type { ModeratorContext } from './context.ts'
import { draftLine, headingOf } from './draft.ts'

const words = texts.announce

/** The options of a draft, each with a page of choices. */
const PAGES = ['audience', 'time', 'link'] as const
type Page = (typeof PAGES)[number]

export function isPage(act: string): act is Page {
  return PAGES.some(page => page === act)
}

/** Shows a page of choices. Each choice leads back to the draft. */
export function choicePanel(context: ModeratorContext, draft: Announcement, page: Page): Message {
  const choices = { audience: audiences, time: times, link: links }[page](context, draft)
  const actions = choices.map(({ label, line, isChosen }) => ({
    label: isChosen ? words.chosen(label) : label,
    command: draftLine(draft, line),
  }))
  const { at } = draft.options
  const hint =
    page === 'time'
      ? [
          ...(at
            ? [
                paragraph(
                  words.at(
                    localDay(scheduledTimeOf(at).at, at.zone, context.call.now),
                    currentZone(at.zone),
                  ),
                ),
              ]
            : []),
          paragraph(words.typeTime(draft.number, currentZone(context.zone))),
        ]
      : []
  return message(
    [heading(1, headingOf(draft)), paragraph(words.choose[page]), ...hint],
    [
      ...actions.filter(isShort),
      { label: words.acts.back, command: draftLine(draft, ''), isStep: true as const },
    ],
  )
}

function isShort(action: Action): boolean {
  return 'command' in action && Buffer.byteLength(action.command) <= ACTION_BYTES
}

interface Choice {
  readonly label: string
  readonly line: string
  readonly isChosen: boolean
}

function audiences(context: ModeratorContext, { options }: Announcement): Choice[] {
  const { call, operations, authority } = context
  const { topic, platform, within } = options
  const { edition } = call.registry
  const { sections } = edition
  const topics = [
    ...topicsOf(edition),
    ...sections.map(({ command }) => sectionTopic(command)),
  ].map(each => ({
    label: topicTitle(edition, each),
    line: `topic ${each}`,
    isChosen: each === topic,
  }))
  // An admin of a server announces in that server alone, so only the topic can be chosen.
  if (authority.within !== undefined) return topics
  const { platforms } = operations
  const only = (name: string) => ({
    label: words.onlyOn(name),
    line: `to ${name}`,
    isChosen: platform === name && within === undefined,
  })
  const all = { label: words.all, line: 'to all', isChosen: platform === undefined }
  const here = { label: words.hereOnly, line: 'to here', isChosen: within !== undefined }
  return [
    ...topics,
    ...(platforms.length > 1 ? [all, ...platforms.map(({ name }) => only(name))] : []),
    ...(context.place.within === undefined ? [] : [here]),
    ...(within !== undefined && platforms.length === 1 ? [all] : []),
  ]
}

function times(context: ModeratorContext, { options }: Announcement): Choice[] {
  const { now: atOnce, hour, morning, evening } = words.times
  // Each line is relative: "in 1h" counts from the press, not from the moment when the panel was shown.
  const choice = (label: string, typed: string) => {
    return { label, line: `at ${typed}`, isChosen: false }
  }
  const local = context.call.now.toZonedDateTimeISO(context.zone)
  return [
    { label: atOnce, line: 'at once', isChosen: options.at === undefined },
    choice(hour, 'in 1h'),
    ...(local.hour < 18 ? [choice(evening, 'today 18:00')] : []),
    choice(morning, 'tomorrow 09:00'),
  ]
}

function links({ call }: ModeratorContext, { options }: Announcement): Choice[] {
  return linkable(call.edition).map(({ name, title, line }) => ({
    label: title,
    line: `link ${name}`,
    isChosen: options.link?.line === line,
  }))
}

/** Lists the targets of the button below an announcement: none, a section, or an upcoming event. */
function linkable(edition: LocalEdition) {
  const { events } = edition
  const coming = events.filter(each => each.status !== 'cancelled' && !isPast(each))
  return [
    { name: 'none', title: words.noLink, line: undefined },
    ...edition.sections.map(({ command, title }) => ({
      name: command,
      title,
      line: `/${command}`,
    })),
    ...(events.length > 0
      ? [{ name: 'events', title: eventsTitle(edition), line: eventsLine(edition) }]
      : []),
    ...coming.map(({ id, name }) => ({
      name: `event ${id}`,
      title: name,
      line: `${eventsLine(edition)} ${id}`,
    })),
  ]
}

/** Returns the options after a choice; a sentence if the value is invalid, undefined if the choice does not exist. */
export function optionsFrom(
  context: ModeratorContext,
  { options, act: kind }: Announcement,
  act: string,
  value: string,
): AnnouncementOptions | string | undefined {
  if (kind !== 'send') return undefined
  const { call, operations, authority, zone } = context
  const { at: _, ...atOnce } = options
  switch (act) {
    case 'topic': {
      const { edition } = call.registry
      // The edition's word for its events, or the name of the topic in buttons of earlier releases.
      const isEvents = value === edition.eventNames?.command || value === 'exercises'
      const topic = isEvents ? 'events' : value
      return isTopic(edition, topic) ? { ...options, topic } : undefined
    }
    case 'to':
      return authority.within === undefined ? audienceFrom() : undefined
    case 'at': {
      if (value === 'once' || value === 'now') return atOnce
      const at = readTime(value, call.now, zone)
      if (!at)
        return readDay(value, call.today) ? words.hourMissing(value) : words.timeUnread(value)
      const isOver = Temporal.Instant.compare(scheduledTimeOf(at).at, call.now) <= 0
      return isOver ? words.timeOver(value) : { ...options, at }
    }
    case 'urgent': {
      const { urgent: __, ...calm } = options
      return value === 'on' ? { ...calm, urgent: true } : calm
    }
    case 'link': {
      const { link: __, ...bare } = options
      // Buttons of earlier releases type the former word.
      const wanted = value.replace(/^exercise /, 'event ')
      const chosen = linkable(call.edition).find(({ name }) => name === wanted)
      if (!chosen) return undefined
      const { line, title } = chosen
      return line === undefined ? bare : { ...bare, link: { line, title } }
    }
    default:
      return undefined
  }

  function audienceFrom(): AnnouncementOptions | undefined {
    const { platform: __, within: ___, ...rest } = options
    const { place } = context
    if (value === 'all') return rest
    if (value === 'here' && place.within !== undefined) {
      return { ...rest, platform: place.platform, within: place.within }
    }
    const isServed = operations.platforms.some(({ name }) => name === value)
    return isServed ? { ...rest, platform: value } : undefined
  }
}

function isTopic(edition: Edition, topic: string): boolean {
  return [
    ...topicsOf(edition),
    ...edition.sections.map(({ command }) => sectionTopic(command)),
  ].includes(topic)
}
