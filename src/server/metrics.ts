import { BlockList } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'

/** The figures of the process for Prometheus. */
export interface MetricsSource {
  /** Resolves to the figures, and to their media type. */
  read(): Promise<{ readonly text: string; readonly type: string }>
}

export interface MetricsOptions {
  readonly source: MetricsSource
  /** Whether every machine that reaches the server may read the figures. Otherwise this machine alone may. */
  readonly isPublic: boolean
}

/** The addresses of this machine, also as they are written in IPv6. */
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

const REFUSAL =
  'Metrics are only available on the machine that Sitrep runs on. To open them to every machine that reaches this ' +
  'port, set METRICS to all, and restart Sitrep.\n'

/**
 * Time for which requests share the figures of one reading, in milliseconds. A reading takes some 5 ms of the event loop,
 * so 1,000 requests at once would delay answers and the lease for seconds.
 */
const SHARED_MS = 100

/** Adds `/metrics`. */
export function addMetrics(
  app: Hono<{ Bindings: HttpBindings }>,
  { source, isPublic }: MetricsOptions,
): void {
  const read = createSharedRead(source)
  app.get('/metrics', async context => {
    const { remoteAddress = '', remoteFamily } = context.env.incoming.socket
    const isLocal = LOOPBACK.check(remoteAddress, remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4')
    if (!isPublic && !isLocal) return context.text(REFUSAL, 403)
    const { text, type } = await read()
    return context.body(text, 200, { 'content-type': type, 'cache-control': 'no-store' })
  })
}

/** Creates a function that reads the figures at most once at a time, and not again for {@link SHARED_MS}. */
function createSharedRead(source: MetricsSource): MetricsSource['read'] {
  let latest: ReturnType<MetricsSource['read']> | undefined
  let endedAt: number | undefined
  const onEnd = () => {
    endedAt = performance.now()
  }
  return () => {
    const isFresh = endedAt === undefined || performance.now() - endedAt < SHARED_MS
    if (latest && isFresh) return latest
    endedAt = undefined
    latest = source.read()
    latest.then(onEnd, onEnd)
    return latest
  }
}
