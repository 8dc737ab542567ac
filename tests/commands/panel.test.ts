import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { withNextDigest } from '../../src/chats/subscription.ts'
import {
  citiesPanel,
  commandLine,
  outcome,
  overviewPanel,
  PAGES,
  type Page,
  type PanelOptions,
  pagePanel,
  settingsLine,
} from '../../src/commands/panel.ts'
import type { Message } from '../../src/message.ts'
import type { Subscription } from '../../src/store/chats/chat.ts'
import { texts } from '../../src/texts.ts'
import { edition } from '../content/fixture.ts'

const now = Temporal.Instant.from('2026-11-23T08:00:00Z')
const ELSEWHERE = { title: 'News', prefix: '@news ' }
const BASE: Subscription = {
  state: 'active',
  topics: ['digest', 'announcements', 'section:alpha'],
  zone: 'Europe/Sarajevo',
  cadence: 'weekly',
  hour: 9,
  weekday: 1,
  tableStyle: 'grid',
  onlyNew: false,
}

function options(changes: Partial<Subscription> = {}, more: Partial<PanelOptions> = {}) {
  return { subscription: { ...BASE, ...changes }, edition: edition(), now, ...more }
}

const commands = ({ actions = [] }: Message) =>
  actions.map(action => ('command' in action ? action.command : action.url))
const labels = ({ actions = [] }: Message) => actions.map(({ label }) => label)
const chosen = (panel: Message) => labels(panel).filter(label => label.startsWith('✓ '))

test.each([
  ['active', ['/pause 1w', '/stop']],
  ['paused', ['/resume', '/stop']],
  ['stopped', ['/subscribe']],
] as const)('the overview of a chat that is %s offers its state’s commands', (state, offered) => {
  const pages = PAGES.map(page => `/settings ${page}`)
  const all = commands(overviewPanel(options({ state })))
  expect(all.filter(command => !pages.includes(command))).toEqual(offered)
  expect(all).toEqual(expect.arrayContaining(pages))
})

test('a chat that may not subscribe is not offered it', () => {
  const closed = options({ state: 'stopped' }, { isOpen: false })
  expect(commands(overviewPanel(closed))).not.toContain('/subscribe')
  expect(commands(outcome('Saved.', closed))).toEqual(['/settings'])
  expect(commands(outcome('Saved.', options({ state: 'stopped' })))).toEqual([
    '/subscribe',
    '/settings',
  ])
})

test.each<[Page, Partial<Subscription>, number]>([
  ['what', {}, 3],
  ['what', { topics: ['digest'] }, 1],
  ['what', { topics: [] }, 0],
  ['schedule', {}, 1],
  ['schedule', { cadence: 'daily', onlyNew: true }, 2],
  ['schedule', { cadence: 'instant' }, 1],
  ['sound', {}, 1],
  ['sound', { sound: 'loud' }, 1],
  ['hour', { hour: 23 }, 1],
  ['zone', { zone: 'Pacific/Chatham' }, 1],
  ['quiet', {}, 1],
  ['quiet', { quiet: { from: 22, to: 7 } }, 1],
  ['quiet', { quiet: { from: 1, to: 2 } }, 1],
  ['tables', {}, 1],
  ['tables', { tableStyle: 'cards' }, 1],
  ['tables', { tableStyle: 'dark-picture' }, 1],
])('the page %s with %j marks %i choices, and leads back', (page, changes, count) => {
  const panel = pagePanel(page, options(changes))
  expect(chosen(panel)).toHaveLength(count)
  expect(commands(panel).at(-1)).toBe(page === 'hour' ? '/settings schedule' : '/settings')
  expect(new Set(commands(panel)).size).toBe(commands(panel).length)
})

test('a topic that is followed is switched off by its button, another one on', () => {
  expect(commands(pagePanel('what', options())).slice(0, 4)).toEqual([
    '/settings -digest',
    '/settings +exercises',
    '/settings -announcements',
    '/settings -alpha',
  ])
  expect(commands(pagePanel('what', options({ topics: [] })))).toContain('/settings +alpha')
})

test('updates as they happen are always new and have no hour, so that page offers neither choice', () => {
  const lines = (cadence: Subscription['cadence']) =>
    commands(pagePanel('schedule', options({ cadence })))
  for (const line of ['/settings schedule new', '/settings hour']) {
    expect(lines('instant')).not.toContain(line)
    expect(lines('weekly')).toContain(line)
  }
})

test('every button of a chat that is managed from elsewhere names that chat', () => {
  const elsewhere = options({ state: 'paused' }, { elsewhere: ELSEWHERE })
  const panels = [overviewPanel(elsewhere), ...PAGES.map(page => pagePanel(page, elsewhere))]
  for (const panel of panels) {
    for (const command of commands(panel)) expect(command).toMatch(/^\/settings @news/)
    expect(textOf(panel.body)).toContain(ELSEWHERE.title)
  }
  expect(commandLine({ elsewhere: ELSEWHERE }, 'stop')).toBe('/settings @news stop')
  expect(commandLine({}, 'stop')).toBe('/stop')
  expect(settingsLine({ elsewhere: ELSEWHERE }, '')).toBe('/settings @news')
})

test('a page shows its hint, or in its place what has changed', () => {
  const hint = texts.settings.hints.hour
  expect(textOf(pagePanel('hour', options()).body)).toContain(hint)
  const saved = textOf(pagePanel('hour', options(), 'Saved.').body)
  expect(saved).toContain('Saved.')
  expect(saved).not.toContain(hint)
})

test('each city that a name may mean has a button that chooses its zone', () => {
  const city = {
    name: 'Mostar',
    country: 'Bosnia and Herzegovina',
    zone: 'Europe/Sarajevo',
    isExact: true,
  }
  const panel = citiesPanel([city], 'Which?', options())
  expect(commands(panel)).toEqual(['/settings zone Europe/Sarajevo', '/settings'])
  expect(labels(panel)[0]).toBe('Mostar, Bosnia and Herzegovina')
})

test.each<[string, Partial<Subscription>, string]>([
  ['stopped', { state: 'stopped' }, texts.settings.nextNone],
  ['paused without an end', { state: 'paused' }, texts.settings.pausedOpen],
  ['a subscriber of no topic', { topics: [] }, texts.settings.nothingFollowed],
  ['informed as it happens', { cadence: 'instant' }, texts.settings.asItHappens(true)],
])('the first line of a chat that is %s says what comes next', (_, changes, sentence) => {
  expect(textOf(overviewPanel(options(changes)).body.children[1])).toContain(sentence)
})

test('the first line names the next digest by the clock of the chat', () => {
  const subscription = withNextDigest(BASE, now)
  const first = textOf(overviewPanel(options(subscription)).body.children[1])
  expect(first).toBe(
    'Subscribed. Next digest: Mon 30 Nov, 09:00. Your time: 09:00 (Europe/Sarajevo).',
  )
})

const lines = (panel: Message) => {
  const found = panel.body.children.find(({ type }) => type === 'list')
  return found?.type === 'list' ? found.children.map(item => textOf(item)) : []
}

test('the overview says what the chat gets and when, and leaves out what has its default', () => {
  expect(lines(overviewPanel(options({ topics: ['announcements', 'digest'] })))).toEqual([
    'What: Digest, Announcements',
    'When: Weekly on Monday at 09:00',
  ])
  const changed = { quiet: { from: 22, to: 7 }, sound: 'silent', tableStyle: 'cards' } as const
  expect(lines(overviewPanel(options({ ...changed, cadence: 'daily', onlyNew: true })))).toEqual([
    'What: Digest, Announcements',
    'Section updates: Alpha',
    'When: Daily at 09:00, skipped if nothing’s new',
    'Quiet hours: 22:00–07:00',
    'Sound: All silent',
    'Table style: Always cards',
  ])
})

test('a chat that is not subscribed is told so before its settings', () => {
  const [, said, then] = overviewPanel(options({ state: 'stopped' })).body.children
  expect(textOf(said)).toMatch(/^This chat isn’t subscribed, so I post nothing here\./)
  expect(textOf(then)).toBe(texts.settings.applyLater)
})

test.each(['active', 'paused', 'stopped'] as const)(
  'every page of a chat that is %s names the zone once',
  state => {
    const all = [overviewPanel(options({ state }))]
    for (const page of [...PAGES, 'hour'] as const) {
      all.push(pagePanel(page, options({ state })))
      const said = page === 'zone' ? 'Mostar → Europe/Sarajevo ✓' : 'Saved.'
      all.push(pagePanel(page, options({ state }), said))
    }
    for (const panel of all) {
      expect(textOf(panel.body).split('Europe/Sarajevo')).toHaveLength(2)
    }
  },
)
