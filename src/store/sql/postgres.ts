import { type Dialect, PostgresDialect, type PostgresPool } from 'kysely'
import { Pool, type PoolClient, types } from 'pg'
import type { Log } from '../../log.ts'
import { StoreError } from '../error.ts'
import { toSafeInteger } from '../instant.ts'

/** Largest number of connections. Queries are short, and a server allows about 100 for all its clients. */
const CONNECTIONS = 8

/** Longest wait for a connection, and for the result of a query, in milliseconds. */
const CONNECT_MS = 5000
const QUERY_MS = 10_000

/** The OID of `bigint` in PostgreSQL's table `pg_type`. */
const INT8 = 20

/** The driver's message if a result does not arrive in time. */
const TIMEOUT = 'Query read timeout'

/** SQLSTATE of a write in a read-only transaction. */
const READ_ONLY = '25006'

/**
 * Creates the dialect for PostgreSQL. It reads `bigint` as a number: ids and milliseconds are far below 2^53, and a
 * larger, damaged value is clamped.
 */
export function postgresDialect(
  url: string,
  log: Log,
  { connectMs = CONNECT_MS, queryMs = QUERY_MS } = {},
): Dialect {
  const pool = new Pool({
    connectionString: verified(url),
    max: CONNECTIONS,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    keepAlive: true,
    // An idle connection must not keep the process alive.
    allowExitOnIdle: true,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8
          ? toSafeInteger
          : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  })
  // A connection may break at any time, and an `error` event without a listener would end the process.
  // A query on the broken connection rejects by itself.
  const onError = (err: Error) =>
    log.debug({ event: 'store.disconnected', err }, 'Lost a database connection.')
  pool.on('error', onError)
  pool.on('connect', client => client.on('error', onError))
  return new PostgresDialect({ pool: withRenewal(pool) })
}

/**
 * Writes `prefer`, `require` and `verify-ca` as `verify-full`, which pg takes them for, because pg prints six lines of
 * warning for them. `uselibpqcompat=true` keeps the meaning that libpq gives to them. Pure.
 */
function verified(url: string): string {
  if (/[?&]uselibpqcompat=true(?=&|$)/.test(url)) return url
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/g, '$1verify-full')
}

/**
 * Wraps a pool to replace all connections after PostgreSQL refuses a write on one of them, or has not answered in time. A
 * connection that began while `default_transaction_read_only` was on, or on a replica, refuses writes for as long as it
 * lives. A network may drop connections without an error, which the system notices after some 15 minutes.
 */
function withRenewal(pool: Pool): PostgresPool {
  let generation = 0
  const generations = new WeakMap<PoolClient, number>()
  pool.on('connect', client => generations.set(client, generation))
  const isOld = (client: PoolClient) => (generations.get(client) ?? 0) < generation

  function watched(client: PoolClient): PoolClient {
    const query = async (text: string, values: unknown[]) => {
      try {
        return await client.query(text, values)
      } catch (error) {
        const { code, message } = error as { code?: unknown; message?: string }
        // A connection that is already replaced tells nothing of those that were made since.
        const isNews = !isOld(client) && (code === READ_ONLY || message === TIMEOUT)
        if (isNews) generation += 1
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

/**
 * Turns an error that an operator can fix into a {@link StoreError} that says how. Returns any other error
 * unchanged. No sentence contains the database's URL.
 */
export function explainPostgres(error: unknown): unknown {
  const { code } = error as { code?: string }
  const sentence = SENTENCES[code ?? ''] ?? sentenceByWords(error)
  return sentence === undefined ? error : new StoreError(sentence, { cause: error })
}

const BUSY = 'PostgreSQL was busy. Retrying.'

const UNREACHABLE =
  'Can’t reach PostgreSQL. Check that it’s running and that DATABASE_URL has the right host and port.'

/** Sentences by SQLSTATE: PostgreSQL, appendix A. */
const SENTENCES: Readonly<Record<string, string>> = {
  '28P01': 'PostgreSQL rejected the password. Check it in DATABASE_URL.',
  '28000': 'PostgreSQL rejected the user. Check DATABASE_URL, and pg_hba.conf on the server.',
  '3D000': 'PostgreSQL has no such database. Create it or change DATABASE_URL.',
  '42501': 'PostgreSQL denied permission. Grant this user all rights on the database.',
  '53100': 'PostgreSQL’s disk is full. Make room on it.',
  '53300': 'PostgreSQL has no connection left. Raise max_connections or close some.',
  '40P01': BUSY,
  '40001': BUSY,
  '57014': BUSY,
  [READ_ONLY]:
    'PostgreSQL is read-only. Point DATABASE_URL at the primary, and turn default_transaction_read_only off.',
}

/** Explains errors without an SQLSTATE: those of the driver, of TLS and of the network. */
function sentenceByWords(error: unknown): string | undefined {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  if (/SASL|password must be/i.test(message)) {
    return 'PostgreSQL wants a password. Add it to DATABASE_URL, as in postgres://user:password@host/database.'
  }
  if (/SSL|TLS/.test(message) || /CERT|SIGNED|UNABLE_TO/.test(code)) {
    return 'TLS mismatch with PostgreSQL. Set sslmode in DATABASE_URL as the server requires.'
  }
  return isConnectionError(error) ? UNREACHABLE : undefined
}

/** Whether the connection failed, and not the query, so that a retry may succeed. */
function isConnectionError(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return (
    /^(E[A-Z]+|08...|57P0[123])$/.test(code) ||
    /timeout|terminated|connection error|connection ended/i.test(message)
  )
}
