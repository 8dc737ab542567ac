import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Log } from '../log.ts'
import type { HttpRoute } from '../platform.ts'
import { localOnly } from './guard.ts'
import { type ComponentHealth, readiness } from './health.ts'

export interface RouteOptions {
  /** What `/readyz` tells of, by name. */
  readonly parts: () => Readonly<Record<string, ComponentHealth>>
  /** What platforms serve by themselves, behind the server's own paths. */
  readonly routes: readonly HttpRoute[]
  readonly log: Log
}

/** Longest body that is read, in bytes: a Telegram message of 4096 characters with its entities. */
const BODY_BYTES = 1024 * 1024

/** Everything that is served over HTTP: health, and what platforms bring. */
export function createRoutes({ parts, routes, log }: RouteOptions): RequestListener {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.onError((err, context) => {
    log.error({ event: 'http.failed', err }, 'A request could not be answered.')
    return context.text('That went wrong inside Sitrep.\n', 500)
  })
  if (routes.some(({ isLocal }) => isLocal)) app.use(localOnly)
  // Alive is whoever answers; what it needs to be of use is asked at /readyz.
  app.get('/healthz', context => context.text('ok\n'))
  app.get('/readyz', context => {
    const { ready, report } = readiness(parts())
    return context.json(report, ready ? 200 : 503)
  })
  const tooLong = bodyLimit({
    maxSize: BODY_BYTES,
    onError: context => context.text('That is too long to be read.\n', 413),
  })
  for (const { path, limitsBodies, handle } of routes) {
    if (!limitsBodies) app.use(path, tooLong)
    app.all(path, context => handle(context.req.raw))
  }
  return getRequestListener(app.fetch)
}
