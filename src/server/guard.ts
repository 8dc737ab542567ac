import type { HttpBindings } from '@hono/node-server'
import { createMiddleware } from 'hono/factory'

/** Names of this machine that no name server can point elsewhere. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Refuses every request that was not meant for this machine: another `Host` is a name that was pointed
 * at this machine (DNS rebinding), another `Origin` is the page of a stranger.
 */
export const localOnly = createMiddleware<{ Bindings: HttpBindings }>(async (context, next) => {
  const named = `http://${context.req.header('host') ?? ''}`
  const host = URL.canParse(named) ? new URL(named) : undefined
  const { localPort } = context.env.incoming.socket
  const isHere = LOOPBACK.includes(host?.hostname ?? '') && Number(host?.port || 80) === localPort
  const origin = context.req.header('origin')
  if (!isHere || (origin !== undefined && origin !== host?.origin)) {
    return context.text('This page is for this machine alone.', 403)
  }
  return next()
})
