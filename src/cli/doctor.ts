import { styleText } from 'node:util'
import { examine } from '../app/doctor/examine.ts'
import { machineChecks } from '../app/doctor/machine.ts'
import { runChecks } from '../app/doctor/run-checks.ts'
import { type CheckLevel, type CheckResult, resultsOf } from '../check-result.ts'
import { systemClock } from '../clock.ts'
import { type Config, ConfigError } from '../config.ts'
import { exposure } from '../file-modes.ts'
import { redact } from '../redact.ts'
import { counted, listed } from '../texts/plurals.ts'
import { secretsOf } from './secrets.ts'
import { createStatusLine } from './status-line.ts'
import { EXIT, envFile, HELP, readArguments, readEnvironment } from './terminal.ts'

/** Longest time of the checks without a configuration, in milliseconds. */
const TOTAL_MS = 12_000

/** Exit codes by part, in the order in which a start would fail. Other parts have that of a platform. */
const CODES: Readonly<Record<string, number>> = {
  configuration: EXIT.config,
  content: EXIT.content,
  database: EXIT.io,
  disk: EXIT.io,
}

/**
 * Checks the installation, and prints one line per result, errors first. Resolves to 0 without an error, otherwise to the
 * exit code of the first part in the order of a start that has one.
 */
export async function doctor(args: string[]): Promise<number> {
  const { values } = readArguments(args, {
    allowPositionals: false,
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP.doctor)
    return EXIT.ok
  }
  const status = createStatusLine()
  const onProgress = (open: readonly string[]) => status.show(`Checking: ${open.join(', ')} …`)
  const results = sorted(await gather(onProgress).finally(status.end))
  if (values.json) console.log(JSON.stringify(results, null, 2))
  else print(results)
  // The process ends without a wait for open handles, and a pipe of Windows is written later.
  await new Promise<void>(resolve => process.stdout.write('', () => resolve()))
  return exitCodeOf(results)
}

/** Resolves to the results of all checks, without secrets. A wrong configuration leaves only those of this machine. */
async function gather(onProgress: (open: readonly string[]) => void): Promise<CheckResult[]> {
  const clock = systemClock
  const warnings: string[] = []
  const warn = (text: string) => void warnings.push(text)
  const exposed = exposure([envFile()])
  const settings = resultsOf('configuration')
  const modes = exposed ? [settings.warning(exposed.text, exposed.fix)] : []
  let config: Config
  try {
    config = await readEnvironment(warn)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const fix = `Fix it in ${envFile()} or the environment. Then run this again for the other checks.`
    return [
      ...error.message
        .split('\n')
        .map(problem => settings.error(/[.?]$/.test(problem) ? problem : `${problem}.`, fix)),
      ...warnings.map(text => settings.warning(text)),
      ...modes,
      ...(await runChecks(machineChecks(clock), { clock, totalMs: TOTAL_MS, onProgress })),
    ]
  }
  const secrets = secretsOf(config)
  const environment = process.env
  const found = await examine(config, { clock, warnings, environment, secrets, onProgress })
  return [...modes, ...found].map(each => ({
    ...each,
    text: redact(each.text, secrets),
    ...(each.fix !== undefined && { fix: redact(each.fix, secrets) }),
  }))
}

const ORDER: readonly CheckLevel[] = ['error', 'warning', 'ok']

function sorted(results: readonly CheckResult[]): CheckResult[] {
  return ORDER.flatMap(level => results.filter(each => each.level === level))
}

/** Returns the exit code for the results. Pure. */
export function exitCodeOf(results: readonly CheckResult[]): number {
  const failed = results.filter(({ level }) => level === 'error').map(({ part }) => part)
  if (failed.length === 0) return EXIT.ok
  const first = Object.keys(CODES).find(part => failed.includes(part))
  return CODES[first ?? ''] ?? EXIT.unavailable
}

const COLOURS = { error: 'red', warning: 'yellow', ok: 'green' } as const

/** Widest name of a level, in columns. */
const WIDTH = 'warning'.length

function print(results: readonly CheckResult[]): void {
  for (const [index, { part, level, text, fix }] of results.entries()) {
    const label = styleText(COLOURS[level], level.padEnd(WIDTH), { stream: process.stdout })
    console.log(`${label}  ${part}: ${text}`)
    // Advice that several lines share stands below the last of them.
    if (fix !== undefined && fix !== results[index + 1]?.fix)
      console.log(`${' '.repeat(WIDTH + 2)}→ ${fix}`)
  }
  const count = (level: CheckLevel) => results.filter(each => each.level === level).length
  const all = listed([
    counted(count('error'), 'error', 'errors'),
    counted(count('warning'), 'warning', 'warnings'),
    `${count('ok')} ok`,
  ])
  console.log(`\n${all}.`)
}
