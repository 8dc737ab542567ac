import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { messageUpdate } from './platforms/telegram/person.ts'
import { openTelegramServer, TOKEN } from './platforms/telegram/server.ts'
import { databaseFolder, temporaryFolder } from './store/stores.ts'

const root = join(import.meta.dirname, '..')
const starter = join(root, 'bin/run.mjs')
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

/** Makes this Node look like the one of a machine: another version, perhaps built for musl, and without `execve` as Node 20. */
const asNode = (version: string) => [
  '--import',
  `data:text/javascript,${encodeURIComponent(`
    const [node, libc] = '${version}'.split(' ')
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node } })
    process.execve = undefined
    if (libc === 'musl') Object.defineProperty(process, 'report', { value: { getReport: () => ({ header: {} }) } })
  `)}`,
]

/** A checkout after `npm ci` of npm 10: the package of the runtime is there, and `.bin` has no `node`. */
function checkout(bundled?: (program: string) => void, name = `node-${platform}`): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'bin'))
  copyFileSync(starter, join(folder, 'bin/run.mjs'))
  const optionalDependencies = { 'node-other-chip': '26.10.0', [name]: '26.10.0' }
  writeJson(join(folder, 'package.json'), { engines: { node: '>=26' }, optionalDependencies })
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
  if (!bundled) return folder
  const home = join(folder, 'node_modules', name)
  mkdirSync(join(home, 'bin'), { recursive: true })
  writeJson(join(home, 'package.json'), { name, bin: { node: 'bin/node' } })
  bundled(join(home, 'bin/node'))
  return folder
}

const writeJson = (path: string, value: unknown) => writeFileSync(path, JSON.stringify(value))

async function run(folder: string, version: string, ...args: string[]) {
  const command = [...asNode(version), join(folder, 'bin/run.mjs'), ...args]
  const child = spawn(process.execPath, command, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code, signal] = await exit
  return { out, err, code, signal }
}

test.each(['12.22.12', '18.0.0', '20.20.2', '25.9.0', '26.0.0', '31.0.0'])(
  'under Node %s the runtime in node_modules is found without .bin/node, and gets the arguments',
  async version => {
    const folder = checkout(writeRuntime)
    const shown = 'console.log(process.env.RUNTIME, process.env.ODD, ...process.argv.slice(1))'
    const args = ['ODD=a=b c', '-e', shown, '--', 'two words', '']
    expect(await run(folder, version, ...args)).toEqual({
      ...{ out: 'bundled a=b c two words \n', err: '' },
      ...{ code: 0, signal: null },
    })
  },
)

test('the exit code and the signal that has ended the runtime are passed on', async () => {
  const folder = checkout(writeRuntime)
  const end = (source: string) => run(folder, '20.20.2', '-e', source)
  expect(await end('process.exit(65)')).toMatchObject({ code: 65, signal: null })
  const killed = await end('process.kill(process.pid, "SIGKILL")')
  expect(killed).toMatchObject({ code: null, signal: 'SIGKILL' })
})

test('a Node that is new enough stands in for a runtime that is missing or does not run', async () => {
  for (const folder of [checkout(), checkout(writeBroken), checkout(undefined, 'node-x-y')]) {
    const { out, err, code } = await run(folder, '26.0.0', '-p', '1 + 1')
    expect({ out, err, code }).toEqual({ out: '2\n', err: '', code: 0 })
  }
})

test.each<[string, () => string, RegExp]>([
  ['nothing is installed', notInstalled, /^Sitrep is not installed yet: run `npm ci` first\.\n$/],
  [
    'optional packages are left out',
    () => checkout(),
    /^The package node-\S+ is not installed: run `npm ci --include=optional`, or install Node 26 or later\.\n$/,
  ],
  [
    'the platform has no package',
    () => checkout(undefined, 'node-plan9-vax'),
    /^Sitrep brings no Node for \S+-\S+: install Node 26 or later\.\n$/,
  ],
  [
    'the runtime is built for a later glibc',
    () => checkout(writeBroken),
    /^The Node of node-\S+ does not run on this system.*: install Node 26 or later\.\n$/,
  ],
  [
    'a library of the runtime is missing, as in a slim Debian',
    () => checkout(writeUnlinked),
    /^The Node of node-\S+ does not run on this system \(it needs the library libatomic\.so\.1, .+\): install Node 26 or later\.\n$/,
  ],
])('%s: an old Node says so in one sentence with exit code 78', async (_, make, sentence) => {
  for (const version of ['12.22.12', '20.20.2', '25.9.0']) {
    const { out, err, code } = await run(make(), version, 'src/main.ts')
    expect(err).toMatch(sentence)
    expect({ out, code }).toEqual({ out: '', code: 78 })
  }
})

test.runIf(process.platform === 'linux')(
  'on Alpine, an old Node says which package has a new one',
  async () => {
    const { err, code } = await run(checkout(writeBroken), '24.0.0 musl', 'src/main.ts')
    expect(err).toMatch(
      /it needs glibc, and this Node is built for musl; on Alpine, `apk add nodejs-current`/,
    )
    expect(code).toBe(78)
  },
)

test.each([
  ['--version', /^sitrep \d+\.\d+\.\d+\n$/],
  ['ask threats', /^Threats and challenges\n/],
  ['plan --from 2023-05-01 --to 2023-06-02', /Defender 2023/],
  ['check', /^Content: 7 sections, /],
])('sitrep %s works in any folder and through a link, also under Node 20', (line, shown) => {
  const folder = temporaryFolder()
  const link = join(folder, 'sitrep')
  symlinkSync(join(root, 'bin/sitrep'), link)
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
  const env = { PATH: path, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }
  const options = { cwd: folder, env, encoding: 'utf8' } as const
  for (const [file, ...more] of [[link], [process.execPath, ...asNode('20.20.2'), link]]) {
    const { status, stdout, stderr } = spawnSync(file ?? '', [...more, ...line.split(' ')], options)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(shown)
  }
})

/** A program that shows that it was the one to be run. */
function writeRuntime(program: string): void {
  writeFileSync(program, `#!/bin/sh\nRUNTIME=bundled exec '${process.execPath}' "$@"\n`)
  chmodSync(program, 0o755)
}

/** Writes a program whose interpreter is missing, as glibc's is on Alpine. */
function writeBroken(program: string): void {
  writeFileSync(program, '#!/lib64/no-such-loader\n')
  chmodSync(program, 0o755)
}

/** Writes a program that ends as one of which the loader finds a library nowhere. */
function writeUnlinked(program: string): void {
  const said = `${program}: error while loading shared libraries: libatomic.so.1: cannot open shared object file: No such file or directory`
  writeFileSync(program, `#!/bin/sh\necho '${said}' >&2\nexit 127\n`)
  chmodSync(program, 0o755)
}

function notInstalled(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'bin'))
  copyFileSync(starter, join(folder, 'bin/run.mjs'))
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  return folder
}

/** The bot below the starter, in a process group of its own, with one answer under way. */
async function serve({ command = [] as string[], env = {} } = {}) {
  const telegram = await openTelegramServer()
  const { promise: free, resolve: release } = Promise.withResolvers<void>()
  telegram.meet('sendMessage', async (response, _) => {
    await free
    response.writeHead(500).end('{"ok":false,"error_code":500,"description":"x"}')
  })
  const start = [process.execPath, ...asNode('20.20.2'), starter, join(root, 'src/main.ts')]
  const [file = '', ...args] = command.length > 0 ? [...command, ...start] : start
  const child: ChildProcess = spawn(file, args, {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      PORT: '0',
      DATABASE_URL: `file:${databaseFolder()}/sitrep.db`,
      TELEGRAM_TOKEN: TOKEN,
      TELEGRAM_API_URL: telegram.url,
      ...env,
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let written = ''
  let look = Promise.withResolvers<void>()
  child.stdout?.on('data', chunk => {
    written += chunk
    look.resolve()
    look = Promise.withResolvers()
  })
  const closed = once(child, 'close')
  telegram.push(messageUpdate('/threats'))
  await telegram.next('sendMessage')
  const group = -(child.pid ?? 0)
  return {
    child,
    group,
    telegram,
    release,
    closed,
    stops: () => written.split('"event":"stopping"').length - 1,
    async stopping() {
      while (!written.includes('"event":"stopping"')) await look.promise
    },
    async [Symbol.asyncDispose]() {
      release()
      try {
        process.kill(group, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
      await closed
      await telegram.close()
    },
  }
}

test.each([
  ['SIGTERM', 'the starter'],
  ['SIGINT', 'the starter'],
  ['SIGTERM', 'the whole group'],
  ['SIGINT', 'the whole group'],
  ['SIGHUP', 'the starter'],
  ['SIGHUP', 'the whole group'],
] as const)(
  '%s to %s counts once: what is under way is sent, exit code 0',
  async (signal, whom) => {
    await using bot = await serve()
    process.kill(whom === 'the starter' ? (bot.child.pid ?? 0) : bot.group, signal)
    await bot.stopping()
    bot.release()
    await bot.telegram.shown('700').next()
    expect(await bot.closed).toEqual([0, null])
    expect(bot.stops()).toBe(1)
  },
)

test('a second signal ends the bot at once, with the exit code of a signal', async () => {
  for (const toGroup of [true, false]) {
    await using bot = await serve()
    const target = toGroup ? bot.group : (bot.child.pid ?? 0)
    process.kill(target, 'SIGINT')
    await bot.stopping()
    process.kill(target, 'SIGTERM')
    // The system may hand two signals that wait at once to the starter in either order.
    const [code] = await bot.closed
    expect([130, 143]).toContain(code)
  }
})

test('a starter that is killed takes the bot with it, in order', async () => {
  await using bot = await serve()
  bot.child.kill('SIGKILL')
  await bot.stopping()
  bot.release()
  await bot.telegram.shown('700').next()
  await bot.closed
  expect(bot.stops()).toBe(1)
})

test.each(['SIGTERM', 'SIGHUP'] as const)(
  'npm, which keeps %s for its shell, takes the starter and the bot with it',
  async signal => {
    await using bot = await serve({
      command: ['sh', '-c', '"$0" "$@"; true'],
      env: { npm_lifecycle_event: 'start' },
    })
    bot.child.kill(signal)
    await bot.stopping()
    bot.release()
    await bot.telegram.shown('700').next()
    await bot.closed
  },
)
