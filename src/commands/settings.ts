import { localTime } from '../briefing/local-time.ts'
import { TOPICS } from '../chats/subscription.ts'
import { currentZone } from '../clock.ts'
import type { Message } from '../message.ts'
import { type ClockTime, readClock, readRange, readWeekday } from '../parse-time.ts'
import { CADENCES, sectionTopic } from '../store/chats/chat.ts'
import { texts } from '../texts.ts'
import { findCities, findZone, isClockName } from '../time-zones/time-zones.ts'
import { type Access, type Change, isRefusal, managing } from './chat-access.ts'
import type { Call, Command, Refusal } from './command.ts'
import { citiesPanel, outcome, overviewPanel, PAGES, type Page, pagePanel } from './panel.ts'
import { exported, forgotten } from './privacy.ts'
import { isPause, optionsOf, pause, resume, stop, subscribe } from './subscribe-commands.ts'

/** Longest line after `/settings`, in UTF-16 units: enough for a page and a city. */
const LINE_LENGTH = 100

/** Most cities offered: as many as fit a phone's screen. */
const CITIES = 8

/** Matches the name, link or id of another chat at the start of a line. */
const ELSEWHERE = /^(?:(?:https?:\/\/)?t\.me\/(\w{4,32})|(@\w{4,32}|-?\d{5,20}))(?:\s+|$)/

/** Other names that users type for the pages. */
const OTHER_NAMES: Readonly<Record<string, Page>> = {
  digest: 'rhythm',
  schedule: 'rhythm',
  day: 'rhythm',
  weekday: 'rhythm',
  time: 'hour',
  timezone: 'zone',
  city: 'zone',
  changes: 'sections',
  table: 'tables',
}

export const settingsCommand: Command = {
  name: 'settings',
  aliases: ['preferences', 'config'],
  ...texts.commands.settings,
  group: 'subscribe',
  parameters: [
    { name: 'change', description: texts.parameters.change, required: false, limit: LINE_LENGTH },
  ],
  private: true,
  usesStore: true,
  understands: ({ change = '' }) => isUnderstood(change.replace(ELSEWHERE, '')),
  owns(line) {
    const { word, page, value } = splitLine(line)
    // Many words also name a city somewhere, so "city council" stays a search.
    return page !== undefined && word !== 'city' && value !== '' && isUnderstood(line)
  },
  async run(call) {
    const typed = call.values.change?.trim() ?? ''
    const [whole = '', linked, named = linked && `@${linked}`] = ELSEWHERE.exec(typed) ?? []
    const line = typed.slice(whole.length).trim()
    // A user without rights gets no panel: its buttons would be refused, and it would scroll other messages away.
    return managing(call, access => applySettingsLine(access, call, line), named)
  },
}

/** Splits a line into its first word, the page that the word names, and the rest. */
function splitLine(typed: string) {
  const [first = '', ...rest] = typed
    .trim()
    .replace(/^time\s+zone\b/i, 'zone')
    .replace(/^quiet\s+hours?\b/i, 'quiet')
    .replace(/^time\s+of\s+day\b/i, 'hour')
    .replace(/^section\s+updates\b/i, 'sections')
    .replace(/^table\s+style\b/i, 'tables')
    // Users copy "Digest: Daily" from the panel, and end a sentence with a full stop.
    .replace(/^(\w+)\s*:/, '$1 ')
    .replace(/[.!]+$/, '')
    .split(/\s+/)
  const word = first.toLowerCase()
  const page = PAGES.find(each => each === (OTHER_NAMES[word] ?? word))
  return { word, page, value: rest.join(' ') }
}

/** Tells whether a line names something to show or to change. */
function isUnderstood(typed: string): boolean {
  const { word, page, value } = splitLine(typed)
  if (['', 'subscribe', 'stop', 'resume', 'export'].includes(word)) return value === ''
  if (word === 'pause') return value === '' || isPause(value)
  if (/^[+-]\w/.test(word)) return value === ''
  if (!page) return isRhythm(word) && value === ''
  if (value === '') return true
  if (page !== 'zone') return SETTERS[page]?.(value.toLowerCase()) !== undefined
  return (
    Boolean(findZone(value)) ||
    isClockName(value) ||
    findCities(value, 1).some(each => each.isExact)
  )
}

function isRhythm(word: string): boolean {
  return weekdayOf(word) !== undefined || CADENCES.some(each => each === word)
}

async function applySettingsLine(
  access: Access,
  call: Call,
  typed: string,
): Promise<Message | Refusal> {
  const { word, page, value } = splitLine(typed)
  switch (word) {
    case '':
      return overviewPanel(optionsOf(access, call))
    case 'subscribe':
      return subscribe(access, call)
    case 'stop':
      return stop(access, call)
    case 'pause':
      return pause(access, call, value)
    case 'resume':
      return resume(access, call)
    case 'export':
      return exported(access)
    case 'forget':
      return forgotten(access, call, value)
  }
  if (/^[+-]/.test(word)) return changeTopic(access, call, word)
  if (isRhythm(word)) return applySettingsLine(access, call, `rhythm ${word}`)
  const reply = (said: string) => outcome(said, optionsOf(access, call))
  if (!page) return reply(texts.settings.unknown(PAGES.join(', ')))
  if (value === '') return pagePanel(page, optionsOf(access, call))
  if (page === 'zone') return setZone(access, call, value)
  const how = SETTERS[page]?.(value.toLowerCase()) ?? texts.settings.formats[page]
  return typeof how === 'string' ? reply(how) : applyChange(access, call, page, how)
}

/** Other words that users type for a cadence. */
const OTHER_CADENCES: Readonly<Record<string, string>> = {
  'every day': 'daily',
  'each day': 'daily',
  'every week': 'weekly',
  'at once': 'instant',
  immediately: 'instant',
}

/**
 * Parses the value after a page's name into a change of the chat. Returns undefined if the page does not know the
 * value, and a sentence for the user if the value is valid but not offered.
 */
const SETTERS: Partial<Record<Page, (value: string) => Change | string | undefined>> = {
  rhythm(value) {
    const weekday = weekdayOf(value.replace(/^(weekly|every week),?( on)? /, ''))
    if (weekday) return before => ({ ...before, cadence: 'weekly', weekday })
    if (value === 'new' || value === 'always') {
      return before => ({ ...before, onlyNew: value === 'new' })
    }
    const cadence = CADENCES.find(each => each === (OTHER_CADENCES[value] ?? value))
    return cadence && (before => ({ ...before, cadence }))
  },
  hour(value) {
    const time = readClock(value)
    if (!time) return undefined
    return isWhole(time)
      ? before => ({ ...before, hour: time.hour })
      : texts.settings.wholeHour(time.hour)
  },
  quiet(value) {
    if (['off', 'none', 'no'].includes(value)) return ({ quiet: _, ...before }) => before
    const range = readRange(value)
    if (!range) return undefined
    const { from, to } = range
    if (!isWhole(from) || !isWhole(to)) return texts.settings.wholeHours
    if (from.hour === to.hour) return undefined
    return before => ({ ...before, quiet: { from: from.hour, to: to.hour } })
  },
  tables(value) {
    const tableStyle = (['grid', 'cards'] as const).find(each => each === value)
    return tableStyle && (before => ({ ...before, tableStyle }))
  },
}

async function applyChange(
  access: Access,
  call: Call,
  page: Page,
  how: Change,
  said?: string,
): Promise<Message | Refusal> {
  const after = await access.change(how)
  if (after && isRefusal(after)) return after
  return pagePanel(
    page,
    { ...optionsOf(access, call), ...(after && { subscription: after }) },
    said,
  )
}

/** Adds or removes a topic: `+digest`, `-threats`. The line names the result, so a second press changes nothing. */
async function changeTopic(access: Access, call: Call, word: string): Promise<Message | Refusal> {
  const name = word.slice(1)
  const section = call.registry.find(name)
  const isTopic = TOPICS.some(topic => topic === name)
  const isSection = call.registry.edition.sections.some(({ command }) => command === section?.name)
  if (!isTopic && !isSection) return outcome(texts.settings.unknownTopic, optionsOf(access, call))
  const topic = isTopic ? name : sectionTopic(section?.name ?? '')
  return applyChange(access, call, isTopic ? 'topics' : 'sections', before => ({
    ...before,
    topics: word.startsWith('+')
      ? [...new Set([...before.topics, topic])].sort()
      : before.topics.filter(each => each !== topic),
  }))
}

async function setZone(access: Access, call: Call, typed: string): Promise<Message | Refusal> {
  const options = optionsOf(access, call)
  const { settings: words } = texts
  const named = findZone(typed)
  if (!named && isClockName(typed)) return citiesPanel([], words.noPlace(typed), options)
  const cities = named ? [] : findCities(typed, CITIES)
  const isAlone = cities.length === 1
  const meant = cities.find(({ isExact, isLikely }) => isLikely || (isAlone && isExact))
  const zone = named ?? meant?.zone
  if (zone === undefined) {
    return citiesPanel(
      cities,
      cities.length > 0 ? words.whichCity(typed) : words.noCity(typed),
      options,
    )
  }
  // Keeps the stored spelling of the same zone, because past posts refer to the zone by that name.
  const how: Change = before =>
    currentZone(before.zone) === zone ? undefined : { ...before, zone }
  const time = localTime(call.now, zone)
  if (!meant) return applyChange(access, call, 'zone', how)
  const said = words.cityIs(isAlone ? meant.name : `${meant.name}, ${meant.country}`, zone, time)
  return applyChange(access, call, 'zone', how, isAlone ? said : `${said} ${words.otherCity}`)
}

function isWhole({ minute }: ClockTime): boolean {
  return minute === 0
}

/** Returns the ISO weekday (1–7) of a number or a day's name; undefined if it is neither. */
function weekdayOf(typed: string): number | undefined {
  return /^[1-7]$/.test(typed) ? Number(typed) : readWeekday(typed)
}
