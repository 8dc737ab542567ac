import { type Context, Hono, type Next } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { streamSSE } from 'hono/streaming'
import { type Bot, FORM_LENGTH } from '../../bot.ts'
import { currentZone } from '../../clock.ts'
import { PICTURE_BYTES } from '../../message.ts'
import type { Pictures } from '../../poster.ts'
import { suggestions } from '../../suggestions.ts'
import type { Chats, Exchange, Submission } from './chats.ts'
import { addFiles, POLICY } from './files.ts'
import { type PlanQuery, servePlan } from './plan.ts'

export interface RouteOptions {
  readonly bot: Bot
  readonly chats: Chats
  /** Returns the page's address, once the server listens. */
  readonly address: () => string
  readonly content: ContentState
  readonly plan: PlanQuery
  readonly pictures: Pick<Pictures, 'read'>
  /** IANA zone of the times on the page; the browser's if it is absent. */
  readonly timeZone?: string
}

/** A fault in a file of the content. */
interface ContentProblem {
  readonly file: string
  readonly line: number
  readonly message: string
  readonly fix: string
  /** The edit is in use all the same. */
  readonly isWarning?: true
}

/** The problems of the content on the disk, for editors. */
interface ContentState {
  /** Returns the problems of the last edit; the warnings of the edition if there are none. */
  readonly problems: () => readonly ContentProblem[]
  /** Calls the listener after each edit. Returns a function that ends this. */
  readonly listen: (listener: () => void) => () => void
}

/** Most bytes of a line's body: 4096 characters, each in its longest escape. */
const LINE_BYTES = 64 * 1024
/** Most bytes of a form's body: a picture in base64, a text, and a line. */
const FORM_BYTES = 4 * Math.ceil(PICTURE_BYTES / 3) + LINE_BYTES
const TOO_LONG = 'Too long. Please shorten it.'
const TOO_LARGE = 'The image is over 1 MB. Choose a smaller one.'
/** Most exchanges that wait until a page reads them. */
const MAX_UNREAD = 500
/** Interval of heartbeats on a stream, in milliseconds. */
const HEARTBEAT_MS = 15_000

export function createRoutes(options: RouteOptions): Hono {
  const { bot, chats, address, content, plan, pictures, timeZone } = options
  const app = new Hono()
  app.use(protect)
  app.onError((_, context) =>
    context.text('Something went wrong inside Sitrep. Please try again.', 500),
  )

  // Cookies ignore the port, so two of these servers need different names.
  const cookie = () => `sitrep-${new URL(address()).port}`
  const chatOf = (context: Context) => chats.find(getCookie(context, cookie()))

  addFiles(app)
  app.get('/posts', servePlan(plan))

  // The script of the page requests the session, and the document sets no cookie. A link from another site loads the
  // document without the cookie, so a cookie set then would replace the session of a page that is open.
  app.post('/session', requireJson, async context => {
    const known = chatOf(context) !== undefined
    if (!known) {
      const session = await chats.open()
      setCookie(context, cookie(), session, { httpOnly: true, sameSite: 'Strict', path: '/' })
    }
    return context.json({ known, ...(timeZone && { zone: currentZone(timeZone) }) })
  })

  // Pictures are separate from the events, so that a page that reads its chat again does not load them again.
  app.get('/pictures/:id{[0-9]{1,15}}', async context => {
    if (!chatOf(context)) return context.text('Open the page first.', 403)
    const picture = await pictures.read(Number(context.req.param('id')))
    if (!picture) return context.text('Image not found.', 404)
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
        // A page that stopped reading reconnects and names the last exchange that it has drawn.
        if (waiting > MAX_UNREAD) stream.abort()
        else await stream.writeSSE({ id: String(exchange.id), data: JSON.stringify(exchange) })
        waiting -= 1
      }
      const seen = Number(context.req.header('last-event-id')) || 0
      const { promise: ended, resolve: end } = Promise.withResolvers<void>()
      stream.onAbort(end)
      // The stream writes in the order of the calls, so exchanges that arrive during this come after these.
      const unseen = chat.history.filter(({ id }) => id > seen)
      // A changed entry keeps its position but has a newer ID.
      for (const exchange of unseen.toSorted((a, b) => a.id - b.id)) void send(exchange)
      const unlisten = chat.listen(send)
      if (!unlisten) return
      // An event of its own name, so that it is no entry of the chat.
      let hadProblems = false
      const tellContent = () => {
        const problems = content.problems()
        const hasNews = hadProblems || problems.length > 0
        hadProblems = problems.length > 0
        if (hasNews) void stream.writeSSE({ event: 'content', data: JSON.stringify(problems) })
      }
      tellContent()
      const unlistenContent = content.listen(tellContent)
      const heartbeat = setInterval(() => stream.write(': alive\n\n'), HEARTBEAT_MS)
      await ended
      clearInterval(heartbeat)
      unlistenContent()
      unlisten()
    })
  })

  app.post('/lines', requireJson, async context => {
    const chat = chatOf(context)
    if (!chat) return context.text('Session expired. Reload the page.', 403)
    const body = await readBody(context.req.raw, LINE_BYTES)
    if (body === undefined) return context.text(TOO_LONG, 413)
    const { line } = readJson(body)
    if (typeof line !== 'string') return context.text('Expected {"line": "…"}.', 400)
    await chat.type(line)
    return context.body(null, 204)
  })

  app.post('/forms', requireJson, async context => {
    const chat = chatOf(context)
    if (!chat) return context.text('Session expired. Reload the page.', 403)
    const body = await readBody(context.req.raw, FORM_BYTES)
    if (body === undefined) return context.text(TOO_LARGE, 413)
    const submission = readForm(body)
    if (!submission) return context.text('Expected {"line": "…", "text": "…"}.', 400)
    if ((submission.picture?.length ?? 0) > PICTURE_BYTES) return context.text(TOO_LARGE, 413)
    await chat.submit(submission)
    return context.body(null, 204)
  })

  return app
}

/**
 * Rejects other content types. A page of another origin needs a preflight request to send JSON, and this server refuses
 * those.
 */
async function requireJson(context: Context, next: Next) {
  if (/^application\/json\b/.test(context.req.header('content-type') ?? '')) return next()
  return context.text('JSON only.', 415)
}

/**
 * Returns the text of a body; undefined if it has more than `maxBytes`. Reads a longer body to its end but drops it,
 * because a browser reads no response before it has sent everything.
 */
async function readBody({ body }: Request, maxBytes: number): Promise<string | undefined> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body ?? []) {
    length += piece.length
    if (length <= maxBytes) pieces.push(piece)
    else pieces.length = 0
  }
  return length > maxBytes ? undefined : Buffer.concat(pieces).toString()
}

/** Returns the fields of a JSON object; none for any other text. */
function readJson(body: string): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(body) }
  } catch {
    return {}
  }
}

function readForm(body: string): Submission | undefined {
  const { line, text, picture } = readJson(body)
  if (typeof line !== 'string' || typeof text !== 'string' || text.length > FORM_LENGTH) {
    return undefined
  }
  if (typeof picture !== 'string' || picture === '') return { line, text }
  return { line, text, picture: Buffer.from(picture, 'base64') }
}

/** Sets headers by which the browser loads only the page's own files and caches none. */
async function protect(context: Context, next: Next) {
  context.header('content-security-policy', POLICY)
  context.header('x-content-type-options', 'nosniff')
  context.header('referrer-policy', 'no-referrer')
  context.header('cross-origin-resource-policy', 'same-origin')
  context.header('cache-control', 'no-store')
  return next()
}
