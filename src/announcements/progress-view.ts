import type { PhrasingContent } from 'mdast'
import { localDay, localTime } from '../briefing/local-time.ts'
import { titleOf } from '../briefing/post-message.ts'
import {
  type Action,
  heading,
  list,
  type Message,
  message,
  paragraph,
  strong,
  typed,
} from '../message.ts'
import { type Broadcast, type Report, totalOf } from '../store/ledger/broadcast.ts'
import { estimate } from '../texts/plurals.ts'
import { texts } from '../texts.ts'
import { outcomes, resultOf, secondCopies } from './result.ts'
import type { BroadcastStatus } from './status.ts'
import { canUndo, isUnsent } from './undo-window.ts'

const words = texts.announcements

/** Actions on a broadcast. */
export const ACTS = ['undo', 'pause', 'resume', 'cancel'] as const
export type PostAct = (typeof ACTS)[number]

export type PostState = keyof typeof words.states

interface ViewOptions {
  readonly now: Temporal.Instant
  /** IANA zone of the reader. */
  readonly zone: string
  /** Rows settled a second, if measured. */
  readonly speed?: number | undefined
  /** Whether people other than moderators see the view. */
  readonly isPublic?: boolean
}

/** Returns the view of a broadcast: its state, title, progress, failures with their causes, and actions. Pure. */
export function progressView(
  { broadcast, report, message: sent, expected }: BroadcastStatus,
  { now, zone, speed, isPublic = false }: ViewOptions,
): Message {
  const state = stateOf(broadcast, now)
  const isSecret = isPublic && report.reach.any === 0
  const { count, until } = report.later
  const facts = [
    state === 'sending' || state === 'retracting' ? speedLine(report, speed) : '',
    ...outcomes(report, broadcast),
    secondCopies(report, broadcast) ?? '',
    count > 0 ? words.later(count, localDay(until, zone, now)) : '',
    words.pausedBecause(broadcast.note ?? ''),
  ].filter(line => line !== '')
  const start =
    WAITING.includes(state) && canUndo(broadcast, now) ? startLine(broadcast, now, zone) : []
  const lines = [...(start.length > 0 ? [start] : []), ...facts.map(line => [line])]
  return message(
    [
      heading(1, titleFor(broadcast, state)),
      ...(isSecret ? [] : [paragraph(strong(typed(titleOf(sent))))]),
      ...(state === 'undone' ? [] : [paragraph(summary())]),
      ...(lines.length > 0 ? [list(lines)] : []),
    ],
    actionsOf(broadcast, {
      state,
      isUnsent: expected !== undefined,
      hasArrived: report.reach.any > 0,
    }),
  )

  function summary(): string {
    if (expected !== undefined) return words.expected(expected)
    return broadcast.isFinished ? resultOf(broadcast, report) : bar(broadcast, report)
  }
}

/** Returns the title of a post in its state. Pure. */
export function titleFor({ id, kind, revision }: Broadcast, state: PostState): string {
  const isCorrection = revision > 1
  if (isCorrection && state === 'finished') return words.titles.corrected(kind, id)
  if (isCorrection && state === 'sending') return words.titles.correcting(kind, id)
  return words.titles[state](kind, id)
}

/** States in which the view shows the start. */
const WAITING: readonly PostState[] = ['held', 'paused']

/** Returns the state of a broadcast in one word. Pure. */
export function stateOf(broadcast: Broadcast, now: Temporal.Instant): PostState {
  const { state, isFinished, isRetracted } = broadcast
  if (isFinished && isRetracted) return 'retracted'
  if (isUnsent(broadcast)) return 'undone'
  if (isFinished) return state === 'cancelled' ? 'cancelled' : 'finished'
  if (state === 'paused') return 'paused'
  if (isRetracted) return 'retracting'
  if (state === 'cancelled') return 'stopping'
  return canUndo(broadcast, now) ? 'held' : 'sending'
}

/** Returns the start of a broadcast; with seconds if it is within an hour, because the moderator may still undo. */
function startLine(
  { startsAt: at, state }: Broadcast,
  now: Temporal.Instant,
  zone: string,
): PhrasingContent[] {
  if (!at) return []
  const isSoon = at.since(now).total('hours') < 1
  const time = at.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'second' })
  const day = localDay(at, zone, now)
  const exact = isSoon ? day.replace(localTime(at, zone), time) : day
  if (state === 'paused') return [{ type: 'text', value: words.wasToGoOutAt(exact) }]
  if (!isSoon) return [{ type: 'text', value: words.goesOutAt(exact) }]
  return [
    { type: 'text', value: words.goesOut },
    { type: 'time', at: at.toString(), style: 'R', value: words.on(exact) },
  ]
}

/** Width of the bar, in characters: the bar and its numbers fit on a phone. */
const WIDTH = 12

/** Returns a bar with the number of chats that have the message; after a correction, its newest revision. */
function bar({ revision }: Broadcast, { progress, reach }: Report): string {
  const all = totalOf(progress)
  const { sent } = progress
  if (revision === 1) return `${drawn(sent, all)} ${words.reachedOf(sent, all)}`
  const { newest, any, fresh } = reach
  return `${drawn(newest, any + fresh)} ${words.reachedOf(newest, any)}`
}

function drawn(done: number, all: number): string {
  // Rounded down, so that the bar is full only when all rows are done.
  const full = all === 0 ? 0 : Math.floor((done / all) * WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`
}

/** Returns the speed and the expected remaining time; empty if the speed is not measured. */
function speedLine({ progress, later }: Report, speed = 0): string {
  if (speed <= 0) return ''
  const { pending, claimed } = progress
  // Rows that wait for quiet hours or a retry do not count.
  const left = pending + claimed - later.count
  const perSecond = speed < 10 ? Number(speed.toFixed(1)) : Math.round(speed)
  return words.speed(perSecond, left > 0 ? estimate(left / speed) : undefined)
}

/** Returns the actions that would change something. Each is idempotent: a second press has no effect. */
function actionsOf(
  { id, isRetracted }: Broadcast,
  { state, isUnsent, hasArrived }: { state: PostState; isUnsent: boolean; hasArrived: boolean },
): Action[] {
  const acts: Partial<Record<PostState, readonly PostAct[]>> = {
    held: ['undo'],
    sending: ['pause', 'cancel'],
    retracting: ['pause'],
    // A retraction cannot be cancelled, because every chat that has the message must lose it.
    paused: isRetracted ? ['resume'] : isUnsent ? ['undo', 'resume'] : ['resume', 'cancel'],
  }
  const actions = (acts[state] ?? []).map((act): Action => {
    const button = { label: words.acts[act], command: `/announcements ${id} ${act}` }
    return act === 'cancel' ? { ...button, role: 'danger' } : button
  })
  if (isRetracted || !hasArrived) return actions
  return [
    ...actions,
    { label: words.acts.correct, command: `/correct ${id}` },
    { label: words.acts.retract, command: `/retract ${id}`, role: 'danger' },
  ]
}
