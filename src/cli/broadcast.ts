import { existsSync } from 'node:fs'
import { applyAction } from '../announcements/actions.ts'
import { changedMessage } from '../announcements/correction.ts'
import { stateOf } from '../announcements/progress-view.ts'
import type { TargetPlatform } from '../announcements/target-platform.ts'
import { createBackups } from '../app/backups.ts'
import { modulesOf } from '../app/platforms.ts'
import { messageOf } from '../briefing/post-message.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { sqlitePath } from '../database-url.ts'
import { sentences } from '../log.ts'
import type { Message } from '../message.ts'
import type { Broadcast, BroadcastWithMessage } from '../store/ledger/broadcast.ts'
import { openStore, type Store } from '../store/store.ts'
import { alternatives } from '../texts/plurals.ts'
import { texts } from '../texts.ts'
import { announce } from './announce.ts'
import { readText } from './announcement-text.ts'
import { askFirst, printMessage } from './ask-first.ts'
import { auditEntry, OPERATOR } from './audit-entry.ts'
import { noDatabase } from './backup.ts'
import { follow, reportUndone } from './follow.ts'
import { listBroadcasts } from './list.ts'
import { handlePendingUpdate, NO_PLATFORM } from './pending.ts'
import { EXIT, fail, HELP, readArguments, readEnvironment, UsageError } from './terminal.ts'

const words = texts.announcements

/** Matches a topic that chats can subscribe to. */
const TOPIC = /^(?:announcements|events|digest|section:[a-z0-9_]{1,32})$/

const OPTIONS = {
  text: { type: 'string' },
  topic: { type: 'string', default: 'announcements' },
  'dry-run': { type: 'boolean', default: false },
  urgent: { type: 'boolean', default: false },
  publish: { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
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
    console.log(HELP.broadcast)
    return EXIT.ok
  }
  const acts = ACTS.filter(act => values[act] !== undefined)
  const others = [values.list, values.changes !== undefined].filter(Boolean)
  if (acts.length + others.length > 1) {
    throw new UsageError(
      `Use only one of ${alternatives(['--list', '--changes', ...ACTS.map(each => `--${each}`)])}.`,
    )
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
  return send(config, values)
}

/** Runs `work` with the bot's store. Fails if the database file does not exist, because opening would create it. */
async function withStore(config: Config, work: (store: Store) => Promise<number>): Promise<number> {
  const path = sqlitePath(config.databaseUrl)
  if (path !== undefined && !existsSync(path)) return fail(noDatabase(path), EXIT.io)
  // The command reports errors itself.
  const log = sentences(() => {})
  const beforeUpgrade = createBackups({ config, clock: systemClock, log })?.beforeUpgrade
  const url = config.databaseUrl
  const store = await openStore({ url, clock: systemClock, log, beforeUpgrade })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** Reads and sends an announcement. Resolves to an exit code. */
async function send(config: Config, values: Values): Promise<number> {
  // Scripts for earlier releases name the topic by its former name.
  const topic = values.topic === 'exercises' ? 'events' : values.topic
  if (!TOPIC.test(topic)) {
    throw new UsageError(
      `Unknown topic: ${topic}. Use announcements, events, digest or section:COMMAND.`,
    )
  }
  const message = await readText(values.text)
  if (typeof message === 'string') return fail(message, EXIT.usage)
  const platforms = targetsOf(config)
  if (platforms.length === 0) return fail(NO_PLATFORM, EXIT.config)
  return withStore(config, store =>
    announce(store, config, platforms, { ...values, topic, message }),
  )
}

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
  if (!found) return fail(`No announcement #${id}. Use --list to see them all.`, EXIT.usage)
  if (act === 'cancel') {
    const undone = await store.announcements.undo(id, auditEntry('announcement.undo'))
    if (undone.outcome === 'done') return reportUndone(id)
  }
  if (act === 'pause' || act === 'resume' || act === 'cancel') {
    const { outcome, broadcast = found } = await applyAction(broadcasts, OPERATOR, id, act)
    if (outcome !== 'done') return refuse(act === 'cancel' ? 'stop' : act, broadcast)
    if (act === 'pause') {
      console.log(`Paused. Resume with --resume ${id}.`)
      return EXIT.ok
    }
  } else if (act === 'correct' || act === 'retract') {
    const isBare = act === 'retract' && values.text === undefined
    const said = isBare ? EMPTY : await readText(values.text)
    if (typeof said === 'string') return fail(said, EXIT.usage)
    const end = await askToChange(store, act, found, said, values.yes)
    if (end !== undefined) return end
    const text = { body: said.body, lost: [] }
    const change = act === 'correct' ? broadcasts.revise : broadcasts.retract
    const message = changedMessage(act, messageOf(found), text, systemClock.now(), timeZone)
    // The operator answered about this revision, so the new one must not replace a later one.
    if (!(await change(id, message, auditEntry(`announcement.${act}`), found.revision))) {
      const newest = await broadcasts.find(id)
      if (newest?.revision === found.revision) return refuse(act, newest)
      return fail(`Announcement #${id} has changed in the meantime. Nothing changed.`, EXIT.usage)
    }
  }
  return follow(store, id, { timeZone })
}

/** Prints why an announcement does not allow an action. Returns the exit code. */
function refuse(verb: string, broadcast: Broadcast): number {
  const state = words.states[stateOf(broadcast, systemClock.now())]
  return fail(`Can’t ${verb} announcement #${broadcast.id}, because it’s ${state}.`, EXIT.usage)
}

/** Shows the new text, or the one to retract, and asks. Resolves to undefined to go on, and otherwise to an exit code. */
async function askToChange(
  { broadcasts }: Store,
  act: 'correct' | 'retract',
  found: BroadcastWithMessage,
  said: Message,
  yes: boolean,
): Promise<number | undefined> {
  const chats = (await broadcasts.report(found.id))?.reach.any ?? 0
  printMessage(act === 'correct' ? said : messageOf(found))
  return askFirst(texts.announce.acts[act](chats), {
    yes,
    nothing: 'Nothing changed',
    how: `Add --yes to ${act} it.`,
  })
}

function numberOf(act: Act, value = ''): number {
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw new UsageError(`--${act} needs an announcement number (see --list).`)
}

/** Returns the configured platforms without the local chat, which an operator cannot send to. */
function targetsOf(config: Config): readonly TargetPlatform[] {
  return modulesOf(config).filter(({ isLocal }) => !isLocal)
}
