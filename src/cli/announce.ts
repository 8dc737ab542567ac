import { createInterface } from 'node:readline/promises'
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
import { renderText } from '../render/text.ts'
import { StoreError } from '../store/error.ts'
import type { Store } from '../store/store.ts'
import { texts } from '../texts.ts'
import { auditEntry, OPERATOR } from './audit-entry.ts'
import { follow } from './follow.ts'
import { EXIT, fail } from './terminal.ts'

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
  const answer = typed.yes ? 'yes' : await ask(words.acts.send(preflight.chats))
  if (answer === 'unasked') {
    return fail(
      'Nothing sent, because there is no terminal to ask in. Add --yes to send it, or --dry-run to check it.',
      EXIT.usage,
    )
  }
  if (answer === 'no') {
    console.log('Nothing sent.')
    return EXIT.ok
  }
  const startsAt = startAt()
  const fields = { audience, by: OPERATOR, urgent, publish, message: said, startsAt }
  const key = `operator ${crypto.randomUUID()}`
  const made = await store.broadcasts
    .create({ ...announcementBroadcast(fields, startsAt), key }, auditEntry('announcement.send'))
    .catch((error: unknown) => {
      if (error instanceof StoreError) console.error('Nothing saved, nothing sent.')
      throw error
    })
  return follow(store, made.id, { mayUndo: true })
}

/** Prints the message, its audience and timing, and warnings: what the chat's draft shows a moderator. */
function describe(
  { message: said, topic, urgent }: TypedAnnouncement,
  preflight: Preflight,
  startsAt: Temporal.Instant,
  { timeZone }: Config,
): void {
  const columns = Math.min(process.stdout.columns || 80, 100)
  console.log(`${renderText(said, { columns, style: 'grid', colour: false })}\n`)
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

/** Asks a question on the terminal. Resolves to `unasked` if there is none. */
async function ask(question: string): Promise<'yes' | 'no' | 'unasked'> {
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY) return 'unasked'
  const terminal = createInterface({ input: stdin, output: stdout })
  const closed = new Promise<string>(resolve => terminal.once('close', () => resolve('')))
  const answer = await Promise.race([terminal.question(`${question}? [y/N] `), closed])
  terminal.close()
  return /^y(?:es)?$/i.test(answer.trim()) ? 'yes' : 'no'
}
