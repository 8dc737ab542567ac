import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { History } from './history.ts'
import type { ContentState } from './protocol.ts'

/** Most UTF-16 units of changes that wait until a page reads them: as many as a conversation of long answers has. */
const MAX_UNREAD = 16_000_000

/** Interval of heartbeats on a stream, in milliseconds. */
const HEARTBEAT_MS = 15_000

/** Wait of a page before it connects again, in milliseconds. */
const RETRY_MS = 500

/** The same for a page that was refused. */
const FULL_RETRY_MS = 2000

const FULL = 'Too many pages are open. Close one.'

/** The state of the content, for editors. */
export interface ContentFeed {
  state(): ContentState
  /** Calls the listener after each edit. Returns a function that ends this. */
  listen(listener: () => void): () => void
}

/**
 * Streams a conversation to a page: all entries in one event `history`, then each new or changed entry in an event of
 * its own, and the state of the content as events `content`. A page that connects again gets all entries again, because
 * some may have been removed in the meantime. The event `reset` replaces everything that a page shows. A stream has the event `full` alone,
 * with a sentence, if too many pages are open.
 */
export function streamConversation(context: Context, history: History, content: ContentFeed) {
  const response = streamSSE(context, async stream => {
    let waiting = 0
    const write = (text: string, event?: string) =>
      stream.writeSSE({ data: text, ...(event && { event }) })
    const send = async (data: unknown, event?: string) => {
      const text = JSON.stringify(data)
      waiting += text.length
      // A page that stopped reading connects again.
      if (waiting > MAX_UNREAD) stream.abort()
      else await write(text, event)
      waiting -= text.length
    }
    const all = () => history.entries().map(({ entry }) => entry)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    stream.onAbort(end)
    const unlisten = history.listen(change =>
      'entry' in change ? send(change.entry) : send(all(), 'reset'),
    )
    if (!unlisten) {
      return stream.writeSSE({ data: JSON.stringify(FULL), event: 'full', retry: FULL_RETRY_MS })
    }
    // `content.state` may throw, which ends the stream as well.
    using cleanup = new DisposableStack()
    cleanup.defer(unlisten)
    await stream.writeSSE({ data: '', event: 'opened', retry: RETRY_MS })
    // The stream writes in the order of the calls, so entries that arrive during this come after these.
    // They count for no limit: a page needs all of them, and asks for them again after an abort.
    void write(JSON.stringify(all()), 'history')
    const sendContent = () => void send(content.state(), 'content')
    sendContent()
    cleanup.defer(content.listen(sendContent))
    const heartbeat = setInterval(() => stream.write(': alive\n\n'), HEARTBEAT_MS)
    cleanup.defer(() => clearInterval(heartbeat))
    await ended
  })
  // `streamSSE` has set another value in place of that of all routes.
  response.headers.set('cache-control', 'no-store')
  return response
}
