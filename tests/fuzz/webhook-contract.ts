import { type RequestOptions, request } from 'node:http'
import fc from 'fast-check'
import { test } from 'vitest'
import { webhookSecret } from '../../src/platforms/telegram/webhook.ts'
import { TOKEN } from '../platforms/telegram/server.ts'
import { KEPT, reopening } from './app-scene.ts'
import { lines } from './lines.ts'
import { broken, mutate, mutations } from './mutate.ts'
import { fuzz, share } from './share.ts'
import { UPDATES } from './telegram-updates.ts'

const SECRET = webhookSecret(TOKEN)
const number = fc.nat(1_000_000)

const cases = fc.record({
  kind: fc.constantFrom(...Object.keys(UPDATES)),
  line: lines,
  changes: mutations,
  /** The damage to the text of the body, in half of the cases. */
  text: fc.option(fc.record({ at: number, how: number, value: number }), { freq: 1 }),
  secret: fc.constantFrom(
    ...[SECRET, SECRET, SECRET],
    `${SECRET}x`,
    '',
    'ä'.repeat(99),
    '__proto__',
  ),
  type: fc.constantFrom(
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'ä/§',
    '',
  ),
  method: fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'GET', 'DELETE', 'OPTIONS'),
  path: fc.constantFrom('', '', '', '', '/', '/x', '?a=1', '%00', '%', '/../hook', '/'.repeat(900)),
  /** Whether the number of an update comes again, or has another form. */
  update: fc.constantFrom('new', 'new', 'again', -1, 0.5, '7', null, 2 ** 53),
  /** Bytes that stand before the body. */
  filler: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1000, 1_048_577),
})

/** Statuses that the server may answer with, whatever comes. */
const STATUSES = [200, 400, 401, 404, 405, 413]

/** Mutated and broken bodies through the HTTP server, and ordinary questions behind them. */
export function fuzzWebhook(percent: number): void {
  const count = share(percent)

  test(`${count} odd requests to the webhook leave a bot that answers`, {
    timeout: 3_600_000,
  }, async () => {
    const bots = reopening(['telegram'], 'https://bot.example.org/hook')
    let ids = 10_000

    await fuzz({
      ...{ name: 'webhook', cases, count, batch: 100, lifetime: 50 },
      reset: bots.close,
      async play(all) {
        const { app, telegram, question, check, violate } = await bots.open()
        const now = Math.floor(Date.now() / 1000)
        const { port } = new URL(app.address())
        const post = (body: string, how: Pick<RequestOptions, 'method' | 'headers'>, path = '') =>
          send({ ...{ port, method: 'POST', path: `/hook${path}` }, ...how }, body)
        let isKnown = false
        // Telegram may not be known yet: until then each update is to be brought again.
        while (!isKnown)
          isKnown = (await post('{"update_id":1}', { headers: secretOf(SECRET) })) === 200
        const one = async ({ kind, line, changes, text, secret, ...how }: (typeof all)[number]) => {
          ids += 1
          const lure = { lure: KEPT.telegram, chat: -ids, user: ids }
          const update = UPDATES[kind]?.({ ...lure, message: ids, text: line, now }) ?? {}
          const query = (update as { callback_query?: { id: string } }).callback_query
          if (query) telegram.presses.add(query.id)
          const id = how.update === 'new' ? ids : how.update === 'again' ? ids - 1 : how.update
          const json = JSON.stringify({ update_id: id, ...mutate(update, changes) })
          const body = ' '.repeat(how.filler) + (text ? broken(json, text) : json)
          const headers = { ...secretOf(secret), ...headerOf('content-type', how.type) }
          // The server cuts a request that is too long while it is being sent.
          const status = await post(body, { method: how.method, headers }, how.path).catch(
            error => {
              if (body.length < 1_000_000) violate(`no answer: ${(error as Error).message}`)
              return 413
            },
          )
          if (!STATUSES.includes(status)) violate(`${status} was answered to ${body.slice(0, 300)}`)
          if (status === 200 && secret !== SECRET) violate('an update was taken without the secret')
        }
        for (let from = 0; from < all.length; from += 10) {
          await Promise.all(all.slice(from, from + 10).map(one))
        }
        const { line, answered } = question()
        ids += 1
        const from = { id: ids, is_bot: false, first_name: 'Bea' }
        const message = { message_id: 1, date: now, chat: { id: ids, type: 'private' }, from }
        const update = JSON.stringify({ update_id: ids, message: { ...message, text: line } })
        const headers = secretOf(SECRET)
        if ((await post(update, { headers })) !== 200) violate('a good update was not taken')
        await check(all.length, [answered])
      },
    })
  })
}

/** Sends a request through a connection of its own; the status of the answer. */
function send(options: RequestOptions, body: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  // Node's client names no length of a GET's body: the server would read it as another request.
  const headers = { ...options.headers, 'content-length': Buffer.byteLength(body) }
  request({ ...options, headers, host: '127.0.0.1', agent: false }, response => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0))
  })
    .on('error', reject)
    .end(body)
  return promise
}

/** A header; none if a client could not send it. */
function headerOf(name: string, value: string): Record<string, string> {
  return value !== '' && /^[\x20-\xff]+$/.test(value) ? { [name]: value } : {}
}

function secretOf(secret: string) {
  return headerOf('x-telegram-bot-api-secret-token', secret)
}
