import type { PhrasingContent, RootContent } from 'mdast'
import { localDay } from '../briefing/local-time.ts'
import { recentlyMissed } from '../chats/reachability-rules.ts'
import { currentZone } from '../clock.ts'
import type { Edition } from '../content/edition.ts'
import {
  type Action,
  heading,
  list,
  type Message,
  message,
  paragraph,
  type Role,
  strong,
  TABLE_STYLES,
  typed,
} from '../message.ts'
import { SOUNDS, type Subscription, sectionTopic } from '../store/chats/chat.ts'
import type { EventServer } from '../store/schedule/scheduled-events.ts'
import { texts } from '../texts.ts'
import type { City } from '../time-zones/time-zones.ts'
import { eventLine } from './event-lines.ts'
import {
  chosenEvents,
  factsOf,
  hoursText,
  hourText,
  nextPost,
  serverEventFact,
} from './settings-facts.ts'
import { tableSamples } from './table-styles.ts'
import { topicsOf, topicTitle, typedTopic } from './topics.ts'

/** The pages of the panel, in the order of its buttons. */
export const PAGES = ['what', 'schedule', 'sound', 'zone', 'quiet', 'tables'] as const
/** `hour` is a part of `schedule`, with a page of its own for its 24 choices. */
export type Page = (typeof PAGES)[number] | 'hour'

export interface PanelOptions {
  readonly subscription: Subscription
  readonly edition: Edition
  readonly now: Temporal.Instant
  /** Whether the chat may subscribe. */
  readonly isOpen?: boolean
  /** The events in the list of the chat's server; absent if there is no such list. */
  readonly serverEvents?: Pick<EventServer, 'isOn' | 'refused'>
  /** Set if another chat is managed: its title, and the prefix of its lines. */
  readonly elsewhere?: { readonly title: string; readonly prefix: string }
}

const words = texts.settings

/** Shows the settings of a chat, with a button for each page. Settings that have their default take no line. */
export function overviewPanel(options: PanelOptions): Message {
  const { subscription, serverEvents, isOpen = true } = options
  const { state } = subscription
  const all = [...factsOf(options), ...(serverEvents?.isOn ? [serverEventFact(serverEvents)] : [])]
  const facts = all.map(([name, value]) => [strong(`${name}:`), ` ${value}`])
  return panel(
    options,
    words.title,
    [
      paragraph(state === 'active' ? `${words.active} ${nextPost(options)}` : nextPost(options)),
      ...reachNote(options),
      ...(state === 'stopped' ? [paragraph(words.applyLater)] : []),
      list(facts),
    ],
    [
      ...(state === 'stopped' && isOpen
        ? [commandButton(options, words.subscribe, 'subscribe', 'primary')]
        : []),
      ...(state === 'paused' ? [commandButton(options, words.resume, 'resume', 'primary')] : []),
      ...PAGES.map(page => settingsButton(options, words.pages[page], page)),
      ...(state === 'active' ? [step(commandButton(options, words.pauseWeek, 'pause 1w'))] : []),
      ...(state === 'stopped' ? [] : [commandButton(options, words.stop, 'stop', 'danger')]),
    ],
  )
}

/**
 * Shows one page of the settings with its choices. `said` replaces the hint with the result of a change; on the page
 * of the zone it names the zone.
 */
export function pagePanel(page: Page, options: PanelOptions, said?: string): Message {
  const { subscription, edition, serverEvents } = options
  const { topics, cadence, hour, weekday, quiet, tableStyle, onlyNew, sound } = subscription
  const zone = currentZone(subscription.zone)
  const toggle = (label: string, topic: string, name: string) => {
    const isOn = topics.includes(topic)
    return settingsButton(options, withMark(isOn, label), `${isOn ? '-' : '+'}${name}`)
  }
  const choose = (label: string, isChosen: boolean, line: string) =>
    settingsButton(options, withMark(isChosen, label), line)
  const choices: Record<Page, () => Action[]> = {
    what: () => [
      ...topicsOf(edition).map(topic =>
        toggle(topicTitle(edition, topic), topic, typedTopic(edition, topic)),
      ),
      // No post is made from a draft.
      ...edition.sections
        .filter(({ isDraft }) => !isDraft)
        .map(({ title, command }) => toggle(title, sectionTopic(command), command)),
      ...[serverEvents ?? []]
        .flat()
        .map(({ isOn }) =>
          choose(texts.scheduledEvents.title, isOn, `scheduled ${isOn ? 'off' : 'on'}`),
        ),
      ...eventChoices(options),
    ],
    schedule: () => [
      choose(words.cadences.instant, cadence === 'instant', 'schedule instant'),
      choose(words.cadences.daily, cadence === 'daily', 'schedule daily'),
      ...words.weekdays.map((day, index) =>
        choose(day, cadence === 'weekly' && weekday === index + 1, `schedule ${index + 1}`),
      ),
      // An instant update always has something new and no hour, so these choices do not apply.
      ...(cadence === 'instant'
        ? []
        : [
            choose(words.onlyNew, onlyNew, onlyNew ? 'schedule always' : 'schedule new'),
            step(settingsButton(options, words.atHour(hourText(hour)), 'hour')),
          ]),
    ],
    hour: () =>
      Array.from({ length: 24 }, (_, each) =>
        choose(hourText(each), each === hour, `hour ${each}`),
      ),
    sound: () =>
      (['usual', ...SOUNDS] as const).map(each =>
        choose(words.sounds[each], each === (sound ?? 'usual'), `sound ${each}`),
      ),
    zone: () =>
      [...new Set([...words.someZones, zone])].map(each =>
        choose(each, each === zone, `zone ${each}`),
      ),
    quiet: () => [
      choose(words.quietOff, !quiet, 'quiet off'),
      ...quietChoices(quiet).map(({ from, to }) =>
        choose(hoursText(from, to), quiet?.from === from && quiet.to === to, `quiet ${from}-${to}`),
      ),
    ],
    tables: () =>
      TABLE_STYLES.map(each => choose(words.tables[each], each === tableStyle, `tables ${each}`)),
  }
  const isZoneNamed = page === 'zone' && said !== undefined
  return panel(
    options,
    words.pages[page],
    [
      said === undefined
        ? paragraph(words.hints[page], ...example(page, options))
        : paragraph(said),
      paragraph(nextPost(options, isZoneNamed)),
      ...(page === 'tables' ? tableSamples(edition, tableStyle) : []),
    ],
    [
      ...choices[page](),
      step(settingsButton(options, words.back, page === 'hour' ? 'schedule' : '')),
    ],
  )
}

/** Most events of each kind on the page of what to post. */
const EVENTS_SHOWN = 10

/** Returns a button for each event that the chat follows or muted, which makes it like all others. */
function eventChoices(options: PanelOptions): Action[] {
  const { subscription, edition } = options
  return (['followed', 'muted'] as const).flatMap(choice =>
    chosenEvents(subscription, edition, choice)
      .slice(0, EVENTS_SHOWN)
      .map(({ id, name }) => {
        const label =
          choice === 'muted' ? texts.eventReminders.buttonMuted(name) : withMark(true, name)
        return { label, command: eventLine(each => settingsLine(options, `reset ${each}`), id) }
      }),
  )
}

/** Lists the cities that a typed name may mean, below a sentence. */
export function citiesPanel(cities: readonly City[], said: string, options: PanelOptions): Message {
  return panel(
    options,
    words.pages.zone,
    [paragraph(said), paragraph(nextPost(options))],
    [
      ...cities.map(({ name, country, zone }) =>
        settingsButton(options, `${name}, ${country}`, `zone ${zone}`),
      ),
      step(settingsButton(options, words.back, '')),
    ],
  )
}

/** Confirms a change with `said`. Adds the reason if no posts arrive, and the time of the next post. */
export function outcome(said: string, options: PanelOptions): Message {
  const { subscription, elsewhere, isOpen = true } = options
  const isStopped = subscription.state === 'stopped'
  return panel(
    options,
    elsewhere && words.pages.settings,
    [paragraph(said), ...reachNote(options), ...(isStopped ? [] : [paragraph(nextPost(options))])],
    [
      ...(isStopped && isOpen
        ? [commandButton(options, words.subscribe, 'subscribe', 'primary')]
        : []),
      settingsButton(options, words.pages.settings, ''),
    ],
  )
}

/** Says why posts do not arrive and how to fix that, or why posts did not arrive recently. */
function reachNote({ subscription, now }: PanelOptions): RootContent[] {
  const { state, zone, gone, unreached } = subscription
  if (state === 'stopped') return []
  const day = (instant: Temporal.Instant) => localDay(instant, zone, now)
  const words = texts.reachability
  if (gone && unreached) {
    const { since, retryAt, right } = unreached
    const isLater = retryAt && Temporal.Instant.compare(retryAt, now) > 0
    const next = isLater ? words.tryAt(day(retryAt)) : words.tryNext
    const how = words.how(gone, right)
    const said = [words.nothing(day(since), gone, right), how, retryAt ? next : words.noTry]
    return [paragraph(said.join(' '))]
  }
  const recent = recentlyMissed(subscription, now)
  if (!recent) return []
  const { since, until, why, right } = recent
  return [paragraph(`${words.missed(day(since), day(until), why, right)} ${words.over}`)]
}

/** Returns the line of a command. For another chat, this is a line of `/settings` with its address. */
export function commandLine(
  { elsewhere }: Pick<PanelOptions, 'elsewhere'>,
  command: string,
): string {
  return elsewhere ? settingsLine({ elsewhere }, command) : `/${command}`
}

/** Returns a line of `/settings`, with the address of another chat if that chat is managed. */
export function settingsLine({ elsewhere }: Pick<PanelOptions, 'elsewhere'>, line: string): string {
  return `/settings ${elsewhere?.prefix ?? ''}${line}`.trim()
}

function commandButton(options: PanelOptions, label: string, command: string, role?: Role): Action {
  return { label, command: commandLine(options, command), ...(role && { role }) }
}

/** Example lines for the pages whose buttons cannot offer every value. */
const EXAMPLES: Partial<Record<Page, string>> = { zone: 'zone Mostar', quiet: 'quiet 21-6' }

function example(page: Page, options: PanelOptions): PhrasingContent[] {
  const line = EXAMPLES[page]
  if (!line) return []
  return [
    { type: 'text', value: ' ' },
    { type: 'inlineCode', value: settingsLine(options, line) },
  ]
}

function panel(
  { elsewhere }: PanelOptions,
  title: string | undefined,
  body: Message['body']['children'],
  actions: readonly Action[],
): Message {
  const head = title && elsewhere ? words.titleOf(title, elsewhere.title) : title
  return message([...(head ? [heading(1, typed(head))] : []), ...body], actions)
}

/** Quiet hours offered as buttons. A user can type any others. */
const QUIET = [
  { from: 22, to: 7 },
  { from: 23, to: 8 },
  { from: 20, to: 8 },
  { from: 18, to: 9 },
] as const

/** Returns the quiet hours to offer, with those of the chat. */
function quietChoices(quiet: Subscription['quiet']) {
  const isOffered = QUIET.some(({ from, to }) => quiet?.from === from && quiet.to === to)
  return quiet && !isOffered ? [...QUIET, quiet] : QUIET
}

/** Makes a button for a line of `/settings`. The line stays within Telegram's 64 bytes for every chat and section. */
function settingsButton(options: PanelOptions, label: string, line: string): Action {
  return { label, command: settingsLine(options, line) }
}

/** Marks a button beside choices. */
function step(action: Action): Action {
  return { ...action, isStep: true }
}

function withMark(isChosen: boolean, label: string): string {
  return isChosen ? `✓ ${label}` : label
}
