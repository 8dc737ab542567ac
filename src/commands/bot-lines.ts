import { localDay } from '../briefing/local-time.ts'
import { afterQuiet, isWithin } from '../chats/quiet-hours.ts'
import { recentlyMissed } from '../chats/reachability-rules.ts'
import { knownZone } from '../clock.ts'
import { texts } from '../texts.ts'
import type { ChatFacts, DiagnosisLine } from './chat-facts.ts'
import { kindsOf } from './post-kinds.ts'
import { hoursText } from './settings-facts.ts'

const words = texts.diagnosis
const { labels, nothing } = words

/** Checks whether the platform lets the bot post in the chat, now and lately. Pure. */
export function accessLines(facts: ChatFacts, arrives: (but?: string) => string): DiagnosisLine[] {
  const { subscription, now, mayPost, lacking } = facts
  const { state, gone, zone } = subscription
  const isBarred = !mayPost || lacking.length > 0
  const rights: DiagnosisLine = isBarred
    ? {
        label: labels.rights,
        text: words.rightsHow(lacking),
        fault: { effect: 'stopped', verdict: nothing.rights(lacking) },
      }
    : { label: labels.rights, text: words.mayPost }
  if (state === 'stopped') return isBarred ? [rights] : []
  if (gone) return isBarred ? [rights, refusedLine(facts, gone)] : [refusedLine(facts, gone)]
  const missed = recentlyMissed(subscription, now)
  if (!missed) return [rights]
  const { since, until, why, right } = missed
  const [from, to] = [since, until].map(instant => localDay(instant, zone, now))
  const text = texts.reachability.missed(from ?? '', to ?? '', why, right)
  return [
    rights,
    {
      label: labels.access,
      text: `${text} ${texts.reachability.over}`,
      fault: { effect: 'partial', verdict: arrives(words.but.missed) },
    },
  ]
}

/** Says since when the platform has refused the bot, and when the bot tries again. */
function refusedLine(
  { subscription: { unreached, zone }, now, lacking }: ChatFacts,
  why: NonNullable<ChatFacts['subscription']['gone']>,
): DiagnosisLine {
  const reach = texts.reachability
  const { since, retryAt, right } = unreached ?? {}
  const isLater = retryAt && Temporal.Instant.compare(retryAt, now) > 0
  const next = isLater ? reach.tryAt(localDay(retryAt, zone, now)) : reach.tryNext
  const verdict = since
    ? reach.nothing(localDay(since, zone, now), why, right)
    : nothing.refused(why, right)
  // The line about permissions says how.
  const how = lacking.length > 0 ? '' : `${reach.how(why, right)} `
  return {
    label: labels.access,
    text: `${how}${retryAt ? next : reach.noTry}`,
    fault: { effect: 'stopped', verdict },
  }
}

/** Checks the process: whether it posts at all, and for moderators what needs attention. Pure. */
export function processLines(
  { process, moderation }: ChatFacts,
  arrives: (but?: string) => string,
): DiagnosisLine[] {
  const { parts = [], paused = [] } = moderation ?? {}
  const lines: DiagnosisLine[] = parts.map(({ name, reason }) => ({
    label: name,
    text: reason,
    fault: { effect: 'partial', verdict: arrives(words.but.part(name)) },
  }))
  if (process === 'silent') {
    const fault = { effect: 'stopped', verdict: nothing.silent } as const
    lines.push({ label: labels.process, text: texts.localSilent, fault })
  }
  if (process === 'fault') {
    const fault = { effect: 'waiting', verdict: nothing.fault } as const
    lines.push({ label: labels.process, text: words.faultHow, fault })
  }
  if (paused.length > 0) {
    const fault = { effect: 'partial', verdict: arrives(words.but.paused(paused)) } as const
    lines.push({ label: labels.announcements, text: words.pausedHere(paused), fault })
  }
  return lines
}

/** Checks whether posts wait for the platform's limits, or for the end of quiet hours. Pure. */
export function waitLines(facts: ChatFacts): DiagnosisLine[] {
  const { subscription, now, platform, waits } = facts
  const { state, zone, quiet } = subscription
  if (state === 'stopped') return []
  const day = (instant: Temporal.Instant) => localDay(instant, zone, now)
  const lines = (['platform', 'chat'] as const).flatMap((of): DiagnosisLine[] => {
    const until = waits[of]
    if (!until || Temporal.Instant.compare(until, now) <= 0) return []
    const verdict = nothing.wait(platform, day(until))
    const text = words.waitFor[of](platform)
    return [{ label: labels.wait, text, fault: { effect: 'waiting', verdict, until } }]
  })
  if (!quiet) return lines
  const hours = hoursText(quiet.from, quiet.to)
  const label = texts.settings.pages.quiet
  const timeZone = knownZone(zone)
  if (!isWithin(now.toZonedDateTimeISO(timeZone).hour, quiet)) {
    return [...lines, { label, text: words.quietLater(hours) }]
  }
  const until = day(afterQuiet(now, timeZone, quiet))
  const verdict = nothing.quiet(until, kindsOf(facts).announcements)
  return [...lines, { label, text: words.quietNow(hours), fault: { effect: 'delayed', verdict } }]
}
