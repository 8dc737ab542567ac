import type { HttpBindings } from '@hono/node-server'
import { createMiddleware } from 'hono/factory'

/** Names of this machine that do not depend on a name server. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Refuses requests that are not from a page of this server. Another `Host` is a foreign name that resolves to this
 * machine (DNS rebinding). Another `Origin` is the page of another site.
 */
export const localOnly = createMiddleware<{ Bindings: HttpBindings }>(async (context, next) => {
  const named = `http://${context.req.header('host') ?? ''}`
  const host = URL.canParse(named) ? new URL(named) : undefined
  const { localPort } = context.env.incoming.socket
  const isHere = LOOPBACK.includes(host?.hostname ?? '') && Number(host?.port || 80) === localPort
  const origin = context.req.header('origin')
  if (!isHere || (origin !== undefined && origin !== host?.origin)) {
    return context.text('This page is only available on the machine that Sitrep runs on.', 403)
  }
  return next()
})
