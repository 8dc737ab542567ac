import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** An answer: a body of JSON or a text, or no answer at all. */
export type Answer =
  | 'hang'
  | {
      readonly status?: number
      readonly body?: unknown
      readonly headers?: Record<string, string>
    }

/** Answers each request by its path, and remembers the paths. The server ends with the test. */
export async function openAnswering(answer: (path: string) => Answer) {
  const paths: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    paths.push(path)
    const given = answer(path)
    if (given === 'hang') return
    const { status = 200, body = {}, headers = {} } = given
    const isText = typeof body === 'string'
    response
      .writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers })
      .end(isText ? body : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, paths }
}
