import { announcementOf, changedMessage } from '../../announcements/correction.ts'
import { type Preflight, preflightOf } from '../../announcements/preflight.ts'
import { type ScheduledTime, scheduledTimeOf } from '../../announcements/schedule-time.ts'
import type { TargetPlatform } from '../../announcements/target-platform.ts'
import { isUnsent, startOf } from '../../announcements/undo-window.ts'
import type { Message } from '../../message.ts'
import type { Announcement, AnnouncementOptions } from '../../store/announcements/draft.ts'
import type { Audience } from '../../store/ledger/broadcast.ts'
import { type ModeratorContext, postOf } from './context.ts'

/** The effects of a draft if it were confirmed now. */
export interface Proposal {
  /** The message that the chats would then show. */
  readonly message: Message
  /** Set for a new announcement. */
  readonly sending?: Sending
  /** Set for a correction or a retraction. */
  readonly changing?: Changing
}

/** The change of a post that a correction or a retraction makes. */
interface Changing {
  readonly post: number
  /** The platforms that the post was sent to. */
  readonly platforms: readonly string[]
  /** Chats that have received the post. */
  readonly chats: number
  /** Chats that are still to receive the post. */
  readonly waiting: number
  /** Chats that may show the post twice. A second copy cannot be changed. */
  readonly twice: number
  /** The revision of the post that was read. */
  readonly revision: number
  /** The message of that revision. */
  readonly before: Message
}

/** The first sending of an announcement. */
interface Sending {
  readonly audience: Audience
  readonly startsAt: Temporal.Instant
  readonly preflight: Preflight
  /** Set if the moderator chose a time. */
  readonly moment?: ScheduledTime
  /** Whether the chosen time has passed. */
  readonly isLate: boolean
}

/**
 * Works out the effects of a draft. Resolves to undefined if its post no longer exists or was retracted.
 * Throws {@link StoreError}.
 */
export async function proposalOf(
  context: ModeratorContext,
  draft: Announcement,
): Promise<Proposal | undefined> {
  const { call, store, zone } = context
  if (draft.act === 'send') {
    const said = announcementOf(draft.text, draft.options)
    return { message: said, sending: await sendingOf(context, draft.options, said) }
  }
  const { broadcastId: post = 0 } = draft
  const [found, report] = [await postOf(context, post), await store.broadcasts.report(post)]
  if (!found || !report) return undefined
  const { revision, isRetracted, message: before } = found
  if (isRetracted || isUnsent(found)) return undefined
  const changing = {
    post,
    platforms: found.audience.platforms,
    chats: report.reach.any,
    revision,
    before,
    waiting: report.reach.fresh,
    twice: report.progress.twice,
  }
  return { message: changedMessage(draft.act, before, draft.text, call.now, zone), changing }
}

async function sendingOf(
  context: ModeratorContext,
  options: AnnouncementOptions,
  said: Message,
): Promise<Sending> {
  const { call, store, operations } = context
  const { undoWindowMs } = operations.announcing
  const { now } = call
  const { urgent: isUrgent = false } = options
  const moment = options.at && scheduledTimeOf(options.at)
  const isLate = moment !== undefined && Temporal.Instant.compare(moment.at, now) <= 0
  const startsAt = startOf({ now, undoWindowMs, isUrgent, at: moment?.at })
  const audience = audienceOf(context, options)
  const preflight = await preflightOf(store.broadcasts, {
    message: said,
    audience,
    platforms: targetsOf(context, audience),
    at: startsAt,
    isUrgent,
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

/** Returns the served platforms of an audience. Pure. */
export function targetsOf(
  { operations }: Pick<ModeratorContext, 'operations'>,
  { platforms }: Pick<Audience, 'platforms'>,
): readonly TargetPlatform[] {
  return operations.platforms.filter(({ name }) => platforms.includes(name))
}
