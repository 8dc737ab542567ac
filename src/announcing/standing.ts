import type { Message } from '../message.ts'
import type { Broadcast, Report } from '../store/broadcast.ts'
import type { Broadcasts } from '../store/broadcasts.ts'

/** What is known of a post that goes to many. */
export interface Standing {
  readonly broadcast: Broadcast
  readonly message: Message
  readonly report: Report
}

/** Nothing where there is no such post, or not any more. */
export async function readStanding(
  broadcasts: Pick<Broadcasts, 'find' | 'message' | 'report'>,
  id: number,
): Promise<Standing | undefined> {
  const [broadcast, written, report] = [
    await broadcasts.find(id),
    await broadcasts.message(id),
    await broadcasts.report(id),
  ]
  if (!broadcast || !written || !report) return undefined
  return { broadcast, report, message: JSON.parse(written.message) }
}
