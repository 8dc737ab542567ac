import { messageOf } from '../briefing/post-message.ts'
import type { Message } from '../message.ts'
import { type Broadcast, type Report, totalOf } from '../store/ledger/broadcast.ts'
import type { Broadcasts } from '../store/ledger/broadcasts.ts'

/** What is known of a post that goes to many. */
export interface BroadcastStatus {
  readonly broadcast: Broadcast
  readonly message: Message
  readonly report: Report
  /** How many would get it, where nobody has a row yet. */
  readonly expected?: number
}

/** Nothing where there is no such post, or not any more. */
export async function readBroadcastStatus(
  broadcasts: Pick<Broadcasts, 'count' | 'find' | 'message' | 'report'>,
  id: number,
): Promise<BroadcastStatus | undefined> {
  const [broadcast, written, report] = [
    await broadcasts.find(id),
    await broadcasts.message(id),
    await broadcasts.report(id),
  ]
  if (!broadcast || !written || !report) return undefined
  const standing = { broadcast, report, message: messageOf(written.message) }
  const { isEnqueued, isFinished, isUnreadable } = broadcast
  if (isEnqueued || isFinished || isUnreadable || totalOf(report.progress) > 0) return standing
  const counts = await broadcasts.count(broadcast.audience)
  const expected = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return { ...standing, expected }
}
