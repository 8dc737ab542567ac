import type { Answered, ContentState, Entry, Place, Session } from '../protocol.ts'

/** Wait before the next attempt to connect, in milliseconds. */
const RETRY_MS = 500

/** Posts JSON. Resolves to the response; rejects if the server does not respond. */
export function post(path: string, body: unknown): Promise<Response> {
  return fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** Sends a request for an answer. Resolves to the refusal in words if the server refuses it. */
export async function ask(path: string, body: object): Promise<Answered | string> {
  try {
    const answer = await post(path, body)
    return answer.ok ? await answer.json() : await answer.text()
  } catch {
    return 'Not sent. Is Sitrep still running?'
  }
}

/** Gets JSON; undefined if the server does not respond, or refuses. */
export async function get<T>(path: string): Promise<T | undefined> {
  try {
    const answer = await fetch(path)
    return answer.ok ? await answer.json() : undefined
  } catch {
    return undefined
  }
}

export interface Listener {
  /** Receives the session each time that the page has reached a server. */
  onSession(session: Session): void
  /** Receives all entries of the conversation. */
  onHistory(entries: readonly Entry[]): void
  /** Receives all entries of the conversation after a reset. */
  onReset(entries: readonly Entry[]): void
  /** Receives a new or changed entry. */
  onEntry(entry: Entry): void
  onContent(content: ContentState): void
  /** Receives the state of the connection in words; empty if it is open. */
  onNotice(text: string): void
}

/**
 * Follows the conversation of a place while the page can be seen: a browser has six connections to one address for all
 * of its pages. Retries without a limit, because the server may be restarting. Returns a function that ends this.
 */
export function follow(place: Place, listener: Listener): () => void {
  let events: EventSource | undefined
  let timer = 0
  /** Number of the latest connection. A later one ends the ones before. */
  let latest = 0

  function retryLater(): void {
    timer = setTimeout(connect, RETRY_MS)
  }

  function disconnect(): void {
    latest += 1
    clearTimeout(timer)
    events?.close()
    events = undefined
  }

  function onVisibility(): void {
    disconnect()
    if (!document.hidden) void connect()
  }

  async function connect(): Promise<void> {
    const mine = latest
    try {
      const session: Session = await (await post('/session', {})).json()
      if (mine !== latest) return
      let isFull = false
      listener.onSession(session)
      events = new EventSource(`/events?place=${place}`)
      events.onmessage = ({ data }) => listener.onEntry(JSON.parse(data))
      events.addEventListener('history', ({ data }) => {
        listener.onNotice('')
        listener.onHistory(JSON.parse(data))
      })
      events.addEventListener('full', ({ data }) => {
        isFull = true
        listener.onNotice(JSON.parse(data))
      })
      events.addEventListener('reset', ({ data }) => listener.onReset(JSON.parse(data)))
      events.addEventListener('content', ({ data }) => listener.onContent(JSON.parse(data)))
      events.onerror = () => {
        // A refused stream ends as well, and its notice stays.
        if (!isFull) listener.onNotice('Connection lost. Reconnecting…')
        isFull = false
        // The server refused the stream because the session has ended. The browser does not reconnect then.
        if (events?.readyState === EventSource.CLOSED) retryLater()
      }
    } catch {
      if (mine !== latest) return
      listener.onNotice('Sitrep isn’t responding. Retrying…')
      retryLater()
    }
  }

  document.addEventListener('visibilitychange', onVisibility)
  onVisibility()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    disconnect()
  }
}
