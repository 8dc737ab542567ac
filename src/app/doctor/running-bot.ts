import { type CheckResult, resultsOf } from '../../check-result.ts'
import { readBody } from '../../platforms/read-body.ts'
import { quote } from '../../redact.ts'

const { ok, warning, error } = resultsOf('bot')

/** Most bytes of an answer. A report of `/readyz` has some hundreds, so a longer one comes from another program. */
const MOST_BYTES = 100_000

/** The answer at `/readyz`; `silent`: nothing listens there, or there is no answer in time. */
export type ReadyAnswer = { readonly status: number; readonly body: string } | 'refused' | 'silent'

/** Returns the address at which a bot with this `HOST` and `PORT` answers on this machine. Pure. */
export function localAddress(host: string, port: number): string {
  const local = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`
}

/** Asks the bot at an address if it is ready. Never rejects. */
export async function askReadiness(address: string, signal: AbortSignal): Promise<ReadyAnswer> {
  try {
    const response = await fetch(`${address}/readyz`, { signal, redirect: 'manual' })
    const body = await readBody(response.body, MOST_BYTES)
    return { status: response.status, body: String(body ?? '') }
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } }
    return cause?.code === 'ECONNREFUSED' ? 'refused' : 'silent'
  }
}

export interface BotFacts {
  readonly address: string
  /** The process that holds the lease; undefined if none does, or if that is unknown. */
  readonly holder: string | undefined
  /** Whether a bot has run on the database. */
  readonly hasRun: boolean
  readonly secrets: readonly string[]
}

/** Judges the answer at `HOST`:`PORT`. Pure. */
export function judgeReadiness(answer: ReadyAnswer, facts: BotFacts): CheckResult[] {
  const { address, holder, hasRun, secrets } = facts
  if (answer === 'refused') {
    return holder === undefined
      ? [
          hasRun
            ? warning(
                `The bot is stopped: none runs at ${address} or on its database.`,
                'Start it: `systemctl start sitrep`, or `bin/sitrep`.',
              )
            : ok(`No bot runs at ${address}.`),
        ]
      : [
          warning(
            `A bot holds the lease, but none answers at ${address}.`,
            'If it runs on this machine, set HOST and PORT to its own. Otherwise run this on its machine.',
          ),
        ]
  }
  if (answer === 'silent') {
    return [
      error(
        `The program at ${address} doesn’t answer.`,
        'If it is the bot, restart it. Otherwise set PORT.',
      ),
    ]
  }
  const parts = partsIn(answer.body)
  if (!parts) {
    return [
      error(
        `Another program than Sitrep answers at ${address}.`,
        'Stop that program, or set PORT to a free port.',
      ),
    ]
  }
  const wrong = Object.entries(parts).filter(([, part]) => Object(part).ready !== true)
  const said = (name: string, part: unknown): string => {
    const { status, reason } = Object(part) as { status?: unknown; reason?: unknown }
    return `${quote(name, secrets)}: ${quote(String(reason ?? status ?? 'no reason given'), secrets)}`
  }
  if (wrong.length > 0) {
    return wrong.map(([name, part]) =>
      error(`The bot at ${address} is not ready. ${said(name, part)}`),
    )
  }
  // A part in trouble that doesn't concern people who ask, such as the backups, stays ready.
  const degraded = Object.entries(parts).filter(([, part]) => Object(part).reason !== undefined)
  return [
    ok(`The bot at ${address} is ready.`),
    ...degraded.map(([name, part]) =>
      warning(`The bot at ${address} has a problem. ${said(name, part)}`),
    ),
  ]
}

/** Reads the parts of a report; undefined if the body is no report. Pure. */
function partsIn(body: string): object | undefined {
  try {
    const { ready, parts } = Object(JSON.parse(body)) as { ready?: unknown; parts?: unknown }
    const isReport = typeof ready === 'boolean' && typeof parts === 'object' && parts !== null
    return isReport ? parts : undefined
  } catch {
    return undefined
  }
}
