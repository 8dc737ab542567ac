import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Log } from '../log.ts'
import type { HttpRoute } from '../platform.ts'
import { addCalendars, type CalendarSource } from './calendars.ts'
import { localOnly } from './guard.ts'
import { type ComponentHealth, readiness } from './health.ts'
import { addMetrics, type MetricsOptions } from './metrics.ts'

export interface RouteOptions {
  /** Returns the components that `/readyz` reports, by name. */
  readonly parts: () => Readonly<Record<string, ComponentHealth>>
  readonly calendars: CalendarSource
  readonly metrics: MetricsOptions
  /** Routes of the platforms. The server's own paths take precedence. */
  readonly routes: readonly HttpRoute[]
  /** One more origin of local routes: see {@link localOnly}. */
  readonly localOrigin?: string | undefined
  readonly log: Log
}

/** Longest body that is read, in bytes. A Telegram message of 4096 characters with its entities fits. */
const BODY_BYTES = 1024 * 1024

/** Creates the listener for all HTTP requests: health checks, metrics, calendars and the platforms' routes. */
export function createRoutes(options: RouteOptions): RequestListener {
  const { parts, calendars, metrics, routes, localOrigin, log } = options
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.onError((err, context) => {
    log.error({ event: 'http.failed', err }, 'Failed to answer an HTTP request.')
    return context.text('Something went wrong inside Sitrep.\n', 500)
  })
  if (routes.some(({ isLocal }) => isLocal)) app.use(localOnly(localOrigin))
  // The process is alive if it answers. /readyz reports whether it works.
  app.get('/healthz', context => context.text('ok\n'))
  app.get('/readyz', context => {
    const { ready, report } = readiness(parts())
    return context.json(report, ready ? 200 : 503)
  })
  addMetrics(app, metrics)
  addCalendars(app, calendars)
  const tooLong = bodyLimit({
    maxSize: BODY_BYTES,
    onError: context => context.text('Too long.\n', 413),
  })
  for (const { path, limitsBodies, handle } of routes) {
    if (!limitsBodies) app.use(path, tooLong)
    app.all(path, context => handle(context.req.raw))
  }
  return getRequestListener(app.fetch)
}
