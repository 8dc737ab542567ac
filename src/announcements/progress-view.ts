import { localDay, localTime } from '../briefing/local-time.ts'
import { titleOf } from '../briefing/post-message.ts'
import { type Action, heading, list, type Message, message, paragraph } from '../message.ts'
import { type Broadcast, type Cause, type Report, totalOf } from '../store/ledger/broadcast.ts'
import { duration } from '../texts/dates.ts'
import { texts } from '../texts.ts'
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

/** Returns the view of a broadcast: its title, progress, failures with their causes, and the possible actions. Pure. */
export function progressView(
  { broadcast, report, message: sent, expected }: BroadcastStatus,
  { now, zone, speed, isPublic = false }: ViewOptions,
): Message {
  const state = stateOf(broadcast, now)
  const isSecret = isPublic && report.reach.any === 0
  const { count, until } = report.later
  const later = count > 0 ? words.later(count, localDay(until, zone)) : ''
  return message(
    [
      heading(1, isSecret ? words.post(broadcast.id) : `${broadcast.id}: ${titleOf(sent)}`),
      ...(state === 'undone'
        ? []
        : [paragraph(expected === undefined ? bar(broadcast, report) : words.expected(expected))]),
      list(
        [
          state === 'held' ? '' : words.states[state],
          WAITING.includes(state) && canUndo(broadcast, now) ? startLine(broadcast, now, zone) : '',
          state === 'sending' || state === 'retracting' ? speedLine(report, speed) : '',
          ...outcomes(report, broadcast),
          secondCopies(report, broadcast) ?? '',
          later,
          words.pausedBecause(broadcast.note ?? ''),
        ]
          .filter(line => line !== '')
          .map(line => [line]),
      ),
    ],
    actionsOf(broadcast, {
      state,
      isUnsent: expected !== undefined,
      hasArrived: report.reach.any > 0,
    }),
  )
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
function startLine({ startsAt, state }: Broadcast, now: Temporal.Instant, zone: string): string {
  if (!startsAt) return words.states.held
  const isSoon = startsAt.since(now).total('hours') < 1
  const local = startsAt.toZonedDateTimeISO(zone).toPlainTime()
  const day = localDay(startsAt, zone)
  const sentence = state === 'paused' ? words.wasToGoOutAt : words.goesOutAt
  if (!isSoon) return sentence(day)
  const time = local.toString({ smallestUnit: 'second' })
  return sentence(day.replace(localTime(startsAt, zone), time))
}

/** Width of the bar, in characters: the bar and its numbers fit on a phone. */
const WIDTH = 12

/** Returns a bar with the number of chats that have the message; after a correction, its newest revision. */
function bar({ revision, isRetracted }: Broadcast, { progress, reach }: Report): string {
  const all = totalOf(progress)
  const { sent } = progress
  if (revision === 1) return `${drawn(sent, all)} ${words.reached(sent, all)}`
  const sentence = isRetracted ? words.isTakenBack : words.hasNewest
  return `${drawn(reach.newest, reach.any + reach.fresh)} ${sentence(reach.newest, reach.any)}`
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
  return words.speed(perSecond, left > 0 ? duration(left / speed) : undefined)
}

/** Most causes that are named for one outcome. The others are counted. */
const CAUSES = 3

/** Returns how many chats may show a second copy, which cannot be changed, in words; undefined if none. Pure. */
export function secondCopies(
  { progress: { twice } }: Pick<Report, 'progress'>,
  { isRetracted }: Pick<Broadcast, 'isRetracted'>,
): string | undefined {
  if (twice === 0) return undefined
  return isRetracted ? words.stillTwice(twice) : words.outcomes.twice(twice)
}

/** Returns one line for each outcome, with its number and its causes. */
function outcomes({ progress, causes }: Report, { revision }: Broadcast): string[] {
  return (['pending', 'claimed', 'gone', 'failed', 'skipped', 'uncertain'] as const)
    .filter(state => progress[state] > 0)
    .map(state => {
      // Chats that have the message already get an edit, not a new message.
      const sentence = state === 'pending' && revision > 1 ? words.stillToGo : words.outcomes[state]
      const outcome = sentence(progress[state])
      const why = causes.filter(cause => cause.state === state)
      return why.length > 0 ? words.because(outcome, causeWords(why)) : outcome
    })
}

function causeWords(causes: readonly Cause[]): string {
  const named = causes.slice(0, CAUSES).map(({ count, error }) => words.cause(count, error))
  const others = causes.slice(CAUSES).reduce((sum, { count }) => sum + count, 0)
  return [...named, ...(others > 0 ? [words.others(others)] : [])].join(', ')
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
  const actions = (acts[state] ?? []).map(act => ({
    label: words.acts[act],
    command: `/announcements ${id} ${act}`,
  }))
  if (isRetracted || !hasArrived) return actions
  return [
    ...actions,
    { label: words.acts.correct, command: `/correct ${id}` },
    { label: words.acts.retract, command: `/retract ${id}` },
  ]
}
