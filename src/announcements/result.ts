import { type Broadcast, type Cause, type Report, totalOf } from '../store/ledger/broadcast.ts'
import { duration } from '../texts/dates.ts'
import { texts } from '../texts.ts'

const words = texts.announcements

/** Most causes that are named for one outcome. The others are counted. */
const CAUSES = 3

type Outcome = Cause['state']
const OUTCOMES: readonly Outcome[] = ['gone', 'failed', 'skipped', 'uncertain']

/**
 * Returns the result of a post in one sentence, and a second one for the chats that did not get it: "Sent to 812 of 820
 * chats in 34 s. 5 blocked the bot, 3 unreachable." Pure.
 */
export function resultOf(broadcast: Broadcast, report: Report): string {
  const { revision, isRetracted } = broadcast
  const { progress, reach } = report
  const first =
    revision === 1
      ? words.result.send(progress.sent, totalOf(progress), timeTaken(broadcast))
      : words.result[isRetracted ? 'retract' : 'correct'](reach.newest, reach.any)
  const parts = OUTCOMES.flatMap(outcome => partsOf(outcome, report))
  return parts.length > 0 ? `${first} ${words.missing(parts)}` : first
}

/** Returns how long the sending took; undefined while it lasts. */
function timeTaken({ createdAt, startsAt = createdAt, finishedAt }: Broadcast) {
  return finishedAt && duration(Math.max(0, finishedAt.since(startsAt).total('seconds')))
}

/** Returns the numbers of chats with an outcome: one for each plain reason, and one for all other reasons. */
function partsOf(outcome: Outcome, report: Report): string[] {
  const plain = plainCauses(outcome, report)
  const named = plain.map(({ count, error }) => words.cause(count, error))
  const others = report.progress[outcome] - plain.reduce((sum, { count }) => sum + count, 0)
  return others > 0 ? [...named, generalPart(outcome, others)] : named
}

function generalPart(outcome: Outcome, count: number): string {
  return outcome === 'gone' ? words.unreachable(count) : words.outcomes[outcome](count)
}

const causesOf = (outcome: Outcome, { causes }: Report) =>
  causes.filter(cause => cause.state === outcome)

const isPlain = ({ error, count }: Cause) => words.outcome(error, count) !== undefined

const plainCauses = (outcome: Outcome, report: Report) => causesOf(outcome, report).filter(isPlain)

/**
 * Returns a line for each number of chats that wait or are being sent to, and for each outcome that the sentence of
 * {@link resultOf} does not explain. Pure.
 */
export function outcomes(report: Report, { revision, isFinished }: Broadcast): string[] {
  const { progress } = report
  const open = (['pending', 'claimed'] as const)
    .filter(state => progress[state] > 0)
    .map(state => {
      // Chats that have the message already get an edit, not a new message.
      const sentence = state === 'pending' && revision > 1 ? words.stillToGo : words.outcomes[state]
      return sentence(progress[state])
    })
  const ended = OUTCOMES.flatMap(outcome => {
    const why = causesOf(outcome, report).filter(cause => !isPlain(cause))
    const parts = partsOf(outcome, report)
    if (why.length > 0) parts.push(words.because(parts.pop() ?? '', causeWords(why)))
    if (!isFinished) return parts
    return why.length > 0 ? parts.slice(-1) : []
  })
  return [...open, ...ended]
}

function causeWords(causes: readonly Cause[]): string {
  const named = causes.slice(0, CAUSES).map(({ count, error }) => words.cause(count, error))
  const others = causes.slice(CAUSES).reduce((sum, { count }) => sum + count, 0)
  return [...named, ...(others > 0 ? [words.others(others)] : [])].join(', ')
}

/** Returns how many chats may show a second copy, which cannot be changed, in words; undefined if none. Pure. */
export function secondCopies(
  { progress: { twice } }: Pick<Report, 'progress'>,
  { isRetracted }: Pick<Broadcast, 'isRetracted'>,
): string | undefined {
  if (twice === 0) return undefined
  return isRetracted ? words.stillTwice(twice) : words.outcomes.twice(twice)
}
