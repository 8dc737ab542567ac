import { announcementBroadcast } from '../announcements/actions.ts'
import { findingsIn, sentenceOf } from '../announcements/findings.ts'
import { type Preflight, preflightOf } from '../announcements/preflight.ts'
import { preflightFacts, preflightWarnings } from '../announcements/preflight-facts.ts'
import type { TargetPlatform } from '../announcements/target-platform.ts'
import { startOf } from '../announcements/undo-window.ts'
import { asUrgent } from '../briefing/post-message.ts'
import { systemClock, today } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Message } from '../message.ts'
import { StoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import { askFirst, printMessage } from './ask-first.ts'
import { auditEntry, OPERATOR } from './audit-entry.ts'
import { follow } from './follow.ts'
import { EXIT } from './terminal.ts'

const words = texts.announce

/** An announcement as the operator typed it. */
export interface TypedAnnouncement {
  readonly message: Message
  readonly topic: string
  readonly urgent: boolean
  readonly publish: boolean
  readonly 'dry-run': boolean
  /** Whether to send without a question. */
  readonly yes: boolean
}

/**
 * Shows an announcement and its preflight, asks, and sends it after the undo window. Shows its progress. Resolves to an
 * exit code.
 */
export async function announce(
  store: Store,
  config: Config,
  platforms: readonly TargetPlatform[],
  typed: TypedAnnouncement,
): Promise<number> {
  const { topic, urgent, publish } = typed
  const said = urgent ? asUrgent(typed.message) : typed.message
  const audience = { topic, platforms: platforms.map(({ name }) => name) }
  const { undoWindowMs } = config
  const startAt = () => startOf({ now: systemClock.now(), undoWindowMs, isUrgent: urgent })
  const at = startAt()
  const preflight = await preflightOf(store.broadcasts, {
    ...{ message: said, audience, platforms, at, isUrgent: urgent },
  })
  describe({ ...typed, message: said }, preflight, at, config)
  if (preflight.chats === 0) {
    console.log('No subscribers to send to. Nothing sent.')
    return EXIT.ok
  }
  if (typed['dry-run']) {
    console.log('Dry run: nothing sent.')
    return EXIT.ok
  }
  const end = await askFirst(words.acts.send(preflight.chats), {
    yes: typed.yes,
    nothing: 'Nothing sent',
    how: 'Add --yes to send it, or --dry-run to check it.',
  })
  if (end !== undefined) return end
  const startsAt = startAt()
  const fields = { audience, by: OPERATOR, urgent, publish, message: said, startsAt }
  const key = `operator ${crypto.randomUUID()}`
  const made = await store.broadcasts
    .create({ ...announcementBroadcast(fields, startsAt), key }, auditEntry('announcement.send'))
    .catch((error: unknown) => {
      if (error instanceof StoreError) console.error('Nothing saved, nothing sent.')
      throw error
    })
  return follow(store, made.id, { timeZone: config.timeZone, mayUndo: true })
}

/** Prints the message, its audience and timing, and warnings: what the chat's draft shows a moderator. */
function describe(
  { message: said, topic, urgent }: TypedAnnouncement,
  preflight: Preflight,
  startsAt: Temporal.Instant,
  { timeZone }: Config,
): void {
  printMessage(said)
  const { topics } = texts.settings
  const title = topic in topics ? topics[topic as keyof typeof topics] : topic
  const seconds = Math.round(startsAt.since(systemClock.now()).total('seconds'))
  const facts = [
    words.everybody(title),
    words.atOnce(seconds),
    ...(urgent ? [words.urgent] : []),
    ...preflightFacts(preflight),
  ]
  for (const fact of facts) console.log(`  ${fact}`)
  const findings = findingsIn(said.body, today(systemClock, timeZone)).map(sentenceOf)
  for (const warning of [...preflightWarnings(preflight), ...findings]) {
    console.log(`Warning: ${warning}`)
  }
}
