import { flushCompileCache } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { exposure } from '../file-modes.ts'
import { collectGarbage } from './collect-garbage.ts'
import { secretsOf } from './secrets.ts'
import { EXIT, envFile, fail } from './terminal.ts'

/** Longest wait at the end for work in progress, in milliseconds. */
const DRAIN_MS = 10_000

/** Time from the start to the collection of its garbage, in milliseconds. The first requests are answered by then. */
const COLLECT_MS = 10_000

/** How the process ends: the exit code, and what the last line of the log says. */
interface End {
  readonly exitCode: number
  /** The name of a signal, or `error`. */
  readonly reason: string
  readonly text: string
}

const stopped = (signal: string): End => ({
  exitCode: EXIT.ok,
  reason: signal,
  text: 'Stopped.',
})

const failed = (exitCode: number, text: string): End => ({ exitCode, reason: 'error', text })

/** Standard output is closed: the process that read the log has ended. */
export class OutputError extends Error {}

/**
 * Serves until a signal arrives, no platform is left, or an unexpected error occurs. Starts anew at the same address if
 * the user of the local chat chooses another briefing. Resolves to an exit code. Throws {@link ConfigError} if a platform
 * is required and none is configured.
 */
export async function serve(config: Config, outputLost: Promise<never>): Promise<number> {
  const { discord, telegram } = config
  const isLocal = !discord && !telegram
  if (isLocal) {
    // Only a start needs a platform. `ask` and `check` work without one.
    if (config.requiresPlatforms) {
      const { ConfigError } = await import('../config.ts')
      throw new ConfigError(['REQUIRE_PLATFORMS: needs TELEGRAM_TOKEN or DISCORD_TOKEN as well'])
    }
    // A supervisor sees a healthy process.
    console.error(`No token in the environment or ${envFile()}, so this starts the local preview.`)
  }
  const { openLog, sentences } = await import('../log.ts')
  const { UNEXPECTED, UnexpectedError, untilEnd } = await import('./shutdown.ts')
  const fullLog = await openLog({
    level: config.logLevel,
    secrets: secretsOf(config),
    pretty: process.stdout.isTTY,
    output: process.stdout,
  })
  const { createService } = await import('../app/service.ts')
  // The user of the local chat gets plain sentences, the operator of a bot gets the log. Both get unexpected errors in
  // full.
  const log = isLocal
    ? { ...sentences(console.error), fatal: fullLog.fatal.bind(fullLog) }
    : fullLog
  const exposed = exposure([envFile()])
  if (exposed) log.warn({ event: 'env.exposed' }, `${exposed.text} ${exposed.fix}`)
  const end = untilEnd(log, process.env.npm_lifecycle_event !== undefined)
  const { editionChoice } = isLocal ? await import('./editions.ts') : {}

  let current = config
  for (;;) {
    const next = await serveOnce(current)
    if ('exitCode' in next) {
      logEnd(next)
      return next.exitCode
    }
    current = next
    console.log(`Starting again with the briefing in ${next.contentDir}.`)
  }

  function logEnd({ exitCode, reason, text }: End): void {
    if (isLocal) return
    log[exitCode === EXIT.ok ? 'info' : 'fatal']({ event: 'stopped', reason, exitCode }, text)
  }

  /** Serves one briefing. Resolves to the end, or to the configuration with another briefing. */
  async function serveOnce(config: Config): Promise<End | Config> {
    const { promise: chosen, resolve: choose } = Promise.withResolvers<Config>()
    const service = createService(config, {
      log,
      editionChoice: editionChoice?.(config, contentDir => {
        choose({ ...config, contentDir, port: Number(new URL(service.address()).port) })
      }),
    })
    let collecting: NodeJS.Timeout | undefined
    try {
      const serving = (async () => {
        await service.start()
        collecting = setTimeout(collectGarbage, COLLECT_MS).unref()
        // Flush now, because a process that is killed would not reach its end.
        flushCompileCache()
        if (isLocal) {
          console.log(`Sitrep is open at ${service.address()}`)
          console.log('Open it in a browser on this machine. Ctrl-C to stop.')
        } else
          log.info(
            { event: 'started', address: service.address() },
            `Health: ${service.address()}/readyz`,
          )
        return await service.ended
      })()
      const next = await Promise.race([serving, end, outputLost, chosen])
      if (typeof next === 'string') return stopped(next)
      // The next service takes the same port, so this one has to end first.
      const signal = await Promise.race([service.stop(), end, outputLost])
      return signal ? stopped(signal) : next
    } catch (error) {
      const { ContentError } = await import('../content/problem.ts')
      const { PlatformError } = await import('../platform.ts')
      const { StoreError } = await import('../store/error.ts')
      if (error instanceof ContentError) {
        logEnd(failed(EXIT.content, error.message))
        throw error
      }
      const isIo = error instanceof OutputError || error instanceof StoreError
      if (isIo || error instanceof PlatformError) {
        return failed(fail(error.message, isIo ? EXIT.io : EXIT.unavailable), error.message)
      }
      if (!(error instanceof UnexpectedError)) {
        log.fatal({ event: 'process.failed', err: error }, UNEXPECTED)
      }
      return failed(EXIT.software, 'Stopped after an unexpected error.')
    } finally {
      clearTimeout(collecting)
      await Promise.race([service.stop(), sleep(DRAIN_MS, undefined, { ref: false })])
    }
  }
}
