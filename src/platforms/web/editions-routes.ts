import type { Context, Hono, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Editions } from './protocol.ts'

/** The briefings that the local chat can be restarted with. */
export interface EditionChoice {
  list(): Promise<Editions>
  /**
   * Restarts the process's service with another briefing, soon after this resolves. `name` is one of the list. Resolves
   * to a sentence, and restarts nothing, if the briefing has problems.
   */
  choose(name: string): Promise<string | undefined>
}

interface EditionsOptions {
  /** Absent if there is nothing to choose: in tests, and wherever no loop restarts the service. */
  readonly choice?: EditionChoice | undefined
  readonly hasSession: (context: Context) => boolean
  readonly requireJson: MiddlewareHandler
}

/** Most bytes of a body: a name. */
const BODY_BYTES = 1024

const SAY = {
  tooLong: 'Too long. Shorten it.',
  expired: 'Session expired. Reload the page.',
  unknown: 'There is no briefing of this name.',
} as const

/** Adds the routes by which the page lists the briefings and chooses another one. */
export function addEditions(app: Hono, { choice, hasSession, requireJson }: EditionsOptions): void {
  const list = async (): Promise<Editions> => (await choice?.list()) ?? { current: '', all: [] }

  app.get('/editions', async context => context.json(await list()))

  const isShort = bodyLimit({
    maxSize: BODY_BYTES,
    onError: context => context.text(SAY.tooLong, 413),
  })
  app.post('/edition', requireJson, isShort, async context => {
    if (!hasSession(context)) return context.text(SAY.expired, 403)
    const { name } = Object(await context.req.json().catch(() => undefined)) as { name?: unknown }
    const isKnown = (await list()).all.some(each => each.name === name)
    if (!choice || !isKnown || typeof name !== 'string') return context.text(SAY.unknown, 400)
    const refusal = await choice.choose(name)
    return refusal === undefined ? context.body(null, 202) : context.text(refusal, 409)
  })
}
