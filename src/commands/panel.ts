import type { PhrasingContent, RootContent } from 'mdast'
import { localDay, localTime } from '../briefing/local-time.ts'
import { TOPICS } from '../chats/subscription.ts'
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
} from '../message.ts'
import { type Cadence, type Subscription, sectionTopic } from '../store/chats/chat.ts'
import { texts } from '../texts.ts'
import type { City } from '../time-zones/time-zones.ts'

/** The pages of the panel, in the order of its buttons. */
export const PAGES = ['topics', 'sections', 'rhythm', 'hour', 'zone', 'quiet', 'tables'] as const
export type Page = (typeof PAGES)[number]

export interface PanelOptions {
  readonly subscription: Subscription
  readonly edition: Edition
  readonly now: Temporal.Instant
  /** Whether the chat may subscribe. */
  readonly isOpen?: boolean
  /** Set if another chat is managed: its title, and the prefix of its lines. */
  readonly elsewhere?: { readonly title: string; readonly prefix: string }
}

const words = texts.settings

/** Shows the settings of a chat, with a button for each page. */
export function overviewPanel(options: PanelOptions): Message {
  const { subscription, isOpen = true } = options
  const { state } = subscription
  return panel(
    options,
    words.title,
    [...reachNote(options), list(facts(options).map(fact => [fact]))],
    [
      ...(state === 'stopped' && isOpen
        ? [commandButton(options, words.subscribe, 'subscribe', 'primary')]
        : []),
      ...(state === 'paused' ? [commandButton(options, words.resume, 'resume', 'primary')] : []),
      ...PAGES.map(page => settingsButton(options, words.pages[page], page)),
      ...(state === 'active' ? [commandButton(options, words.pauseWeek, 'pause 1w')] : []),
      ...(state === 'stopped' ? [] : [commandButton(options, words.stop, 'stop', 'danger')]),
    ],
  )
}

/** Shows one page of the settings with its choices. `said` replaces the hint with the result of a change. */
export function pagePanel(page: Page, options: PanelOptions, said?: string): Message {
  const { subscription, edition } = options
  const { topics, cadence, hour, weekday, quiet, tableStyle, onlyNew } = subscription
  const zone = currentZone(subscription.zone)
  const toggle = (label: string, topic: string, name: string) => {
    const isOn = topics.includes(topic)
    return settingsButton(options, withMark(isOn, label), `${isOn ? '-' : '+'}${name}`)
  }
  const choose = (label: string, isChosen: boolean, line: string) =>
    settingsButton(options, withMark(isChosen, label), line)
  const choices: Record<Page, () => Action[]> = {
    topics: () => TOPICS.map(topic => toggle(words.topics[topic], topic, topic)),
    sections: () =>
      edition.sections.map(({ title, command }) => toggle(title, sectionTopic(command), command)),
    rhythm: () => [
      choose(words.cadences.instant, cadence === 'instant', 'rhythm instant'),
      choose(words.cadences.daily, cadence === 'daily', 'rhythm daily'),
      ...words.weekdays.map((day, index) =>
        choose(day, cadence === 'weekly' && weekday === index + 1, `rhythm ${index + 1}`),
      ),
      // An instant update always has something new, so the choice does not apply.
      ...(cadence === 'instant'
        ? []
        : [choose(words.onlyNew, onlyNew, onlyNew ? 'rhythm always' : 'rhythm new')]),
    ],
    hour: () => hours().map(each => choose(hourText(each), each === hour, `hour ${each}`)),
    zone: () =>
      [...new Set([...words.someZones, zone])].map(each =>
        choose(each, each === zone, `zone ${each}`),
      ),
    quiet: () => [
      choose(words.quietOff, !quiet, 'quiet off'),
      ...QUIET.map(({ from, to }) =>
        choose(hoursText(from, to), quiet?.from === from && quiet.to === to, `quiet ${from}-${to}`),
      ),
    ],
    tables: () => [
      choose(words.tables.grid, tableStyle === 'grid', 'tables grid'),
      choose(words.tables.cards, tableStyle === 'cards', 'tables cards'),
    ],
  }
  return panel(
    options,
    words.pages[page],
    said === undefined
      ? [paragraph(words.hints[page], ...example(page, options)), paragraph(factOf(page, options))]
      : [paragraph(said)],
    [...choices[page](), settingsButton(options, words.back, '')],
  )
}

/** Lists the cities that a typed name may mean, below a sentence. */
export function citiesPanel(cities: readonly City[], said: string, options: PanelOptions): Message {
  return panel(
    options,
    words.pages.zone,
    [paragraph(said)],
    [
      ...cities.map(({ name, country, zone }) =>
        settingsButton(options, `${name}, ${country}`, `zone ${zone}`),
      ),
      settingsButton(options, words.back, ''),
    ],
  )
}

/** Confirms a change with `said`. Adds the reason if no posts arrive, and the time of the next post. */
export function outcome(said: string, options: PanelOptions): Message {
  const { subscription, elsewhere, isOpen = true } = options
  const canSubscribe = subscription.state === 'stopped' && isOpen
  return panel(
    options,
    elsewhere && words.pages.settings,
    [paragraph(said), ...reachNote(options)],
    [
      ...(canSubscribe ? [commandButton(options, words.subscribe, 'subscribe', 'primary')] : []),
      settingsButton(options, words.pages.settings, ''),
    ],
  )
}

/** Days for which the panel mentions a past period in which the chat was unreachable. */
const SHOWN_DAYS = 7

/** Says why posts do not arrive and how to fix that, or why posts did not arrive recently. */
function reachNote({ subscription, now }: PanelOptions): RootContent[] {
  const { state, zone, gone, unreached, missed } = subscription
  if (state === 'stopped') return []
  const day = (instant: Temporal.Instant) => localDay(instant, zone)
  const words = texts.reachability
  if (gone && unreached) {
    const { since, retryAt, right } = unreached
    const isLater = retryAt && Temporal.Instant.compare(retryAt, now) > 0
    const next = isLater ? words.tryAt(day(retryAt)) : words.tryNext
    const how = words.how(gone, right)
    const said = [words.nothing(day(since), gone, right), how, retryAt ? next : words.noTry]
    return [paragraph(said.join(' '))]
  }
  if (!missed || missed.until.until(now).total('hours') > SHOWN_DAYS * 24) return []
  const { since, until, why, right } = missed
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
  options: PanelOptions,
  title: string | undefined,
  body: Message['body']['children'],
  actions: readonly Action[],
): Message {
  const { elsewhere } = options
  const head = title && elsewhere ? words.titleOf(title, elsewhere.title) : title
  return message(
    [...(head ? [heading(1, head)] : []), ...body, paragraph(nextPostText(options))],
    actions,
  )
}

/**
 * Says when the next post comes, in the chat's zone and in plain words. A platform's own time format would show each
 * reader's zone instead.
 */
function nextPostText({ subscription, now }: PanelOptions): string {
  const { state, zone, topics, cadence, quiet, nextDigestAt, pausedUntil } = subscription
  const here = words.here(currentZone(zone), localTime(now, zone))
  if (state === 'stopped') return `${words.nextNone} ${here}`
  if (state === 'paused') {
    const until = pausedUntil ? words.pausedUntil(localDay(pausedUntil, zone)) : words.pausedOpen
    const then = nextDigestAt ? ` ${words.nextAfter(localDay(nextDigestAt, zone))}` : ''
    return `${until}${then} ${here}`
  }
  if (nextDigestAt) return `${words.nextDigest(localDay(nextDigestAt, zone))} ${here}`
  if (topics.length === 0) return `${words.nothingFollowed} ${here}`
  const rest = quiet ? words.notBetween(hoursText(quiet.from, quiet.to)) : '.'
  return `${words.asItHappens(cadence === 'instant')}${rest} ${here}`
}

function facts(options: PanelOptions): string[] {
  return [words.states[options.subscription.state], ...PAGES.map(page => factOf(page, options))]
}

function factOf(page: Page, { subscription, edition }: PanelOptions): string {
  const { topics, cadence, hour, weekday, quiet, tableStyle, zone, onlyNew } = subscription
  const followed = edition.sections.filter(({ command }) => topics.includes(sectionTopic(command)))
  const named = {
    topics: () => TOPICS.filter(topic => topics.includes(topic)).map(topic => words.topics[topic]),
    sections: () => followed.map(({ title }) => title),
    rhythm: () => [
      rhythm(cadence, weekday),
      ...(onlyNew && cadence !== 'instant' ? [words.ifNew] : []),
    ],
    hour: () => [hourText(hour)],
    zone: () => [currentZone(zone)],
    quiet: () => [quiet ? hoursText(quiet.from, quiet.to) : words.quietOff],
    tables: () => [words.tables[tableStyle]],
  }[page]()
  return `${words.pages[page]}: ${named.join(', ') || words.none}`
}

function rhythm(cadence: Cadence, weekday: number): string {
  const day = words.weekdays[weekday - 1] ?? ''
  return cadence === 'weekly' ? words.weekly(day) : words.cadences[cadence]
}

/** Quiet hours offered as buttons. A user can type any others. */
const QUIET = [
  { from: 22, to: 7 },
  { from: 23, to: 8 },
  { from: 20, to: 8 },
  { from: 18, to: 9 },
] as const

function hours(): number[] {
  return Array.from({ length: 24 }, (_, hour) => hour)
}

/** Makes a button for a line of `/settings`. The line stays within Telegram's 64 bytes for every chat and section. */
function settingsButton(options: PanelOptions, label: string, line: string): Action {
  return { label, command: settingsLine(options, line) }
}

function withMark(isChosen: boolean, label: string): string {
  return isChosen ? `✓ ${label}` : label
}

function hourText(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}

function hoursText(from: number, to: number): string {
  return `${hourText(from)}–${hourText(to)}`
}
