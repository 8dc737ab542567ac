import { createHash } from 'node:crypto'
import { type Context, Hono, type Next } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { type Bot, FORM_LENGTH } from '../../bot.ts'
import { currentZone } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { PICTURE_BYTES } from '../../picture.ts'
import { suggestions } from '../../suggestions.ts'
import type { Chat, Chats } from './chats.ts'
import { addEditions, type EditionChoice } from './editions-routes.ts'
import { addFiles, POLICY } from './files.ts'
import { inspect } from './inspection.ts'
import { isOfAnnouncement, type ShownPictures } from './pictures.ts'
import { type PlanQuery, servePlan } from './plan.ts'
import type { Answered, FormRequest, Place, Session, View } from './protocol.ts'
import { type ContentFeed, streamConversation } from './stream.ts'
import { placeSchema, viewSchema } from './view.ts'

export interface RouteOptions {
  readonly bot: Bot
  readonly chats: Chats
  /** Returns the page's address, once the server listens. */
  readonly address: () => string
  readonly content: ContentFeed
  readonly log: Log
  /** Absent if there are no other briefings to choose. */
  readonly editionChoice?: EditionChoice | undefined
  readonly plan: PlanQuery
  readonly pictures: ShownPictures
  /** IANA zone of the times on the page. */
  readonly timeZone: string
}

/** Most bytes of a line's body: 4096 characters, each in its longest escape. */
const LINE_BYTES = 64 * 1024
/** Most bytes of a form's body: a picture in base64, a text, and a line. */
const FORM_BYTES = 4 * Math.ceil(PICTURE_BYTES / 3) + LINE_BYTES

/** Keeps a picture in this browser alone, for a year. */
const CACHED = 'private, max-age=31536000, immutable'

const SAY = {
  closed: 'Open the page first.',
  expired: 'Session expired. Reload the page.',
  tooLong: 'Too long. Shorten it.',
  tooLarge: 'The image is over 1 MB. Choose a smaller one.',
  noImage: 'Image not found.',
  noEntry: 'This message is no longer kept.',
  noButton: 'This button is no longer there. Reload the page.',
  failed: 'Something went wrong inside Sitrep. Please try again.',
} as const

const lineSchema = z.strictObject({ view: viewSchema, line: z.string() })
const pressSchema = z.strictObject({
  view: viewSchema,
  key: z.int(),
  platform: z.enum(['discord', 'telegram']),
  data: z.string().max(100),
})
const formSchema = z.strictObject({
  view: viewSchema,
  line: z.string(),
  text: z.string().max(FORM_LENGTH),
  picture: z.base64().exactOptional(),
  key: z.int().exactOptional(),
})

const viewsSchema = z.strictObject({ view: viewSchema })

const VIEW_EXPECTED = 'Expected {"view": {"platform", "place", "role"}}.'
const LINE_EXPECTED = 'Expected {"view": {…}, "line": "…"}.'
const PRESS_EXPECTED = 'Expected {"view": {…}, "key": 1, "platform": "…", "data": "…"}.'
const FORM_EXPECTED = 'Expected {"view": {…}, "line": "…", "text": "…"}.'

export function createRoutes(options: RouteOptions): Hono {
  const { bot, chats, address, content, log, plan, pictures, timeZone } = options
  const { editionChoice: choice } = options
  const app = new Hono()
  app.use(protect)
  app.onError((err, context) => {
    log.error({ event: 'http.failed', err }, 'Failed to answer an HTTP request.')
    return context.text(SAY.failed, 500)
  })

  // Cookies ignore the port, so two of these servers need different names.
  const cookie = () => `sitrep-${new URL(address()).port}`
  const sessionOf = (context: Context) => getCookie(context, cookie())

  addFiles(app)
  app.get('/posts', servePlan(plan, pictures))
  app.get('/suggestions', context => context.json(suggestions(bot.menu())))
  const hasSession = (context: Context) => chats.has(sessionOf(context))
  addEditions(app, { choice, hasSession, requireJson })

  // The script of the page requests the session, and the document sets no cookie. A link from another site loads the
  // document without the cookie, so a cookie set then would replace the session of a page that is open.
  app.post('/session', requireJson, async context => {
    const before = sessionOf(context) ?? ''
    const secret = chats.has(before) ? before : chats.open()
    if (secret !== before) {
      // The guard of the server accepts https only as the origin of a forwarded port.
      const secure = context.req.header('origin')?.startsWith('https:') ?? false
      const rules = { httpOnly: true, sameSite: 'Strict', path: '/', secure } as const
      setCookie(context, cookie(), secret, rules)
    }
    return context.json({ id: idOf(secret), zone: currentZone(timeZone) } satisfies Session)
  })

  // Pictures are separate from the events, so that a page that reads its chat again does not load them again.
  app.get('/pictures/:name{[A-Za-z0-9-]{1,100}}', async context => {
    if (!chats.has(sessionOf(context))) return context.text(SAY.closed, 403)
    const name = context.req.param('name')
    const picture = await pictures.read(name)
    if (!picture) return context.text(SAY.noImage, 404)
    // An id may belong to another picture once the store is replaced. Other names are hashes of all that is shown.
    if (!isOfAnnouncement(name)) context.header('cache-control', CACHED)
    const body = new Uint8Array(picture.bytes)
    return context.body(body, 200, { 'content-type': `image/${picture.type}` })
  })

  app.get('/events', async context => {
    const place = readPlace(context.req.query('place'))
    const chat = place && (await chats.find(sessionOf(context), place))
    if (!chat) return context.text(SAY.closed, 403)
    return streamConversation(context, chat.history, content)
  })

  /** Adds a route that answers in the chat of the request's view. */
  function addAnswers<T extends { readonly view: View }>(
    path: string,
    { schema, expected, most = LINE_BYTES, tooLong = SAY.tooLong, isOver }: BodyRules<T>,
    answer: (chat: Chat, request: T) => Promise<Answered | undefined>,
  ): void {
    app.post(path, requireJson, async context => {
      if (!chats.has(sessionOf(context))) return context.text(SAY.expired, 403)
      const body = await readBody(context.req.raw, most)
      if (body === undefined) return context.text(tooLong, 413)
      const { data } = schema.safeParse(readJson(body))
      if (!data) return context.text(expected, 400)
      if (isOver?.(data)) return context.text(tooLong, 413)
      const chat = await chats.find(sessionOf(context), data.view.place)
      if (!chat) return context.text(SAY.expired, 403)
      const answered = await answer(chat, data)
      return answered ? context.json(answered) : context.text(SAY.noButton, 409)
    })
  }

  addAnswers('/lines', { schema: lineSchema, expected: LINE_EXPECTED }, (chat, request) =>
    chat.type(request),
  )
  addAnswers('/presses', { schema: pressSchema, expected: PRESS_EXPECTED }, (chat, request) =>
    chat.press(request),
  )
  const form: BodyRules<FormRequest> = {
    ...{ schema: formSchema, expected: FORM_EXPECTED, most: FORM_BYTES, tooLong: SAY.tooLarge },
    isOver: ({ picture = '' }) => Buffer.byteLength(picture, 'base64') > PICTURE_BYTES,
  }
  addAnswers('/forms', form, (chat, request) => chat.submit(request))
  addAnswers('/views', { schema: viewsSchema, expected: VIEW_EXPECTED }, async (chat, { view }) => {
    await chat.redraw(view)
    return {}
  })
  addAnswers('/reset', { schema: viewsSchema, expected: VIEW_EXPECTED }, async chat => {
    await chat.reset()
    return {}
  })

  app.get('/entries/:key{[0-9]{1,15}}', async context => {
    const place = readPlace(context.req.query('place'))
    const chat = place && (await chats.find(sessionOf(context), place))
    if (!chat) return context.text(SAY.closed, 403)
    const kept = chat.history.find(Number(context.req.param('key')))
    return kept ? context.json(inspect(kept)) : context.text(SAY.noEntry, 404)
  })
  return app
}

/** How the body of a request is read: `most` bytes of JSON with a schema. */
interface BodyRules<T> {
  readonly schema: z.ZodType<T>
  /** The refusal of other JSON. */
  readonly expected: string
  readonly most?: number
  /** The refusal of a longer body. */
  readonly tooLong?: string
  /** Whether a part of the request is too long. */
  readonly isOver?: (request: T) => boolean
}

/** Returns an ID of a session that gives no access to it. Pure. */
function idOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function readPlace(text: string | undefined): Place | undefined {
  return placeSchema.safeParse(text).data
}

/**
 * Rejects other content types. A page of another origin needs a preflight request to send JSON, and this server refuses
 * those.
 */
async function requireJson(context: Context, next: Next) {
  if (/^application\/json *(?:;|$)/.test(context.req.header('content-type') ?? '')) return next()
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

/** Parses JSON; returns undefined for any other text. */
function readJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
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
