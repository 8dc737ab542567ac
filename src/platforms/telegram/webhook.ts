import { createHash, timingSafeEqual } from 'node:crypto'
import type { Update } from 'telegraf/types'
import type { HttpRoute } from '../../platform.ts'

/** Longest update that is read, in bytes: a message of 4096 characters with all its entities. */
const UPDATE_BYTES = 1024 * 1024

/** What Telegram sends along to prove itself: the same in every process that knows the token. */
export function webhookSecret(token: string): string {
  return createHash('sha256').update(`sitrep webhook ${token}`).digest('base64url')
}

/** Takes updates at the path of `url`. Answered with 200 when the update is kept, not when it is answered. */
export function createWebhook(
  url: string,
  token: string,
  onUpdate: (update: Update) => Promise<void>,
): HttpRoute {
  const secret = webhookSecret(token)
  return {
    path: new URL(url).pathname,
    async handle(request) {
      if (request.method !== 'POST') return refuse(405, 'Only Telegram posts here.')
      const given = request.headers.get('x-telegram-bot-api-secret-token') ?? ''
      if (!isSame(given, secret)) return refuse(401, 'Only Telegram posts here.')
      const update = await readBody(request)
      if (!update) return refuse(400, 'Expected an update.')
      await onUpdate(update)
      return new Response(null, { status: 200 })
    },
  }
}

/** In constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

async function readBody(request: Request): Promise<Update | undefined> {
  if (Number(request.headers.get('content-length') ?? Number.NaN) > UPDATE_BYTES) return undefined
  try {
    const update: unknown = JSON.parse(await request.text())
    const isUpdate = typeof update === 'object' && update !== null && 'update_id' in update
    return isUpdate ? (update as Update) : undefined
  } catch {
    return undefined
  }
}

function refuse(status: number, text: string): Response {
  return new Response(`${text}\n`, { status })
}
