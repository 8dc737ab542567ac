import { existsSync } from 'node:fs'
import { text as readAll } from 'node:stream/consumers'
import { announcementBroadcast, applyAction } from '../announcements/actions.ts'
import { changedMessage } from '../announcements/correction.ts'
import { findingsIn, sentenceOf } from '../announcements/findings.ts'
import { type Preflight, preflightOf } from '../announcements/preflight.ts'
import type { TargetPlatform } from '../announcements/target-platform.ts'
import { modulesOf } from '../app/platforms.ts'
import { messageOf } from '../briefing/post-message.ts'
import { systemClock, today } from '../clock.ts'
import type { Config } from '../config.ts'
import { withoutHidden, withoutIdleDirections } from '../content/characters.ts'
import { parseMarkdown } from '../content/markdown.ts'
import { sentences } from '../log.ts'
import type { Message } from '../message.ts'
import { renderDiscord } from '../render/discord.ts'
import { renderTelegram } from '../render/telegram.ts'
import { renderText } from '../render/text.ts'
import { StoreError } from '../store/error.ts'
import { openStore, type Store } from '../store/store.ts'
import { duration } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { follow } from './follow.ts'
import { listBroadcasts } from './list.ts'
import { handlePendingUpdate } from './pending.ts'
import { EXIT, fail, readArguments, readEnvironment, USAGE, UsageError } from './terminal.ts'

/** Longest text, in UTF-16 units: enough for any announcement, and short enough not to delay the sender. */
const TEXT_LENGTH = 20_000

/** Matches a topic that chats can subscribe to. */
const TOPIC = /^(?:announcements|exercises|digest|section:[a-z0-9_]{1,32})$/

const OPTIONS = {
  text: { type: 'string' },
  topic: { type: 'string', default: 'announcements' },
  'dry-run': { type: 'boolean', default: false },
  urgent: { type: 'boolean', default: false },
  publish: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  changes: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  watch: { type: 'string' },
  pause: { type: 'string' },
  resume: { type: 'string' },
  cancel: { type: 'string' },
  correct: { type: 'string' },
  retract: { type: 'string' },
} as const

/** Options that act on an existing broadcast, by its number. */
const ACTS = ['watch', 'pause', 'resume', 'cancel', 'correct', 'retract'] as const
type Act = (typeof ACTS)[number]

type Values = ReturnType<typeof readValues>

function readValues(args: string[]) {
  return readArguments(args, { allowPositionals: false, options: OPTIONS }).values
}

/**
 * Runs `broadcast`: sends an announcement through the running bot, or acts on an earlier one. Resolves to an exit
 * code.
 */
export async function broadcast(args: string[]): Promise<number> {
  const values = readValues(args)
  if (values.help) {
    console.log(USAGE)
    return EXIT.ok
  }
  const acts = ACTS.filter(act => values[act] !== undefined)
  const others = [values.list, values.changes !== undefined].filter(Boolean)
  if (acts.length + others.length > 1) {
    throw new UsageError('One thing at a time: write one of the options with a number.')
  }
  const [act] = acts
  const config = await readEnvironment()
  if (act)
    return withStore(config, store => actOn(store, config, act, numberOf(act, values[act]), values))
  if (values.list) return withStore(config, listBroadcasts)
  if (values.changes !== undefined) {
    const how = values.changes
    const served = targetsOf(config).map(({ name }) => name)
    return withStore(config, store => handlePendingUpdate(store, how, config, served))
  }
  return announce(config, values)
}

/** Runs `work` with the bot's store. Fails if the database file does not exist, because opening would create it. */
async function withStore(
  { databaseUrl }: Config,
  work: (store: Store) => Promise<number>,
): Promise<number> {
  const path = databaseUrl.startsWith('file:') ? databaseUrl.slice('file:'.length) : undefined
  if (path !== undefined && !existsSync(path)) {
    return fail(
      `There is no database at ${path}: start the bot once, or set DATABASE_URL as it has it.`,
      EXIT.io,
    )
  }
  // The command reports errors itself.
  const log = sentences(() => {})
  const store = await openStore({ url: databaseUrl, clock: systemClock, log })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

async function announce(config: Config, values: Values): Promise<number> {
  const { topic, urgent, publish } = values
  if (!TOPIC.test(topic)) {
    throw new UsageError(
      `\`--topic ${topic}\` is not known: write announcements, exercises, digest, or section: and a section’s command.`,
    )
  }
  const said = await readText(values.text)
  if (typeof said === 'string') return fail(said, EXIT.usage)
  const platforms = targetsOf(config)
  if (platforms.length === 0) {
    return fail(
      'Nobody can be reached: set TELEGRAM_TOKEN or DISCORD_TOKEN, as for the bot that is running.',
      EXIT.config,
    )
  }
  const audience = { topic, platforms: platforms.map(({ name }) => name) }
  return withStore(config, async store => {
    const at = systemClock.now()
    const options = { message: said, audience, platforms, at, isUrgent: urgent }
    const preflight = await preflightOf(store.broadcasts, options)
    describe(said, topic, platforms, preflight)
    warn(said, config)
    if (preflight.chats === 0) {
      console.log('Nobody would get it: nothing is sent.')
      return EXIT.ok
    }
    if (values['dry-run']) {
      console.log('This was a dry run: nothing is sent.')
      return EXIT.ok
    }
    const fields = { audience, by: OPERATOR, urgent, publish, message: said }
    const key = `operator ${crypto.randomUUID()}`
    const made = await store.broadcasts
      .create({ ...announcementBroadcast(fields, at), key }, auditEntry('announcement.send'))
      .catch((error: unknown) => {
        if (error instanceof StoreError) console.error('Nothing is kept, and nothing is sent.')
        throw error
      })
    return follow(store, made.id)
  })
}

/** Prints warnings about a message before it is sent. */
function warn(said: Message, { timeZone }: Config): void {
  const findings = findingsIn(said.body, today(systemClock, timeZone))
  for (const finding of findings) console.log(`Warning: ${sentenceOf(finding)}`)
}

/** The name under which the command line acts: only the operator can write to the database. */
const OPERATOR = 'operator'

const auditEntry = (action: string) => ({ actor: OPERATOR, action })

const EMPTY: Message = { body: { type: 'root', children: [] } }

/** Pauses, resumes, stops, corrects or retracts a broadcast, and shows its progress. */
async function actOn(
  store: Store,
  { timeZone }: Config,
  act: Act,
  id: number,
  values: Values,
): Promise<number> {
  const { broadcasts } = store
  const found = await broadcasts.find(id)
  if (!found)
    return fail(`There is no broadcast ${id}: --list shows those that there are.`, EXIT.usage)
  if (act === 'pause' || act === 'resume' || act === 'cancel') {
    const { outcome, broadcast = found } = await applyAction(broadcasts, OPERATOR, id, act)
    if (outcome !== 'done') {
      const state = broadcast.isFinished ? 'finished' : broadcast.state
      return fail(`Broadcast ${id} is ${state}: there is nothing to ${act}.`, EXIT.usage)
    }
    if (act === 'pause') {
      console.log(`Broadcast ${id} rests; --resume ${id} lets it go on.`)
      return EXIT.ok
    }
  } else if (act === 'correct' || act === 'retract') {
    const isBare = act === 'retract' && values.text === undefined
    const said = isBare ? EMPTY : await readText(values.text)
    if (typeof said === 'string') return fail(said, EXIT.usage)
    const text = { body: said.body, lost: [] }
    const change = act === 'correct' ? broadcasts.revise : broadcasts.retract
    const message = changedMessage(act, messageOf(found), text, systemClock.now(), timeZone)
    await change(id, message, auditEntry(`announcement.${act}`))
  }
  return follow(store, id)
}

function numberOf(act: Act, value = ''): number {
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw new UsageError(`\`--${act}\` needs the number of a broadcast: --list shows them.`)
}

/** Reads a text, from standard input if `value` is `-`. Resolves to an error in words if the text is unusable. */
async function readText(value = ''): Promise<Message | string> {
  const text = value === '-' ? await readAll(process.stdin) : value
  if (text.trim() === '') return 'There is no text: write --text "…", or --text - and pipe it in.'
  if (text.length > TEXT_LENGTH) {
    return `The text has ${text.length} characters; ${TEXT_LENGTH} is the most. Shorten it.`
  }
  const parsed = parseMarkdown(withoutIdleDirections(withoutHidden(text)))
  if ('problems' in parsed) {
    const lines = parsed.problems.map(each => `Line ${each.line}: ${each.message} ${each.fix}`)
    return `The text cannot be sent as it is.\n${[...new Set(lines)].join('\n')}`
  }
  for (const { line, message, fix } of parsed.warnings) {
    console.error(`Warning: line ${line}: ${message} ${fix}`)
  }
  const said = { body: parsed.body }
  const isEmpty = renderTelegram(said).length === 0 || renderDiscord(said).length === 0
  return isEmpty ? 'There is nothing in the text that anybody would see.' : said
}

/** Returns the configured platforms without the local chat, which an operator cannot send to. */
function targetsOf(config: Config): readonly TargetPlatform[] {
  return modulesOf(config).filter(({ isLocal }) => !isLocal)
}

/** Prints the message, the number of chats on each platform, and the time that sending takes. */
function describe(
  said: Message,
  topic: string,
  platforms: readonly TargetPlatform[],
  preflight: Preflight,
): void {
  const columns = Math.min(process.stdout.columns ?? 80, 100)
  console.log(`${renderText(said, { columns, style: 'grid', colour: false })}\n`)
  console.log(`To everybody who follows ${topic}:`)
  for (const { platform, chats, messages, seconds = 0 } of preflight.platforms) {
    const rate = platforms.find(({ name }) => name === platform)?.rate
    const each = messages > 1 ? `, ${messages} messages each` : ''
    const takes = chats > 0 ? `; at ${rate} a second ${duration(seconds)}` : ''
    const title = texts.announce.platform(platform)
    console.log(`  ${title}: ${chats} ${chats === 1 ? 'chat' : 'chats'}${each}${takes}`)
  }
}
