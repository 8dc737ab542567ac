import { stateOf } from '../announcements/progress-view.ts'
import { messageOf, titleOf } from '../briefing/post-message.ts'
import { systemClock } from '../clock.ts'
import { type Broadcast, totalOf } from '../store/ledger/broadcast.ts'
import type { Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import { EXIT } from './terminal.ts'

const words = texts.announcements

/** Most announcements in the list. */
const SHOWN = 20

/** Prints one line per announcement, newest first. */
export async function listBroadcasts({ broadcasts }: Store): Promise<number> {
  const listed = await broadcasts.list(SHOWN)
  if (listed.length === 0) console.log(words.none)
  for (const each of listed) {
    const progress = await broadcasts.progress(each.id)
    const at = each.createdAt.toString({ smallestUnit: 'minute' })
    const columns = [
      `#${each.id}`.padStart(5),
      at,
      labelOf(each).padEnd(10),
      words.reachedOf(progress.sent, totalOf(progress)),
    ]
    console.log(`${columns.join('  ')}  ${titleOf(messageOf(each))}`)
  }
  return EXIT.ok
}

/** Labels of the reasons why Sitrep paused a broadcast, by the broadcast's note. */
const CAUSES: Readonly<Record<string, string>> = {
  gone: 'many chats unreachable',
  rejected: 'rejected',
  refused: 'rejected',
  fault: 'failed inside Sitrep',
  restored: 'a backup was restored',
  unreadable: 'damaged',
}

function labelOf(item: Broadcast): string {
  const state = stateOf(item, systemClock.now())
  const label = words.states[state]
  return state === 'paused' && item.note ? `${label} (${CAUSES[item.note] ?? 'by Sitrep'})` : label
}
