import { messageOf } from '../briefing/post-message.ts'
import type { Message } from '../message.ts'
import { type Broadcast, type Report, totalOf } from '../store/ledger/broadcast.ts'
import type { Broadcasts } from '../store/ledger/broadcasts.ts'

/** A broadcast with its message and its progress. */
export interface BroadcastStatus {
  readonly broadcast: Broadcast
  readonly message: Message
  readonly report: Report
  /** Number of chats in the audience, if no chat has a row yet. */
  readonly expected?: number
}

/** Reads the status of a broadcast. Resolves to undefined if the ledger does not have it. Throws {@link StoreError}. */
export async function readBroadcastStatus(
  broadcasts: Pick<Broadcasts, 'count' | 'find' | 'report'>,
  id: number,
): Promise<BroadcastStatus | undefined> {
  const [broadcast, report] = [await broadcasts.find(id), await broadcasts.report(id)]
  if (!broadcast || !report) return undefined
  const status = { broadcast, report, message: messageOf(broadcast) }
  const { isEnqueued, isFinished, isUnreadable } = broadcast
  if (isEnqueued || isFinished || isUnreadable || totalOf(report.progress) > 0) return status
  const counts = await broadcasts.count(broadcast.audience)
  const expected = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return { ...status, expected }
}
