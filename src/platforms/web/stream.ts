import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { History, HistoryChange } from './history.ts'
import type { ContentState, Entry } from './protocol.ts'

/** Most events that wait until a page reads them. */
const MAX_UNREAD = 500

/** Interval of heartbeats on a stream, in milliseconds. */
const HEARTBEAT_MS = 15_000

/** Wait of a page before it connects again, in milliseconds. */
const RETRY_MS = 500

/** The state of the content, for editors. */
export interface ContentFeed {
  state(): ContentState
  /** Calls the listener after each edit. Returns a function that ends this. */
  listen(listener: () => void): () => void
}

/**
 * Streams a conversation to a page: all entries in one event `history`, then each new or changed entry in an event of
 * its own, and the state of the content as events `content`. A page that reconnects gets only the entries that are newer
 * than its last event.
 */
export function streamConversation(context: Context, history: History, content: ContentFeed) {
  return streamSSE(context, async stream => {
    let waiting = 0
    const send = async (data: unknown, event?: string, id?: number) => {
      waiting += 1
      // A page that stopped reading reconnects and names the last event that it has drawn.
      if (waiting > MAX_UNREAD) stream.abort()
      else
        await stream.writeSSE({
          data: JSON.stringify(data),
          ...(event && { event }),
          ...(id !== undefined && { id: String(id) }),
        })
      waiting -= 1
    }
    await stream.writeSSE({ data: '', event: 'opened', retry: RETRY_MS })
    const entries = () => history.entries().map(({ entry }) => entry)
    const sendEntry = (entry: Entry) => send(entry, undefined, entry.id)
    const sendAll = () => send(entries(), 'history', newest(entries()))
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    stream.onAbort(end)
    const seen = Number(context.req.header('last-event-id')) || 0
    // The stream writes in the order of the calls, so entries that arrive during this come after these.
    if (seen === 0) void sendAll()
    else {
      const unseen = entries().filter(({ id }) => id > seen)
      for (const entry of unseen.toSorted((a, b) => a.id - b.id)) void sendEntry(entry)
    }
    const unlisten = history.listen((change: HistoryChange) =>
      'entry' in change ? sendEntry(change.entry) : sendAll(),
    )
    if (!unlisten) return
    const sendContent = () => void send(content.state(), 'content')
    sendContent()
    const unlistenContent = content.listen(sendContent)
    const heartbeat = setInterval(() => stream.write(': alive\n\n'), HEARTBEAT_MS)
    await ended
    clearInterval(heartbeat)
    unlistenContent()
    unlisten()
  })
}

/** Returns the number of the newest version. */
function newest(entries: readonly Entry[]): number {
  return Math.max(0, ...entries.map(({ id }) => id))
}
