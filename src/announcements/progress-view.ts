import { localDay, localTime } from '../briefing/local-time.ts'
import { titleOf } from '../briefing/post-message.ts'
import { type Action, heading, list, type Message, message, paragraph } from '../message.ts'
import { type Broadcast, type Cause, type Report, totalOf } from '../store/ledger/broadcast.ts'
import { duration } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import type { BroadcastStatus } from './status.ts'

const words = texts.announcements

/** What can be done with a post, whatever it is. */
export const ACTS = ['undo', 'pause', 'resume', 'cancel'] as const
export type PostAct = (typeof ACTS)[number]

export type PostState = keyof typeof words.states

interface CardOptions {
  readonly now: Temporal.Instant
  /** IANA zone of whoever reads it. */
  readonly zone: string
  /** Rows settled in a second, where somebody has watched. */
  readonly speed?: number | undefined
  /** Whether others see it than whoever has a say. */
  readonly isPublic?: boolean
}

/** A post: what it says, how far it has come, what has failed and why, and what can be done. Pure. */
export function progressView(
  { broadcast, report, message: said, expected }: BroadcastStatus,
  { now, zone, speed, isPublic = false }: CardOptions,
): Message {
  const state = stateOf(broadcast, now)
  const isSecret = isPublic && report.reach.any === 0
  const { count, until } = report.later
  const later = count > 0 ? words.later(count, localDay(until, zone)) : ''
  return message(
    [
      heading(1, isSecret ? words.post(broadcast.id) : `${broadcast.id}: ${titleOf(said)}`),
      ...(state === 'undone'
        ? []
        : [paragraph(expected === undefined ? bar(broadcast, report) : words.expected(expected))]),
      list(
        [
          state === 'held' ? '' : words.states[state],
          WAITING.includes(state) && canUndo(broadcast, now) ? whenOf(broadcast, now, zone) : '',
          state === 'sending' || state === 'retracting' ? limiter(report, speed) : '',
          ...outcomes(report, broadcast),
          secondCopies(report, broadcast) ?? '',
          later,
          words.pausedBecause(broadcast.note ?? ''),
        ]
          .filter(line => line !== '')
          .map(line => [line]),
      ),
    ],
    choices(broadcast, { state, isUnsent: expected !== undefined, isKnown: report.reach.any > 0 }),
  )
}

/** Those of which it is told when they go out, or were to. */
const WAITING: readonly PostState[] = ['held', 'paused']

/** How it is with a post, in a word. Pure. */
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

/** Whether it was called off before anybody had a row. Pure. */
export function isUnsent({ state, isBegun, isFinished, startsAt }: Broadcast): boolean {
  return startsAt !== undefined && state === 'cancelled' && isFinished && !isBegun
}

/** Whether nobody has got it yet, and it can be undone. Pure. */
export function canUndo(
  { startsAt, isBegun, isFinished }: Broadcast,
  now: Temporal.Instant,
): boolean {
  if (!startsAt || isBegun || isFinished) return false
  return Temporal.Instant.compare(now, startsAt) < 0
}

/** Of what goes out within the hour the second as well: somebody may want to undo it. */
function whenOf({ startsAt, state }: Broadcast, now: Temporal.Instant, zone: string): string {
  if (!startsAt) return words.states.held
  const isSoon = startsAt.since(now).total('hours') < 1
  const local = startsAt.toZonedDateTimeISO(zone).toPlainTime()
  const day = localDay(startsAt, zone)
  const told = state === 'paused' ? words.wasToGoOutAt : words.goesOutAt
  if (!isSoon) return told(day)
  const time = local.toString({ smallestUnit: 'second' })
  return told(day.replace(localTime(startsAt, zone), time))
}

/** Width of the bar, in characters: it fits on a phone beside its numbers. */
const WIDTH = 12

/** How many of how many have it: as it is now, where it was corrected. */
function bar({ revision, isRetracted }: Broadcast, { progress, reach }: Report): string {
  const all = totalOf(progress)
  const { sent } = progress
  if (revision === 1) return `${drawn(sent, all)} ${words.reached(sent, all)}`
  const told = isRetracted ? words.isTakenBack : words.hasNewest
  return `${drawn(reach.newest, reach.any + reach.fresh)} ${told(reach.newest, reach.any)}`
}

function drawn(done: number, all: number): string {
  // Full only where it is.
  const full = all === 0 ? 0 : Math.floor((done / all) * WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`
}

function limiter({ progress, later }: Report, speed = 0): string {
  if (speed <= 0) return ''
  const { pending, claimed } = progress
  // Who sleeps is not waited for.
  const left = pending + claimed - later.count
  const perSecond = speed < 10 ? Number(speed.toFixed(1)) : Math.round(speed)
  return words.speed(perSecond, left > 0 ? duration(left / speed) : undefined)
}

/** Causes named of one outcome: the others are counted. */
const CAUSES = 3

/** Says how many chats may show a second copy, which cannot be changed; undefined if none. Pure. */
export function secondCopies(
  { progress: { twice } }: Pick<Report, 'progress'>,
  { isRetracted }: Pick<Broadcast, 'isRetracted'>,
): string | undefined {
  if (twice === 0) return undefined
  return isRetracted ? words.stillTwice(twice) : words.outcomes.twice(twice)
}

/** How many ended how, and why. */
function outcomes({ progress, causes }: Report, { revision }: Broadcast): string[] {
  return (['pending', 'claimed', 'gone', 'failed', 'skipped', 'uncertain'] as const)
    .filter(state => progress[state] > 0)
    .map(state => {
      // Whoever has got it already is not sent it: it is changed there.
      const told = state === 'pending' && revision > 1 ? words.stillToGo : words.outcomes[state]
      const outcome = told(progress[state])
      const why = causes.filter(cause => cause.state === state)
      return why.length > 0 ? words.because(outcome, causeWords(why)) : outcome
    })
}

function causeWords(causes: readonly Cause[]): string {
  const named = causes.slice(0, CAUSES).map(({ count, error }) => words.cause(count, error))
  const others = causes.slice(CAUSES).reduce((sum, { count }) => sum + count, 0)
  return [...named, ...(others > 0 ? [words.others(others)] : [])].join(', ')
}

/** Only what would change something: a button says what it leads to, and pressed twice it does so once. */
function choices(
  { id, isRetracted }: Broadcast,
  { state, isUnsent, isKnown }: { state: PostState; isUnsent: boolean; isKnown: boolean },
): Action[] {
  const acts: Partial<Record<PostState, readonly PostAct[]>> = {
    held: ['undo'],
    sending: ['pause', 'cancel'],
    retracting: ['pause'],
    // What is being taken back cannot be stopped: whoever has it is to lose it.
    paused: isRetracted ? ['resume'] : isUnsent ? ['undo', 'resume'] : ['resume', 'cancel'],
  }
  const dealing = (acts[state] ?? []).map(act => ({
    label: words.acts[act],
    command: `/announcements ${id} ${act}`,
  }))
  if (isRetracted || !isKnown) return dealing
  return [
    ...dealing,
    { label: words.acts.correct, command: `/correct ${id}` },
    { label: words.acts.retract, command: `/retract ${id}` },
  ]
}
