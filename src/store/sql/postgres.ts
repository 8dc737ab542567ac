import { type Dialect, PostgresDialect, type PostgresPool } from 'kysely'
import { Pool, type PoolClient, types } from 'pg'
import type { Log } from '../../log.ts'
import { StoreError } from '../error.ts'
import { toSafeInteger } from '../instant.ts'

/** Connections at most: few, since the work is short and a server has about a hundred for everybody. */
const CONNECTIONS = 8

/** Longest wait for a connection, and for an answer, in milliseconds. */
const CONNECT_MS = 5000
const QUERY_MS = 10_000

/** The type of an eight-byte integer in pg_type. */
const INT8 = 20

/** SQLSTATE of a write in a transaction that may only read. */
const READ_ONLY = '25006'

/** Eight-byte integers come as numbers: ids and milliseconds are far below 2^53, and a damaged one is cut to that. */
export function postgresDialect(url: string, log: Log): Dialect {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
    // A bot that only waits for its store shall be able to end.
    allowExitOnIdle: true,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8
          ? toSafeInteger
          : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  })
  // A connection may break at any time, used or not: whoever uses it learns it from their query, and
  // an event that nobody hears would end the process.
  const onError = (err: Error) =>
    log.debug({ event: 'store.disconnected', err }, 'A connection is gone.')
  pool.on('error', onError)
  pool.on('connect', client => client.on('error', onError))
  return new PostgresDialect({ pool: renewed(pool) })
}

/**
 * A pool that replaces all connections once PostgreSQL refuses a write on one of them. A connection that began
 * while `default_transaction_read_only` was on, or on a replica, refuses writes for as long as it lives.
 */
function renewed(pool: Pool): PostgresPool {
  let generation = 0
  const generations = new WeakMap<PoolClient, number>()
  pool.on('connect', client => generations.set(client, generation))
  const isOld = (client: PoolClient) => (generations.get(client) ?? 0) < generation

  function watched(client: PoolClient): PoolClient {
    const query = async (text: string, values: unknown[]) => {
      try {
        return await client.query(text, values)
      } catch (error) {
        if ((error as { code?: unknown }).code === READ_ONLY) generation += 1
        throw error
      }
    }
    const release = (isBroken = false) => client.release(isBroken || isOld(client))
    return Object.create(client, { query: { value: query }, release: { value: release } })
  }

  return {
    options: pool.options,
    async connect() {
      for (;;) {
        const client = await pool.connect()
        if (!isOld(client)) return watched(client)
        client.release(true)
      }
    },
    end: () => pool.end(),
  }
}

/** Where an operator can help, what to do; every other error as it is. Never names the address. */
export function explainPostgres(error: unknown): unknown {
  const { code } = error as { code?: string }
  const sentence = SENTENCES[code ?? ''] ?? sentenceByWords(error)
  return sentence === undefined ? error : new StoreError(sentence, { cause: error })
}

const BUSY = 'PostgreSQL was busy with something else; it is tried again.'

const UNREACHABLE =
  'PostgreSQL cannot be reached: see that it runs, and that DATABASE_URL names its host and port.'

/** By SQLSTATE (PostgreSQL, appendix A), and by the system's codes. */
const SENTENCES: Readonly<Record<string, string>> = {
  '28P01': 'PostgreSQL refuses the password: check it in DATABASE_URL.',
  '28000': 'PostgreSQL refuses the user: check it in DATABASE_URL, and pg_hba.conf on the server.',
  '3D000': 'PostgreSQL has no such database: create it, or name another in DATABASE_URL.',
  '42501': 'PostgreSQL does not let this user do that: grant it all rights on its database.',
  '53100': 'There is no room for PostgreSQL: make room on its disk.',
  '53300': 'PostgreSQL has no connection left: raise max_connections, or end what holds them.',
  '40P01': BUSY,
  '40001': BUSY,
  '57014': BUSY,
  [READ_ONLY]:
    'PostgreSQL only lets us read: DATABASE_URL must name the primary, and default_transaction_read_only be off.',
}

/** What the driver refuses before the server is asked. */
function sentenceByWords(error: unknown): string | undefined {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  if (/SASL|password must be/i.test(message)) {
    return 'PostgreSQL wants a password: put it into DATABASE_URL, as postgres://user:password@host/database.'
  }
  if (/SSL|TLS/.test(message) || /CERT|SIGNED|UNABLE_TO/.test(code)) {
    return 'PostgreSQL and we do not agree on TLS: set sslmode in DATABASE_URL as its server wants it.'
  }
  return isGone(error) ? UNREACHABLE : undefined
}

/** Whether the connection failed, rather than the query: it may be there again in a moment. */
function isGone(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return (
    /^(E[A-Z]+|08...|57P0[123])$/.test(code) ||
    /timeout|terminated|connection error|connection ended/i.test(message)
  )
}
