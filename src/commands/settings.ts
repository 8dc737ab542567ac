import type { Message } from '../message.ts'
import { findCities, findZone } from '../schedule/zones.ts'
import { CADENCES, sectionTopic } from '../store/chat.ts'
import { texts } from '../texts.ts'
import { type Access, type Change, isRefusal, managing } from './access.ts'
import type { Call, Command, Refusal } from './command.ts'
import { citiesPanel, outcome, overviewPanel, PAGES, type Page, pagePanel } from './panel.ts'
import { exported, forgotten } from './privacy.ts'
import { optionsOf, pause, resume, stop, subscribe } from './subscribing.ts'
import { TOPICS } from './subscription.ts'

/** Longest line behind `/settings`, in UTF-16 units: a page and a city. */
const LENGTH = 100

/** Cities offered: what fits a phone's screen. */
const CITIES = 8

/** Another chat, by its name, link or id, before what is to be done there. */
const ELSEWHERE = /^(?:(?:https?:\/\/)?t\.me\/(\w{4,32})|(@\w{4,32}|-?\d{5,20}))(?:\s+|$)/

/** What people call the pages. */
const OTHER_NAMES: Readonly<Record<string, Page>> = {
  digest: 'rhythm',
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
  parameters: [
    { name: 'change', description: texts.parameters.change, required: false, limit: LENGTH },
  ],
  private: true,
  keeps: true,
  async run(call) {
    const typed = call.values.change?.trim() ?? ''
    const [whole = '', linked, named = linked && `@${linked}`] = ELSEWHERE.exec(typed) ?? []
    const line = typed.slice(whole.length).trim()
    // A panel that somebody may not use would only invite them, and push others' panels away.
    return managing(call, access => steer(access, call, line), named)
  },
}

async function steer(access: Access, call: Call, typed: string): Promise<Message | Refusal> {
  const [first = '', ...rest] = typed.split(/\s+/)
  const word = first.toLowerCase()
  const value = rest.join(' ')
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
  if (/^[+-]/.test(word)) return follow(access, call, word)
  if (weekdayOf(word) || CADENCES.some(each => each === word)) {
    return steer(access, call, `rhythm ${word}`)
  }
  const page = PAGES.find(each => each === (OTHER_NAMES[word] ?? word))
  const tell = (said: string) => outcome(said, optionsOf(access, call))
  if (!page) return tell(texts.settings.unknown(PAGES.join(', ')))
  if (value === '') return pagePanel(page, optionsOf(access, call))
  if (page === 'zone') return setZone(access, call, value)
  const how = SETTERS[page]?.(value.toLowerCase())
  return how ? set(access, call, page, how) : tell(texts.settings.formats[page])
}

/** What a value behind a page's name changes; nothing where it is none that the page knows. */
const SETTERS: Partial<Record<Page, (value: string) => Change | undefined>> = {
  rhythm(value) {
    const weekday = weekdayOf(value.replace(/^weekly( on)? /, ''))
    if (weekday) return before => ({ ...before, cadence: 'weekly', weekday })
    if (value === 'new' || value === 'always') {
      return before => ({ ...before, onlyNew: value === 'new' })
    }
    const cadence = CADENCES.find(each => each === value)
    return cadence && (before => ({ ...before, cadence }))
  },
  hour(value) {
    const hour = hourOf(value)
    return hour === undefined ? undefined : before => ({ ...before, hour })
  },
  quiet(value) {
    if (['off', 'none', 'no'].includes(value)) return ({ quiet: _, ...before }) => before
    const [from, to, ...more] = value.split(/\s*[-–]\s*/).map(hourOf)
    if (from === undefined || to === undefined || more.length > 0 || from === to) return undefined
    return before => ({ ...before, quiet: { from, to } })
  },
  tables(value) {
    const tableStyle = (['grid', 'cards'] as const).find(each => each === value)
    return tableStyle && (before => ({ ...before, tableStyle }))
  },
}

async function set(
  access: Access,
  call: Call,
  page: Page,
  how: Change,
): Promise<Message | Refusal> {
  const after = await access.change(how)
  if (after && isRefusal(after)) return after
  return pagePanel(page, { ...optionsOf(access, call), ...(after && { subscription: after }) })
}

/** `+digest`, `-threats`: a button says what it leads to, so that pressed twice it does so once. */
async function follow(access: Access, call: Call, word: string): Promise<Message | Refusal> {
  const name = word.slice(1)
  const section = call.registry.find(name)
  const isTopic = TOPICS.some(topic => topic === name)
  const isSection = call.registry.edition.sections.some(({ command }) => command === section?.name)
  if (!isTopic && !isSection) return outcome(texts.settings.unknownTopic, optionsOf(access, call))
  const topic = isTopic ? name : sectionTopic(section?.name ?? '')
  return set(access, call, isTopic ? 'topics' : 'sections', before => ({
    ...before,
    topics: word.startsWith('+')
      ? [...new Set([...before.topics, topic])].sort()
      : before.topics.filter(each => each !== topic),
  }))
}

async function setZone(access: Access, call: Call, typed: string): Promise<Message | Refusal> {
  const zone = findZone(typed)
  if (zone) return set(access, call, 'zone', before => ({ ...before, zone }))
  const cities = await findCities(typed, CITIES)
  const [only, ...others] = cities
  if (only?.isExact && others.length === 0) {
    return set(access, call, 'zone', before => ({ ...before, zone: only.zone }))
  }
  return citiesPanel(cities, typed, optionsOf(access, call))
}

function hourOf(typed: string): number | undefined {
  const [, digits, half] = /^(\d{1,2})(?::00)?\s*([ap]m)?$/i.exec(typed.trim()) ?? []
  const given = Number(digits ?? Number.NaN)
  if (half && !(given >= 1 && given <= 12)) return undefined
  // Twelve in the morning is midnight.
  const hour = half ? (given % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : given
  return hour <= 23 ? hour : undefined
}

/** 1 to 7, or the name of a day, of which three letters are enough. */
function weekdayOf(typed: string): number | undefined {
  if (/^[1-7]$/.test(typed)) return Number(typed)
  const index = texts.settings.weekdays.findIndex(
    day => typed.length >= 3 && day.toLowerCase().startsWith(typed),
  )
  return index < 0 ? undefined : index + 1
}
