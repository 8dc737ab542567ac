import {
  announcementOf,
  correctionOf,
  type DraftText,
  noticeOf,
} from '../../announcements/correction.ts'
import { type Preflight, preflightOf } from '../../announcements/preflight.ts'
import { isUnsent } from '../../announcements/progress-view.ts'
import { type ScheduledTime, scheduledTimeOf } from '../../announcements/schedule-time.ts'
import type { TargetPlatform } from '../../announcements/target-platform.ts'
import type { Message } from '../../message.ts'
import type { Announcement, AnnouncementOptions } from '../../store/announcements/draft.ts'
import type { Audience } from '../../store/ledger/broadcast.ts'
import { type ModeratorContext, postOf } from './context.ts'

/** Longest that something urgent can be undone, in milliseconds. */
const URGENT_MS = 5000

/** All that a draft would do if it were confirmed at this moment. */
export interface Proposal {
  /** What stands in the chats afterwards. */
  readonly message: Message
  /** Of something new. */
  readonly sending?: Sending
  readonly changing?: Changing
}

/** Of what concerns a post. */
interface Changing {
  readonly post: number
  /** Those that it went to. */
  readonly platforms: readonly string[]
  /** How many have got it. */
  readonly chats: number
  /** How many are still to get it. */
  readonly waiting: number
  /** How many may show it twice: a second copy stays as it is. */
  readonly twice: number
  /** As it was read. */
  readonly revision: number
  readonly before: Message
}

interface Sending {
  readonly audience: Audience
  readonly startsAt: Temporal.Instant
  readonly preflight: Preflight
  /** Where a time was chosen. */
  readonly moment?: ScheduledTime
  readonly isLate: boolean
}

export function textOf(draft: Announcement): DraftText {
  return JSON.parse(draft.text)
}

/** Nothing where what it concerns is not there any more, or was taken back. */
export async function proposalOf(
  context: ModeratorContext,
  draft: Announcement,
): Promise<Proposal | undefined> {
  const { call, store, zone } = context
  if (draft.act === 'send') {
    const said = announcementOf(textOf(draft), draft.options)
    return { message: said, sending: await sendingOf(context, draft.options, said) }
  }
  const { broadcastId: post = 0 } = draft
  const [found, report] = [await postOf(context, post), await store.broadcasts.report(post)]
  if (!found || !report) return undefined
  const { revision, isRetracted } = found.broadcast
  if (isRetracted || isUnsent(found.broadcast)) return undefined
  const { message: before } = found
  const { platforms } = found.broadcast.audience
  const changing = {
    ...{ post, platforms, chats: report.reach.any, revision, before },
    ...{ waiting: report.reach.fresh, twice: report.progress.twice },
  }
  if (draft.act === 'retract') return { message: noticeOf(before, textOf(draft)), changing }
  return { message: correctionOf(before, textOf(draft), call.now, zone), changing }
}

async function sendingOf(
  context: ModeratorContext,
  options: AnnouncementOptions,
  said: Message,
): Promise<Sending> {
  const { call, store, operations } = context
  const { holdMs } = operations.announcing
  const { now } = call
  const moment = options.at && scheduledTimeOf(options.at)
  const hold = options.urgent ? Math.min(holdMs, URGENT_MS) : holdMs
  const soonest = now.add({ milliseconds: hold })
  const isLate = moment !== undefined && Temporal.Instant.compare(moment.at, now) <= 0
  const isLater = moment && Temporal.Instant.compare(moment.at, soonest) > 0
  const startsAt = isLater ? moment.at : soonest
  const audience = audienceOf(context, options)
  const preflight = preflightOf({
    ...{ message: said, platforms: targetsOf(context, audience), at: startsAt },
    survey: await store.broadcasts.survey(audience),
    isUrgent: options.urgent ?? false,
  })
  return { audience, startsAt, preflight, isLate, ...(moment && { moment }) }
}

function audienceOf({ operations }: ModeratorContext, options: AnnouncementOptions): Audience {
  const { topic, platform, within } = options
  const names = operations.platforms.map(({ name }) => name)
  return {
    topic,
    platforms: names.filter(name => platform === undefined || platform === name),
    ...(within !== undefined && { within }),
  }
}

/** The served platforms of an audience. Pure. */
export function targetsOf(
  { operations }: Pick<ModeratorContext, 'operations'>,
  { platforms }: Pick<Audience, 'platforms'>,
): readonly TargetPlatform[] {
  return operations.platforms.filter(({ name }) => platforms.includes(name))
}
