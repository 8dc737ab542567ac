import { localDay } from '../briefing/local-time.ts'
import { texts } from '../texts.ts'
import type { ChatFacts, DiagnosisLine } from './chat-facts.ts'
import { kindsOf } from './post-kinds.ts'
import { factsOf } from './settings-facts.ts'

const words = texts.diagnosis
const { labels, nothing } = words
const { pages, sections } = texts.settings
const { factFollowed, factMuted } = texts.eventReminders

/** The settings that decide which posts a chat gets, by their names. */
const CHOICES: readonly string[] = [pages.what, sections, factFollowed, factMuted]

/** Checks which posts the chat wants, and whether the newest one has arrived. Pure. */
export function subscriptionLines(
  facts: ChatFacts,
  arrives: (but?: string) => string,
): DiagnosisLine[] {
  const { subscription, edition, mayPost, lacking, lineOf } = facts
  if (subscription.state === 'stopped') {
    const isOpen = mayPost && lacking.length === 0
    const text = isOpen ? words.subscribeHow(lineOf('subscribe')) : words.subscribeLater
    const fault = { effect: 'stopped', verdict: nothing.unsubscribed } as const
    return [{ label: labels.subscription, text, fault }]
  }
  const { announcements, digests, reminders, updates } = kindsOf(facts)
  const isEmpty = ![announcements, digests, reminders, updates].includes(true)
  const choices = factsOf(facts).filter(([name]) => CHOICES.includes(name))
  const [[, topics] = ['', ''], ...details] = choices
  const others = details.map(([label, text]): DiagnosisLine => ({ label, text }))
  const lines: DiagnosisLine[] = [...pauseLines(facts)]
  if (edition.isDraft) {
    const fault = isEmpty
      ? ({ effect: 'stopped', verdict: nothing.draft } as const)
      : ({ effect: 'partial', verdict: arrives(words.but.draft) } as const)
    lines.push({ label: labels.briefing, text: words.draft, fault })
  } else if (isEmpty) {
    const text = words.topicsHow(lineOf('settings'))
    const fault = { effect: 'stopped', verdict: nothing.topics } as const
    return [...lines, { label: labels.topics, text, fault }, ...others]
  }
  const followed = { label: labels.topics, text: topics }
  return [...lines, followed, ...others, lastPostLine(facts, arrives)]
}

function pauseLines({ subscription, now, lineOf }: ChatFacts): DiagnosisLine[] {
  const { state, pausedUntil, zone } = subscription
  if (state !== 'paused') return []
  const day = pausedUntil && localDay(pausedUntil, zone, now)
  const until = day ? texts.settings.pausedUntil(day) : texts.settings.pausedOpen
  return [
    {
      label: labels.subscription,
      text: words.pausedHow(until, lineOf('resume')),
      fault: day
        ? { effect: 'waiting', verdict: nothing.pausedUntil(day), until: pausedUntil }
        : { effect: 'stopped', verdict: nothing.paused },
    },
  ]
}

function lastPostLine({ lastPost }: ChatFacts, arrives: (but?: string) => string): DiagnosisLine {
  const label = labels.lastPost
  if (!lastPost) return { label, text: words.noPost }
  const { topic, outcome, result } = lastPost
  const text = words.lastPost(topic, outcome)
  if (result === 'arrived') return { label, text }
  return { label, text, fault: { effect: 'partial', verdict: arrives(words.but[result]) } }
}

/** Says when the next posts come. Pure. */
export function nextLines(facts: ChatFacts): DiagnosisLine[] {
  const { subscription, now, nextReminder } = facts
  const { nextDigestAt, zone, onlyNew } = subscription
  const { digests, reminders, updates } = kindsOf(facts)
  const day = (instant: Temporal.Instant) =>
    Temporal.Instant.compare(instant, now) > 0 ? localDay(instant, zone, now) : words.now
  const lines: DiagnosisLine[] = []
  if (digests && nextDigestAt) {
    const end = onlyNew ? `, ${texts.settings.ifNew}` : ''
    lines.push({ label: labels.nextDigest, text: `${day(nextDigestAt)}${end}` })
  }
  if (reminders) {
    const text = nextReminder && words.reminder(nextReminder.name, day(nextReminder.at))
    lines.push({ label: labels.nextReminder, text: text ?? words.noReminder })
  }
  if (updates && !digests) lines.push({ label: labels.updates, text: words.asItHappens })
  return lines
}
