import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWithin } from '../../src/chats/quiet-hours.ts'
import type { ChatFacts } from '../../src/commands/chat-facts.ts'
import { diagnose } from '../../src/commands/diagnosis.ts'
import { asksWhyNothing } from '../../src/commands/why-question.ts'
import type { Subscription } from '../../src/store/chats/chat.ts'
import { texts } from '../../src/texts.ts'
import { runs } from '../properties.ts'
import { shipped } from '../shipped.ts'

const NOW = Temporal.Instant.from('2026-11-23T11:00:00Z')
const ZONE = 'Europe/Sarajevo'
const { labels } = texts.diagnosis

const instant = fc.integer({ min: -200, max: 200 }).map(hours => NOW.add({ hours }))
const later = fc.integer({ min: 1, max: 200 }).map(hours => NOW.add({ hours }))
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined, freq: 1 })
const hour = fc.nat(23)
const reason = fc.constantFrom('blocked', 'removed', 'deleted', 'forbidden')
const right = maybe(fc.constant('Send Messages'))

const subscription = fc
  .record({
    state: fc.constantFrom('active', 'active', 'paused', 'stopped'),
    pausedUntil: maybe(later),
    topics: fc.subarray(['announcements', 'digest', 'events', 'section:threats']),
    followed: maybe(fc.constant(['defender-2023'])),
    muted: maybe(fc.constant(['partner-2023'])),
    cadence: fc.constantFrom('weekly', 'daily', 'instant'),
    quiet: maybe(fc.record({ from: hour, to: hour })),
    gone: maybe(reason),
    unreached: maybe(
      fc.record({ since: instant, tries: fc.nat(3), retryAt: maybe(instant), right }),
    ),
    missed: maybe(fc.record({ why: reason, since: instant, until: instant, right })),
    nextDigestAt: maybe(instant),
    onlyNew: fc.boolean(),
  })
  .map(given => {
    const known = Object.entries(given).filter(([, value]) => value !== undefined)
    const common = { zone: ZONE, hour: 9, weekday: 1, tableStyle: 'grid' }
    return { ...common, ...Object.fromEntries(known) } as Subscription
  })

const facts: fc.Arbitrary<ChatFacts> = fc.record({
  subscription,
  edition: fc.constantFrom(
    shipped,
    { ...shipped, isDraft: true as const },
    { ...shipped, eventNames: undefined, events: [] },
  ),
  now: fc.constant(NOW),
  mayPost: fc.boolean(),
  lacking: fc.subarray(['View Channel', 'Send Messages']),
  process: maybe(fc.constantFrom('silent', 'fault')),
  platform: fc.constant('Telegram'),
  waits: fc.record({ platform: maybe(instant), chat: maybe(instant) }),
  lastPost: maybe(
    fc.record({
      topic: fc.constant('Digest'),
      outcome: fc.constant('sent'),
      result: fc.constantFrom('arrived', 'failed', 'unsure', 'held'),
    }),
  ),
  nextReminder: maybe(fc.record({ at: instant, name: fc.constant('Defender 2023') })),
  moderation: maybe(
    fc.record({
      parts: fc.subarray([{ name: 'Content', reason: 'A file has a problem.' }]),
      paused: fc.subarray([3, 4]),
    }),
  ),
  lineOf: fc.constant((command: string) => `/${command}`),
})

/** Whether no post arrives now, not even an urgent one. */
function isSilent({ subscription, edition, mayPost, lacking, process, waits }: ChatFacts): boolean {
  const { state, topics, followed = [], gone } = subscription
  const isAhead = (until?: Temporal.Instant) =>
    until !== undefined && Temporal.Instant.compare(until, NOW) > 0
  const followsEvents = edition.events.some(
    ({ id }) => topics.includes('events') || followed.includes(id),
  )
  const isScheduled =
    followsEvents || topics.includes('digest') || topics.includes('section:threats')
  const wantsAny = topics.includes('announcements') || (isScheduled && !edition.isDraft)
  const hasWait = isAhead(waits.platform) || isAhead(waits.chat)
  const reasons = [state !== 'active', gone !== undefined, !mayPost, lacking.length > 0]
  return [...reasons, !wantsAny, process !== undefined, hasWait].includes(true)
}

/** Whether the chat has quiet hours now. */
function isQuiet({ subscription: { quiet } }: ChatFacts): boolean {
  return quiet !== undefined && isWithin(NOW.toZonedDateTimeISO(ZONE).hour, quiet)
}

test('the verdict is that of the worst line, and says that posts arrive only if they do', () => {
  fc.assert(
    fc.property(facts, given => {
      const { verdict, lines } = diagnose(given)
      const faults = lines.flatMap(({ fault }) => fault ?? [])
      const hasQuietVerdict = !isSilent(given) && isQuiet(given)
      expect(/^⚠ Nothing (arrives|has arrived) here/.test(verdict)).toBe(
        isSilent(given) ||
          (hasQuietVerdict && !given.subscription.topics.includes('announcements')),
      )
      expect(/^⚠ Only urgent announcements arrive here until/.test(verdict)).toBe(
        hasQuietVerdict && given.subscription.topics.includes('announcements'),
      )
      expect(verdict.startsWith('✅ ')).toBe(faults.length === 0)
      expect(verdict.slice(2)).toBe(faults[0]?.verdict ?? verdict.slice(2))
      expect(verdict).toMatch(/^\S+ [A-Z][^\n]*\.$/)
      // Lines with a fault come first, and no line announces a post that would not arrive.
      expect(lines.slice(0, faults.length).every(({ fault }) => fault)).toBe(true)
      const isStopped = faults.some(({ effect }) => effect === 'stopped')
      const next: string[] = [labels.nextDigest, labels.nextReminder, labels.updates]
      if (isStopped) expect(lines.filter(({ label }) => next.includes(label))).toEqual([])
    }),
    { numRuns: runs(2000) },
  )
})

test('of two waits the later one decides, and one without an end before both', () => {
  const base: ChatFacts = {
    subscription: {
      ...{ state: 'paused', pausedUntil: NOW.add({ hours: 5 }), topics: ['digest'], zone: ZONE },
      ...{ cadence: 'daily', hour: 9, weekday: 1, tableStyle: 'grid', onlyNew: false },
    },
    ...{ edition: shipped, now: NOW, mayPost: true, lacking: [], platform: 'Telegram' },
    waits: { platform: NOW.add({ hours: 3 }) },
    lineOf: command => `/${command}`,
  }
  expect(diagnose(base).verdict).toMatch('until Mon 23 Nov, 17:00, because this chat is paused')
  const longer = { ...base, waits: { chat: NOW.add({ hours: 9 }) } }
  expect(diagnose(longer).verdict).toMatch('until Mon 23 Nov, 21:00, because Telegram asks me')
  expect(diagnose({ ...longer, process: 'fault' }).verdict).toMatch('I have a technical problem')
})

test.for([
  'why does nothing arrive?',
  'Why does nothing arrive here',
  'why don’t I get reminders any more?',
  'How come there are no updates in this channel?',
  'why is the bot so quiet today',
  'Nothing arrives here.',
  'I do not get any messages',
  'The bot doesn’t post.',
])('“%s” asks why nothing arrives', line => {
  expect(asksWhyNothing(line)).toBe(true)
})

test.for([
  'why is Kosovo quiet?',
  'why are there no exercises?',
  'why do you post updates',
  'do not post here',
  'I don’t get it',
  'I am not here',
  'stop',
  'no news',
  '',
])('“%s” does not ask why nothing arrives', line => {
  expect(asksWhyNothing(line)).toBe(false)
})
