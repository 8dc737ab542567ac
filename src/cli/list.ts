import { type PostState, stateOf } from '../announcements/progress-view.ts'
import { messageOf, titleOf } from '../briefing/post-message.ts'
import { systemClock } from '../clock.ts'
import { type Broadcast, totalOf } from '../store/ledger/broadcast.ts'
import type { Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import { EXIT } from './terminal.ts'

/** Most broadcasts in the list. */
const SHOWN = 20

/** Prints one line per broadcast, newest first. */
export async function listBroadcasts({ broadcasts }: Store): Promise<number> {
  const listed = await broadcasts.list(SHOWN)
  if (listed.length === 0) console.log('Nothing was broadcast yet.')
  for (const each of listed) {
    const progress = await broadcasts.progress(each.id)
    const at = each.createdAt.toString({ smallestUnit: 'minute' })
    const columns = [
      String(each.id).padStart(4),
      at,
      labelOf(each).padEnd(10),
      `${progress.sent} of ${totalOf(progress)}`,
      ...(progress.twice > 0 ? [texts.announcements.perhapsTwice(progress.twice)] : []),
    ]
    console.log(`${columns.join('  ')}  ${titleOf(messageOf(each))}`)
  }
  return EXIT.ok
}

/** Labels of the reasons why Sitrep paused a broadcast, by the broadcast's note. */
const CAUSES: Readonly<Record<string, string>> = {
  gone: 'many chats not reached',
  rejected: 'refused',
  refused: 'refused',
  fault: 'failed inside Sitrep',
  unreadable: 'damaged',
}

/** Labels of the states in the list. */
const LABELS: Readonly<Record<PostState, string>> = {
  held: 'sending',
  sending: 'sending',
  paused: 'paused',
  stopping: 'stopping',
  cancelled: 'cancelled',
  undone: 'cancelled',
  finished: 'finished',
  retracting: 'taking back',
  retracted: 'taken back',
}

function labelOf(item: Broadcast): string {
  const { note, startsAt, isEnqueued, isFinished } = item
  const state = stateOf(item, systemClock.now())
  if (state === 'paused' && note) return `paused (${CAUSES[note] ?? 'by Sitrep'})`
  const isWaiting = startsAt !== undefined && !isEnqueued && !isFinished && item.state === 'active'
  return isWaiting ? 'waiting' : LABELS[state]
}
