/**
 * Tries the README's commands under every npm and Node that it names: `node .ci/matrix.mjs`, or some
 * pairs with `node .ci/matrix.mjs 10x20 12x26`. Each pair begins with a fresh clone of the last commit.
 * Prints a table in Markdown; exit code 1 if a step has failed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'

const NPMS = ['10', '11', '12']
const NODES = ['20', '22', '24', '26']
/** Longest run of one step, in milliseconds. */
const STEP_MS = 300_000
const TEST_FILE = 'tests/content/shipped.test.ts'

const root = join(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'sitrep-matrix-'))
// PostgreSQL runs as another user where the tests run as root: it has to reach the clone.
chmodSync(work, 0o755)
const clone = join(work, 'clone')
const bin = join(work, 'bin')
const warnings = new Set()
let failed = false

/** Without what an npm around this script has set: its own prefix, its own versions. */
const outer = Object.entries(process.env).filter(
  ([name]) => !name.startsWith('npm_') || name === 'npm_config_registry',
)
const env = {
  ...Object.fromEntries(outer),
  ...{ PATH: [bin, process.env.PATH].join(delimiter), PORT: '0', NO_COLOR: '1' },
}

try {
  const columns = [
    'npm',
    'Node',
    '`npm ci`',
    '`ask`',
    '`npm start`',
    'starter',
    'unit',
    '`npm test`',
  ]
  console.log(`| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`)
  const wanted = process.argv.slice(2)
  for (const [npm, node] of NPMS.flatMap(npm => NODES.map(node => [npm, node]))) {
    if (wanted.length === 0 || wanted.includes(`${npm}x${node}`)) {
      console.log(`| ${(await tryPair(npm, node)).join(' | ')} |`)
    }
  }
  console.log(`\nWarnings of npm:\n${[...warnings].sort().join('\n') || '(none)'}`)
} finally {
  rmSync(work, { recursive: true })
}
process.exitCode = failed ? 1 : 0

/** The cells of one line. */
async function tryPair(npm, node) {
  for (const folder of [clone, bin]) rmSync(folder, { recursive: true, force: true })
  must('git', ['clone', '--quiet', root, clone])
  // As an installed Node brings them: both in one folder, the first on the path.
  mkdirSync(bin)
  const platform = `node-${process.platform}-${process.arch}`
  symlinkSync(join(fetchPackage(platform, node), 'bin/node'), join(bin, 'node'))
  symlinkSync(join(fetchPackage('npm', npm), 'bin/npm-cli.js'), join(bin, 'npm'))
  const versions = [
    ['npm', '--version'],
    ['node', '--version'],
  ].map(line => run(...line))
  const install = run('npm', 'ci')
  for (const [, warning] of install.err.matchAll(/^npm warn (.*)/gim)) {
    // EBADENGINE has several lines; one of them names the package.
    const shown = warning.replace(/^EBADENGINE +package: '(.+)',/, 'EBADENGINE of $1')
    if (!shown.startsWith('EBADENGINE ') || shown !== warning) {
      warnings.add(`npm ${npm}, Node ${node}: ${shown}`)
    }
  }
  const ask = run('npm', 'run', '-s', 'ask', '--', 'threats')
  const isAnswer = ask.err === '' && ask.out.startsWith('Threats and challenges\n')
  const started = await serve('npm', 'start')
  const starter = await serve('node', 'bin/run.mjs', 'src/main.ts')
  const unit = await serve(join('node_modules', platform, 'bin/node'), 'src/main.ts')
  const tests = run('npm', 'test', '--', TEST_FILE)
  const passed = /Tests\s+(\d+) passed/.exec(tests.out)?.[1] ?? 'none'
  return [
    ...versions.map(({ out }) => out.trim()),
    cell(install, install.code === 0),
    cell(ask, isAnswer && ask.code === 0),
    // npm itself ends by the signal, and keeps the bot's exit code to itself.
    cell(started, started.isOrderly),
    cell(starter, starter.isOrderly && starter.code === 0),
    cell(unit, unit.isOrderly && unit.code === 0),
    cell(tests, tests.code === 0, `, ${passed} passed`),
  ]
}

/** `npm` and `node` as they stand in the registry; neither runs an install script. */
function fetchPackage(name, version) {
  const home = join(work, `${name}-${version}`)
  if (!existsSync(home)) {
    must('npm', ['install', '--silent', '--no-save', '--prefix', home, `${name}@${version}`])
  }
  return join(home, 'node_modules', name)
}

/** Runs it in the clone. */
function run(file, ...args) {
  const began = performance.now()
  const options = { cwd: clone, env, encoding: 'utf8', timeout: STEP_MS }
  const { status, signal, stdout, stderr } = spawnSync(file, args, options)
  const seconds = (performance.now() - began) / 1000
  return { code: status ?? signal, out: stdout, err: stderr, seconds }
}

/** Starts the bot, asks for its health, and sends a SIGTERM. Resolves when its output has ended. */
async function serve(file, ...args) {
  const began = performance.now()
  const stdio = ['ignore', 'pipe', 'pipe']
  const child = spawn(file, args, { cwd: clone, env, stdio, timeout: STEP_MS })
  const closed = once(child, 'close')
  const err = text(child.stderr)
  let out = ''
  let answer = ''
  for await (const chunk of child.stdout) {
    out += chunk
    const [, address] = /open at (http:\S+)\n/.exec(out) ?? []
    if (!address || answer) continue
    answer = await fetch(`${address}/healthz`).then(
      response => response.text(),
      error => error.message,
    )
    child.kill('SIGTERM')
  }
  const [code, signal] = await closed
  const seconds = (performance.now() - began) / 1000
  const said = await err
  const isOrderly = answer === 'ok\n' && said.includes('Shutting down after sending')
  return { code: code ?? signal, out, err: said, seconds, isOrderly }
}

/** The cell of one step: its time, or the code with which it failed. */
function cell({ code, seconds, out, err }, isRight, more = '') {
  const time = `${seconds.toFixed(1)} s`
  if (isRight) return `${time}, exit ${code}${more}`
  failed = true
  console.error(`${out}\n${err}`)
  return `**failed** (exit ${code}) after ${time}`
}

function must(file, args) {
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} has failed: ${stderr}`)
}
