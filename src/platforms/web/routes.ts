import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { type Context, Hono, type Next } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { streamSSE } from 'hono/streaming'
import { PICTURE_BYTES } from '../../message.ts'
import { type Bot, FORM_LENGTH } from '../../platform.ts'
import type { Pictures } from '../../poster.ts'
import { suggestions } from '../../suggestions.ts'
import type { Chats, Exchange, Filled } from './chats.ts'
import { type Planning, servePlan } from './plan.ts'

export interface RouteOptions {
  readonly bot: Bot
  readonly chats: Chats
  /** Where the page is open; known from the server's start on. */
  readonly address: () => string
  readonly plan: Planning
  readonly pictures: Pick<Pictures, 'read'>
}

/** Most bytes of a post: a line of 4096 characters, escaped at its longest. */
const POST_BYTES = 64 * 1024
/** Most bytes of a form: a picture in base64, a text, and a line. */
const FORM_BYTES = 4 * Math.ceil(PICTURE_BYTES / 3) + POST_BYTES
const TOO_LONG = 'That is too long to be read. Please shorten it.'
const TOO_LARGE = 'The picture is too large: at most 1 MB can be sent.'
/** Most exchanges that wait for a page to read them. */
const UNREAD = 500
/** How often an idle stream says that it lives, in milliseconds. */
const HEARTBEAT_MS = 15_000

/** Nothing but this page's own files; no frame around it; nowhere to send a form. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  // Pictures of posts, and the empty icon.
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The files of page/, as the browser gets them: TypeScript without its types. */
const FILES: Record<string, string> = {
  '/page.css': 'text/css',
  '/plan.css': 'text/css',
  '/page.ts': 'text/javascript',
  '/plan.ts': 'text/javascript',
  '/discord.ts': 'text/javascript',
  '/telegram.ts': 'text/javascript',
  '/form.ts': 'text/javascript',
  '/suggest.ts': 'text/javascript',
  '/element.ts': 'text/javascript',
}

export function createRoutes({ bot, chats, address, plan, pictures }: RouteOptions): Hono {
  const app = new Hono()
  app.use(protect)
  app.onError((_, context) => context.text('That went wrong inside Sitrep. Please try again.', 500))

  // Cookies know no ports: two of these servers would take each other's.
  const cookie = () => `sitrep-${new URL(address()).port}`
  const chatOf = (context: Context) => chats.find(getCookie(context, cookie()))

  app.get('/', context => context.html(pageFile('/page.html')))
  app.get('/plan', context => context.html(pageFile('/plan.html')))
  app.get('/posts', servePlan(plan))

  // Asked for by the page itself and not given with it: a link from another site to this page comes
  // without the cookie, and would replace the session of a page that is open.
  app.post('/session', requireJson, async context => {
    const known = chatOf(context) !== undefined
    if (!known) {
      const session = await chats.open()
      setCookie(context, cookie(), session, { httpOnly: true, sameSite: 'Strict', path: '/' })
    }
    return context.json({ known })
  })

  for (const [path, type] of Object.entries(FILES)) {
    app.get(path, context => {
      const text = pageFile(path)
      const body = path.endsWith('.ts') ? stripTypeScriptTypes(text) : text
      return context.body(body, 200, { 'content-type': `${type}; charset=utf-8` })
    })
  }

  // Not within an event: whoever reads a chat again need not be sent them again.
  app.get('/pictures/:id{[0-9]{1,15}}', async context => {
    if (!chatOf(context)) return context.text('Open the page first.', 403)
    const picture = await pictures.read(Number(context.req.param('id')))
    if (!picture) return context.text('There is no such picture.', 404)
    const body = new Uint8Array(picture.bytes)
    return context.body(body, 200, { 'content-type': `image/${picture.type}` })
  })

  app.get('/suggestions', context => context.json(suggestions(bot.menu())))

  app.get('/events', context => {
    const chat = chatOf(context)
    if (!chat) return context.text('Open the page first.', 403)
    return streamSSE(context, async stream => {
      let waiting = 0
      const send = async (exchange: Exchange) => {
        waiting += 1
        // A page that reads nothing comes back with what it has seen.
        if (waiting > UNREAD) stream.abort()
        else await stream.writeSSE({ id: String(exchange.id), data: JSON.stringify(exchange) })
        waiting -= 1
      }
      // A reconnecting page names the last exchange that it has drawn.
      const seen = Number(context.req.header('last-event-id')) || 0
      const { promise: ended, resolve: end } = Promise.withResolvers<void>()
      stream.onAbort(end)
      // Writes are queued in the order of their calls: what is typed meanwhile comes after these.
      const unseen = chat.history.filter(({ id }) => id > seen)
      // What was amended stands where it was, and is counted anew.
      for (const exchange of unseen.toSorted((a, b) => a.id - b.id)) void send(exchange)
      const forget = chat.listen(send)
      if (!forget) return
      const heartbeat = setInterval(() => stream.write(': alive\n\n'), HEARTBEAT_MS)
      await ended
      clearInterval(heartbeat)
      forget()
    })
  })

  app.post('/lines', requireJson, async context => {
    const chat = chatOf(context)
    if (!chat) return context.text('Open the page again: its session has ended.', 403)
    const body = await readBody(context.req.raw, POST_BYTES)
    if (body === undefined) return context.text(TOO_LONG, 413)
    const line = readLine(body)
    if (line === undefined) return context.text('Expected {"line": "…"}.', 400)
    await chat.type(line)
    return context.body(null, 204)
  })

  app.post('/forms', requireJson, async context => {
    const chat = chatOf(context)
    if (!chat) return context.text('Open the page again: its session has ended.', 403)
    const body = await readBody(context.req.raw, FORM_BYTES)
    if (body === undefined) return context.text(TOO_LARGE, 413)
    const filled = readForm(body)
    if (!filled) return context.text('Expected {"line": "…", "text": "…"}.', 400)
    if ((filled.picture?.length ?? 0) > PICTURE_BYTES) return context.text(TOO_LARGE, 413)
    await chat.fill(filled)
    return context.body(null, 204)
  })

  return app
}

/** A form cannot send JSON: a page of somebody else's would have to ask first, and be refused. */
async function requireJson(context: Context, next: Next) {
  if (/^application\/json\b/.test(context.req.header('content-type') ?? '')) return next()
  return context.text('Only JSON is taken here.', 415)
}

/**
 * The text of a body; undefined if it has more bytes than that. Reads a longer one to its end without
 * keeping it: a browser takes no answer before it has sent everything.
 */
async function readBody({ body }: Request, most: number): Promise<string | undefined> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body ?? []) {
    length += piece.length
    if (length <= most) pieces.push(piece)
    else pieces.length = 0
  }
  return length > most ? undefined : Buffer.concat(pieces).toString()
}

function readLine(body: string): string | undefined {
  try {
    const { line } = JSON.parse(body) as { line?: unknown }
    return typeof line === 'string' ? line : undefined
  } catch {
    return undefined
  }
}

function readForm(body: string): Filled | undefined {
  try {
    const { line, text, picture } = JSON.parse(body) as Record<string, unknown>
    if (typeof line !== 'string' || typeof text !== 'string' || text.length > FORM_LENGTH) {
      return undefined
    }
    if (typeof picture !== 'string' || picture === '') return { line, text }
    return { line, text, picture: Buffer.from(picture, 'base64') }
  } catch {
    return undefined
  }
}

/** Tells the browser to load nothing but the page's own files, and to keep none. */
async function protect(context: Context, next: Next) {
  context.header('content-security-policy', POLICY)
  context.header('x-content-type-options', 'nosniff')
  context.header('referrer-policy', 'no-referrer')
  context.header('cross-origin-resource-policy', 'same-origin')
  context.header('cache-control', 'no-store')
  return next()
}

function pageFile(path: string): string {
  return readFileSync(join(import.meta.dirname, 'page', path), 'utf8')
}
