import { currentZone } from '../clock.ts'
import type { Message } from '../message.ts'
import { type ClockTime, readClock, readRange, readWeekday } from '../parse-time.ts'
import { CADENCES, SOUNDS, type Subscription, sectionTopic } from '../store/chats/chat.ts'
import { texts } from '../texts.ts'
import { findCities, findZone, isClockName } from '../time-zones/time-zones.ts'
import { type Access, type Change, isRefusal, managing, splitReference } from './chat-access.ts'
import type { Call, Command, Refusal } from './command.ts'
import { changeEvent, resetEvent } from './event-reminders.ts'
import { citiesPanel, outcome, overviewPanel, type Page, pagePanel } from './panel.ts'
import { exported, forgotten } from './privacy.ts'
import { setServerEvents } from './scheduled-events.ts'
import { factOf } from './settings-facts.ts'
import { NAMES, OTHER_NAMES, SETTINGS_PAGES } from './settings-pages.ts'
import { isPause, optionsOf, pause, resume, stop, subscribe } from './subscribe-commands.ts'
import { parseTableStyle, tablesLine } from './table-styles.ts'
import { topicsOf, topicTitle } from './topics.ts'

const words = texts.settings

/** Longest line after `/settings`, in UTF-16 units: enough for a page and a city. */
const LINE_LENGTH = 100

/** Most cities offered: as many as fit a phone's screen. */
const CITIES = 8

/** Pages whose names are common words, so that a line without a slash stays a question: "when monday". */
const COMMON_WORDS = ['city', 'what', 'when']

export const settingsCommand: Command = {
  name: 'settings',
  aliases: ['preferences', 'config', 'notifications'],
  ...texts.commands.settings,
  group: 'subscribe',
  parameters: [
    { name: 'change', description: texts.parameters.change, required: false, limit: LINE_LENGTH },
  ],
  pages: SETTINGS_PAGES,
  private: true,
  usesStore: true,
  understands: ({ change = '' }) => isUnderstood(splitReference(change).line),
  owns(line) {
    const { word, page, value } = splitLine(line)
    // Many words also name a city somewhere, so "city council" stays a search.
    return page !== undefined && !COMMON_WORDS.includes(word) && value !== '' && isUnderstood(line)
  },
  async run(call) {
    const { named, line } = splitReference(call.values.change ?? '')
    // A user without rights gets no panel: its buttons would be refused, and it would scroll other messages away.
    return managing(call, access => applySettingsLine(access, call, line), named)
  },
}

/** Splits a line into its first word, the page that the word names, and the rest. */
function splitLine(typed: string) {
  const [first = '', ...rest] = tablesLine(typed.trim())
    .replace(/^time\s+zone\b/i, 'zone')
    .replace(/^quiet\s+hours?\b/i, 'quiet')
    .replace(/^time\s+of\s+day\b/i, 'hour')
    .replace(/^section\s+updates\b/i, 'sections')
    // Users copy "Digest: Daily" from the panel, and end a sentence with a full stop.
    .replace(/^(\w+)\s*:/, '$1 ')
    .replace(/[.!]+$/, '')
    .split(/\s+/)
  const word = first.toLowerCase()
  const page = NAMES.find(each => each === (OTHER_NAMES[word] ?? word))
  return { word, page, value: rest.join(' ') }
}

/** Returns the page of a value that needs no name of its page: the days of digests, a sound, or a style of tables. */
function pageOf(value: string): Page | undefined {
  return (['schedule', 'sound', 'tables'] as const).find(page =>
    SETTERS[page]?.(value.trim().toLowerCase()),
  )
}

/** Matches a topic or section to add or to remove. */
const TOPIC_CHANGE = /^[+-]\w+$/

/** The words before the id of an event, as buttons type them. */
const EVENT_WORDS = ['remind', 'mute', 'reset']

/** Tells whether a line names something to show or to change. */
function isUnderstood(typed: string): boolean {
  const { word, page, value } = splitLine(typed)
  if (['', 'subscribe', 'stop', 'resume', 'export'].includes(word)) return value === ''
  if (EVENT_WORDS.includes(word)) return value !== ''
  if (word === 'pause') return value === '' || isPause(value)
  if (TOPIC_CHANGE.test(word)) return value === ''
  if (!page) return pageOf(`${word} ${value}`) !== undefined
  if (value === '') return true
  if (page === 'what') return TOPIC_CHANGE.test(value)
  if (page !== 'zone') return SETTERS[page]?.(value.toLowerCase()) !== undefined
  return (
    Boolean(findZone(value)) ||
    isClockName(value) ||
    findCities(value, 1).some(each => each.isExact)
  )
}

async function applySettingsLine(
  access: Access,
  call: Call,
  typed: string,
): Promise<Message | Refusal> {
  const { word, page: named, value: rest } = splitLine(typed)
  const whole = `${word} ${rest}`
  const found = named ? undefined : pageOf(whole)
  const [page, value] = found ? [found, whole.trim()] : [named, rest]
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
    case 'remind':
    case 'mute':
      return changeEvent(word, access, call, value)
    case 'reset':
      return resetEvent(access, call, value)
    case 'export':
      return exported(access)
    case 'forget':
      return forgotten(access, call, value)
    case 'scheduled': {
      if (!access.serverEvents) break
      return setServerEvents(access, call, value)
    }
  }
  if (/^[+-]/.test(word)) return changeTopic(access, call, word)
  const reply = (said: string) => outcome(said, optionsOf(access, call))
  if (!page) return reply(words.unknown(NAMES.join(', ')))
  if (value === '') return pagePanel(page, optionsOf(access, call))
  if (page === 'zone') return setZone(access, call, value)
  if (page === 'what') {
    return TOPIC_CHANGE.test(value)
      ? changeTopic(access, call, value.toLowerCase())
      : reply(words.formats.what)
  }
  const how = SETTERS[page]?.(value.toLowerCase()) ?? words.formats[page]
  return typeof how === 'string'
    ? reply(how)
    : applyChange(access, call, page, how, after => words.done(...factOf(page, after)))
}

/** Other words that users type for a cadence. */
const OTHER_CADENCES: Readonly<Record<string, string>> = {
  'every day': 'daily',
  'each day': 'daily',
  'every week': 'weekly',
  'at once': 'instant',
  'as it happens': 'instant',
  immediately: 'instant',
}

/**
 * Parses the value after a page's name into a change of the chat. Returns undefined if the page does not know the
 * value, and a sentence for the user if the value is valid but not offered.
 */
const SETTERS: Partial<Record<Page, (value: string) => Change | string | undefined>> = {
  schedule(value) {
    // Users copy "Weekly on Monday at 09:00, skipped if nothing’s new" from the panel.
    const [, when = value, isSkipped] = ONLY_NEW.exec(value) ?? []
    const onlyNew = isSkipped ? scheduleChange('new') : undefined
    if (onlyNew && when === '') return onlyNew
    const [, days = when, at] = /^(.+?),? at (?!once$)(.+)$/.exec(when) ?? []
    const change = scheduleChange(days)
    const hour = at === undefined ? undefined : SETTERS.hour?.(at)
    if (!change || (at !== undefined && typeof hour !== 'function')) return change && hour
    const changes = [change, hour, onlyNew].filter(each => typeof each === 'function')
    return before => changes.reduce((after, each) => each(after) ?? after, before)
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
  sound(value) {
    const named = value.replace(/^all /, '')
    const sound = SOUNDS.find(each => each === named)
    if (sound) return before => ({ ...before, sound })
    return USUAL_SOUND.includes(named) ? ({ sound: _, ...before }) => before : undefined
  },
  tables(value) {
    const tableStyle = parseTableStyle(value)
    return tableStyle && (before => ({ ...before, tableStyle }))
  },
}

/** Matches the end of a schedule that skips digests without news, with what stands before it. */
const ONLY_NEW = /^(.*?),?\s*\b(skip(?:ped)? if nothing(?:[’']?s| is) new)$/

/** Words that users type for the usual sound. */
const USUAL_SOUND = ['usual', 'default', 'normal', 'silent digests']

/** Parses the days of digests into a change of the chat; undefined if the value names none. */
function scheduleChange(value: string): Change | undefined {
  const weekday = weekdayOf(value.replace(/^(weekly|every week),?( on)? /, ''))
  if (weekday) return before => ({ ...before, cadence: 'weekly', weekday })
  if (value === 'new' || value === 'always') {
    return before => ({ ...before, onlyNew: value === 'new' })
  }
  const cadence = CADENCES.find(each => each === (OTHER_CADENCES[value] ?? value))
  return cadence && (before => ({ ...before, cadence }))
}

/** Changes the settings, and shows their page with the new value in one line. */
async function applyChange(
  access: Access,
  call: Call,
  page: Page,
  how: Change,
  said: (subscription: Subscription) => string,
): Promise<Message | Refusal> {
  const after = await access.change(how)
  if (after && isRefusal(after)) return after
  const options = { ...optionsOf(access, call), ...(after && { subscription: after }) }
  return pagePanel(page, options, said(options.subscription))
}

/** Adds or removes a topic: `+digest`, `-threats`. The line names the result, so a second press changes nothing. */
async function changeTopic(access: Access, call: Call, word: string): Promise<Message | Refusal> {
  const name = word.slice(1)
  const found = call.registry.find(name)
  const { edition } = call.registry
  // People type the edition's word for its events.
  const isEvents = found?.name === edition.eventNames?.command && found !== undefined
  const kind = topicsOf(edition).find(topic => topic === (isEvents ? 'events' : name))
  const section = edition.sections.find(({ command }) => command === found?.name)
  if (!kind && !section) return outcome(words.unknownTopic, optionsOf(access, call))
  const topic = kind ?? sectionTopic(section?.command ?? '')
  const isOn = word.startsWith('+')
  const label = kind ? topicTitle(edition, kind) : (section?.title ?? '')
  const how: Change = before => ({
    ...before,
    topics: isOn
      ? [...new Set([...before.topics, topic])].sort()
      : before.topics.filter(each => each !== topic),
  })
  return applyChange(access, call, 'what', how, () =>
    words.done(label, isOn ? words.on : words.off),
  )
}

async function setZone(access: Access, call: Call, typed: string): Promise<Message | Refusal> {
  const options = optionsOf(access, call)
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
  const said = (after: Subscription) => {
    if (!meant) return words.done(...factOf('zone', after))
    const city = isAlone ? meant.name : `${meant.name}, ${meant.country}`
    return isAlone ? words.cityIs(city, zone) : `${words.cityIs(city, zone)} ${words.otherCity}`
  }
  return applyChange(access, call, 'zone', how, said)
}

function isWhole({ minute }: ClockTime): boolean {
  return minute === 0
}

/** Returns the ISO weekday (1–7) of a number or a day's name; undefined if it is neither. */
function weekdayOf(typed: string): number | undefined {
  return /^[1-7]$/.test(typed) ? Number(typed) : readWeekday(typed)
}
