import { setTimeout } from 'node:timers/promises'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { parseMarkdown } from '../content/markdown.ts'
import { sentences } from '../log.ts'
import type { Message } from '../message.ts'
import { renderDiscord } from '../render/discord.ts'
import { renderTelegram } from '../render/telegram.ts'
import { renderText } from '../render/text.ts'
import type { Audience, Progress } from '../store/broadcast.ts'
import { openStore, type Store } from '../store/store.ts'
import { bar, duration } from './progress.ts'
import { EXIT, fail, readArguments, readEnvironment, UsageError } from './terminal.ts'

/** Longest text, in UTF-16 units: more than anybody reads, less than would hold a sender up. */
const TEXT_LENGTH = 20_000

/** How often the ledger is asked how far it has come, in milliseconds. */
const LOOK_MS = 500

/** What can be announced under: what chats follow. */
const TOPIC = /^(?:announcements|exercises|digest|section:[a-z0-9_]{1,32})$/

interface Platform {
  readonly title: string
  /** Posts a second. */
  readonly rate: number
  /** Messages that it takes. */
  readonly parts: (message: Message) => number
}

/** Sends what an operator has written to everybody who follows a topic, through the bot that runs. */
export async function broadcast(args: string[]): Promise<number> {
  const { values } = readArguments(args, {
    allowPositionals: false,
    options: {
      text: { type: 'string' },
      topic: { type: 'string', default: 'announcements' },
      'dry-run': { type: 'boolean', default: false },
      urgent: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
    },
  })
  const { topic, urgent, publish } = values
  const message = readText(values.text)
  if (!TOPIC.test(topic)) {
    throw new UsageError(
      `\`--topic ${topic}\` is not known: write announcements, exercises, digest, or section: and a section’s command.`,
    )
  }
  const config = await readEnvironment()
  const platforms = platformsOf(config)
  if (Object.keys(platforms).length === 0) {
    return fail(
      'Nobody can be reached: set TELEGRAM_TOKEN or DISCORD_TOKEN, as for the bot that is running.',
      EXIT.config,
    )
  }
  const audience = { topic, platforms: Object.keys(platforms) }
  const log = sentences(text => console.error(text))
  const store = await openStore({ url: config.databaseUrl, clock: systemClock, log })
  try {
    const count = await store.broadcasts.count(audience)
    describe(message, topic, platforms, count)
    if (Object.values(count).every(chats => chats === 0)) {
      console.log('Nobody would get it: nothing is sent.')
      return EXIT.ok
    }
    if (values['dry-run']) {
      console.log('This was a dry run: nothing is sent.')
      return EXIT.ok
    }
    return await send(store, audience, message, { urgent, publish })
  } finally {
    await store.close()
  }
}

function readText(text = ''): Message {
  if (text.trim() === '') throw new UsageError('There is no text: write `--text "…"`.')
  if (text.length > TEXT_LENGTH) {
    throw new UsageError(
      `The text has ${text.length} characters; ${TEXT_LENGTH} is the most. Shorten it.`,
    )
  }
  const parsed = parseMarkdown(text)
  if ('body' in parsed) return { body: parsed.body }
  const told = parsed.problems.map(({ line, message, mend }) => `Line ${line}: ${message} ${mend}`)
  throw new UsageError(`The text cannot be sent as it is.\n${told.join('\n')}`)
}

function platformsOf({ telegram, discord }: Config): Record<string, Platform> {
  return {
    ...(telegram && {
      telegram: {
        title: 'Telegram',
        rate: telegram.rate,
        parts: message => renderTelegram(message).length,
      },
    }),
    ...(discord && {
      discord: {
        title: 'Discord',
        rate: discord.rate,
        parts: message => renderDiscord(message).length,
      },
    }),
  }
}

/** What would go out, to how many, and how long that takes. */
function describe(
  message: Message,
  topic: string,
  platforms: Readonly<Record<string, Platform>>,
  count: Readonly<Record<string, number>>,
): void {
  const columns = Math.min(process.stdout.columns ?? 80, 100)
  console.log(`${renderText(message, { columns, style: 'grid', colour: false })}\n`)
  console.log(`To everybody who follows ${topic}:`)
  for (const [name, { title, rate, parts }] of Object.entries(platforms)) {
    const chats = count[name] ?? 0
    const messages = parts(message)
    const each = messages > 1 ? `, ${messages} messages each` : ''
    const takes = duration((chats * messages) / rate)
    console.log(
      `  ${title}: ${chats} ${chats === 1 ? 'chat' : 'chats'}${each}; at ${rate} a second ${takes}`,
    )
  }
}

async function send(
  store: Store,
  audience: Audience,
  message: Message,
  options: { readonly urgent: boolean; readonly publish: boolean },
): Promise<number> {
  const { id } = await store.broadcasts.create({
    ...{ key: `operator ${crypto.randomUUID()}`, kind: 'announcement', audience },
    ...{ message: JSON.stringify(message), by: 'operator', ...options },
  })
  if (!(await store.lease.isHeld('active'))) {
    console.log(
      `It is kept (number ${id}), but no bot runs on this database: the next one sends it.`,
    )
    return EXIT.ok
  }
  return follow(store, id)
}

/** Shows how far it comes, until it is finished; the bot goes on without us. */
async function follow({ broadcasts }: Store, id: number): Promise<number> {
  const isTerminal = process.stdout.isTTY
  const leave = new AbortController()
  process.once('SIGINT', () => leave.abort())
  if (!isTerminal) console.log(`Number ${id} is being sent.`)
  const begun = performance.now()
  for (;;) {
    const broadcast = await broadcasts.find(id)
    const progress = await broadcasts.progress(id)
    if (isTerminal) {
      process.stdout.write(
        `\r\x1b[K${bar(progress, performance.now() - begun, process.stdout.columns)}`,
      )
    }
    if (!broadcast || broadcast.isFinished || broadcast.state === 'paused') {
      if (isTerminal) console.log()
      return conclude(progress, broadcast?.note)
    }
    await setTimeout(LOOK_MS, undefined, { signal: leave.signal }).catch(() => {})
    if (!leave.signal.aborted) continue
    console.log(`${isTerminal ? '\n' : ''}The bot goes on sending without you watching.`)
    return EXIT.ok
  }
}

/** What those who have not got it are called, by their state. */
const OTHERS = {
  gone: 'cannot be reached any more',
  failed: 'refused',
  skipped: 'did not want it any more',
  uncertain: 'may have got it',
  pending: 'still to be sent',
  claimed: 'under way',
} as const

function conclude(progress: Progress, note?: string): number {
  const all = Object.values(progress).reduce((sum, count) => sum + count, 0)
  const others = Object.entries(OTHERS).flatMap(([state, words]) => {
    const count = progress[state as keyof typeof OTHERS]
    return count > 0 ? [`${count} ${words}`] : []
  })
  const rest = others.length > 0 ? `; ${others.join(', ')}` : ''
  console.log(`It has reached ${progress.sent} of ${all}${rest}.`)
  if (progress.pending === 0 && progress.claimed === 0) return EXIT.ok
  return fail(`It is paused${note ? ` (${note})` : ''}: the bot’s log says why.`, EXIT.unavailable)
}
