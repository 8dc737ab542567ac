import { changeBlocks } from '../briefing/changes.ts'
import { localDay } from '../briefing/local-time.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { sentences } from '../log.ts'
import { message } from '../message.ts'
import { renderText } from '../render/text.ts'
import { createUpdateRound } from '../schedule/update-round.ts'
import type { Store } from '../store/store.ts'
import { EXIT, fail, oneOf } from './terminal.ts'

/** The error if no platform is configured. */
export const NO_PLATFORM =
  'No platform configured. Set the same TELEGRAM_TOKEN or DISCORD_TOKEN as the running bot.'

const ACTIONS = ['show', 'send', 'drop'] as const

/** Shows the pending update, sends it at once, or discards it. Resolves to an exit code. */
export async function handlePendingUpdate(
  store: Store,
  value: string,
  config: Config,
  platforms: readonly string[],
): Promise<number> {
  const how = oneOf('changes', value, ACTIONS)
  if (how === 'send' && platforms.length === 0) {
    return fail(NO_PLATFORM, EXIT.config)
  }
  const log = sentences(() => {})
  const news = createUpdateRound({ ...config, store, clock: systemClock, log, platforms })
  const pending = await news.pending()
  if (!pending) {
    console.log('No pending updates.')
    return EXIT.ok
  }
  const blocks = changeBlocks(pending.changes, pending.edition)
  const columns = Math.min(process.stdout.columns ?? 80, 100)
  console.log(renderText(message(blocks), { columns, style: 'grid', colour: false }))
  if (how === 'show') {
    const at = localDay(pending.dueAt, config.timeZone, systemClock.now())
    const when = pending.needsApproval
      ? 'On hold. Use --changes send or --changes drop.'
      : `Goes out on ${at} (${config.timeZone}). Use --changes drop to discard it.`
    console.log(`\n${when}`)
    return EXIT.ok
  }
  if (!(await news.decide(how))) {
    return fail('\nJust sent or edited again. Run --changes show.', EXIT.usage)
  }
  console.log(
    how === 'send' ? '\nSending now.' : '\nDiscarded. It’ll still appear in digests and /changes.',
  )
  return EXIT.ok
}
