import type { HttpBindings } from '@hono/node-server'
import { createMiddleware } from 'hono/factory'

/** Names of this machine that do not depend on a name server. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Creates the guard that refuses requests which are not from a page of this server. Another `Host` is a foreign name that
 * resolves to this machine (DNS rebinding). Another `Origin` is the page of another site.
 *
 * @param localOrigin one more origin that counts as this server's: that of a forwarded port. Both headers must match it
 *   exactly. A proxy may have replaced `Host` by a name of this machine, so `Origin` may be it in that case too.
 */
export function localOnly(localOrigin?: string) {
  const localHost = localOrigin && new URL(localOrigin).host
  return createMiddleware<{ Bindings: HttpBindings }>(async (context, next) => {
    const { localPort } = context.env.incoming.socket
    const named = context.req.header('host') ?? ''
    const own = named === localHost ? localOrigin : loopbackOrigin(named, localPort)
    const origin = context.req.header('origin')
    const isOwn = origin === undefined || origin === own || origin === localOrigin
    // A browser sends no Origin with some requests of other sites, such as those of images. A link may lead here.
    const site = context.req.header('sec-fetch-site') ?? 'none'
    const isLink = context.req.header('sec-fetch-mode') === 'navigate'
    const isAsked = ['none', 'same-origin'].includes(site) || isLink
    return own && isOwn && isAsked ? next() : context.text(refusal(localPort), 403)
  })
}

/** Returns the origin of this server by a name of this machine; undefined if `host` is another name or port. */
function loopbackOrigin(host: string, port: number | undefined): string | undefined {
  const address = `http://${host}`
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const isHere = LOOPBACK.includes(url.hostname) && Number(url.port || 80) === port
  return isHere ? url.origin : undefined
}

function refusal(port: number | undefined): string {
  return (
    'This page is only available on the machine that Sitrep runs on.\n' +
    `To open it from another machine, forward the same port number, ${port}, and open http://127.0.0.1:${port}. ` +
    'If the address must be another one, set LOCAL_ORIGIN to its origin, such as https://name-8080.app.github.dev, ' +
    'and restart Sitrep.\n'
  )
}
