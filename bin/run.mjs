/**
 * Hands over to the Node that Sitrep needs: `node bin/run.mjs [NAME=value …] [arguments of Node …]`.
 * The machine's own Node may start this file, so its syntax is that of Node 12.20.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** How often the starter looks whether npm is still there, in milliseconds. */
const ORPHANED_MS = 500

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const { engines, optionalDependencies } = require('../package.json')
const needed = Number(engines.node.replace('>=', ''))

const args = process.argv.slice(2)
const env = Object.assign({}, process.env)
while (/^[A-Z_]+=/.test(args[0])) {
  const [name, ...value] = args.shift().split('=')
  env[name] = value.join('=')
}

const { runtime, problem } = findRuntime()
if (!runtime) fail(problem)
// The same process goes on: the caller's signals, streams and exit code need no relay.
else if (process.execve && process.platform !== 'win32')
  process.execve(runtime, [runtime, ...args], env)
else relay(spawn(runtime, args, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] }))

/** The `runtime` of this platform's package, else the Node that runs this file, else the `problem`. */
function findRuntime() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const platform = `${system}-${process.arch}`
  const name = Object.keys(optionalDependencies).find(each => each.endsWith(`-${platform}`))
  const bundled = name && locate(name)
  const fault = bundled && probe(bundled)
  if (bundled && fault === undefined) return { runtime: bundled }
  const install = `install Node ${needed} or later`
  if (!existsSync(join(root, 'node_modules'))) {
    return { problem: 'Sitrep is not installed yet: run `npm ci` first.' }
  }
  if (Number.parseInt(process.versions.node, 10) >= needed) return { runtime: process.execPath }
  if (!name) return { problem: `Sitrep brings no Node for ${platform}: ${install}.` }
  if (!bundled) {
    const again = 'run `npm ci --include=optional`'
    return { problem: `The package ${name} is not installed: ${again}, or ${install}.` }
  }
  return { problem: `The Node of ${name} does not run on this system${fault}: ${install}.` }
}

/** The package's program; undefined if the package is not there. */
function locate(name) {
  try {
    return require.resolve(`${name}/${require(`${name}/package.json`).bin.node}`)
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/**
 * Returns undefined if the program runs, else the likely cause in brackets. Another C library, an old one, a missing one, or
 * a mount without `exec` shows only when the program runs.
 */
function probe(program) {
  // Without /proc, Node knows only the name by which it was called.
  const { execPath } = process
  if (existsSync(execPath) && realpathSync(execPath) === realpathSync(program)) return undefined
  // An option in NODE_OPTIONS that this Node does not know would fail the probe.
  const plain = Object.assign({}, env, { NODE_OPTIONS: '' })
  const { status, stderr } = spawnSync(program, ['--version'], { env: plain, encoding: 'utf8' })
  if (status === 0) return undefined
  if (process.platform !== 'linux') return ''
  const [, library] = /shared libraries: (lib[\w+.-]+): cannot open/.exec(stderr) || []
  if (library) return ` (it needs the library ${library}, which your distribution has)`
  const isGlibc = process.report.getReport().header.glibcVersionRuntime
  if (isGlibc) return ' (it needs glibc 2.28 or later)'
  return ' (it needs glibc, and this Node is built for musl; on Alpine, `apk add nodejs-current`)'
}

/** Passes signals on to the child, and ends as the child ends. */
function relay(child) {
  let counts = false
  let passed = false
  // The bot counts what is passed on apart from what it gets itself: a signal to the whole process
  // group, or to the whole control group, reaches both processes.
  child.on('message', message => {
    counts = message === 'counts signals'
  })
  function pass(signal) {
    passed = true
    if (counts && child.connected) child.send(signal)
    // A terminal sends its Ctrl-C to both processes.
    else if (signal !== 'SIGINT' || !isatty(0)) child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, () => pass(signal))
  if (env.npm_lifecycle_event !== undefined) {
    // npm hands a signal to its shell, which ends and tells nothing to this process.
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid !== parent && !passed) pass('SIGTERM')
    }, ORPHANED_MS).unref()
  }
  child.on('error', error => fail(`The Node at ${runtime} cannot be started (${error.code}).`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const each of SIGNALS) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  })
}

function fail(sentence) {
  console.error(sentence)
  process.exitCode = EXIT_CONFIG
}
