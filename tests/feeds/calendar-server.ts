import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type Answer = (response: ServerResponse, request: IncomingMessage) => void

export interface CalendarServer {
  readonly url: string
  /** The requests so far. */
  readonly requests: IncomingMessage[]
  /** Changes the answer. */
  answer(next: Answer): void
}

/** Starts a server of one calendar on this machine, which is gone with the end of the test. */
export async function serveCalendar(first: Answer): Promise<CalendarServer> {
  let current = first
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    current(response, request)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>(resolve => server.close(() => resolve()))
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/own.ics?token=secret`,
    requests,
    answer(next) {
      current = next
    },
  }
}

/** An answer with a text, and headers. */
export const send =
  (text: string | Buffer, headers: Record<string, string> = {}): Answer =>
  response =>
    response
      .writeHead(200, { 'content-type': 'text/calendar; charset=utf-8', ...headers })
      .end(text)
