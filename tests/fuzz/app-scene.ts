import { PassThrough } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { createService } from '../../src/app/service.ts'
import { readConfig } from '../../src/config.ts'
import { openLog } from '../../src/log.ts'
import { guild, textChannel, VIEW_AND_SEND } from '../platforms/discord/guild.ts'
import { TOKEN as DISCORD_TOKEN, openDiscordServer } from '../platforms/discord/server.ts'
import { openTelegramServer, TOKEN as TELEGRAM_TOKEN } from '../platforms/telegram/server.ts'
import { query } from '../store/raw.ts'
import { databaseFolder } from '../store/stores.ts'
import { CANARY } from './lines.ts'
import { expectDiscordCallTakes, expectTelegramTakes, watchFaults } from './oracle.ts'
import { NAME } from './telegram-updates.ts'

/** Chats whose rows no case may change: what they are called stands in payloads as a lure. */
export const KEPT = {
  telegram: -1_000_042,
  discord: '900000000000000042',
  guild: '900000000000000043',
}

/** The channel with a post that no forged press may change. */
export const OFFICIAL = -1_000_043

/** The server that the bot is in from the start on, and a channel of it. */
export const GUILD = '900000000000000001'
export const CHANNEL = '900000000000000002'

/** All that the bot asks a server for: to see channels, to write there and in threads. */
export const RIGHTS = VIEW_AND_SEND | (1n << 38n)

/** The moderators, who type half of the lines. */
export const MODERATORS = { telegram: 700, discord: '900000000000000700' }

/** Longest wait for the answer to an ordinary question, in milliseconds: far more than it takes. */
const PATIENCE_MS = 10_000

/** The whole bot in this process, before a Telegram and a Discord of its own, with every rule looked at. */
async function openFuzzed(
  folder: string,
  platforms: readonly ('telegram' | 'discord')[],
  webhook = '',
) {
  const [telegram, discord] = await Promise.all([openTelegramServer(), openDiscordServer()])
  const violations: string[] = []
  let broken = Promise.withResolvers<void>()
  const violate = (what: string) => {
    violations.push(what)
    broken.resolve()
  }
  const taken = () => {
    broken = Promise.withResolvers()
    return violations.splice(0)
  }
  const faults = watchFaults(violate)
  const waiting = new Map<string, () => void>()
  let loud = 0
  let last = ''

  const hold = (what: string, check: () => void) => {
    try {
      check()
    } catch (error) {
      violate(`${what}: ${(error as Error).message.slice(0, 2000)}`)
    }
  }
  const seen = (body: unknown) => {
    for (const [, word = ''] of JSON.stringify(body ?? '').matchAll(/(zq\d+zq)/g)) {
      waiting.get(word)?.()
      waiting.delete(word)
    }
  }
  telegram.weather = ({ method, body }) => {
    hold(`${method} ${JSON.stringify(body).slice(0, 3000)}`, () =>
      expectTelegramTakes(method, body),
    )
    const isEdit = /^edit/.test(method) && String(body.chat_id) === String(OFFICIAL)
    if (isEdit) violate(`a reader has changed a post: ${JSON.stringify(body).slice(0, 500)}`)
    seen(body)
    return undefined
  }
  discord.weather = ({ route, body }) => {
    hold(`${route} ${JSON.stringify(body)?.slice(0, 3000)}`, () =>
      expectDiscordCallTakes(route, body),
    )
    seen(body)
    return undefined
  }

  const output = new PassThrough()
  output.on('data', chunk => {
    for (const line of String(chunk).split('\n').filter(Boolean)) {
      if (['warn', 'error', 'fatal'].includes(JSON.parse(line).level)) loud += 1
      last = line
      const leaked = [DISCORD_TOKEN, TELEGRAM_TOKEN, CANARY, NAME].find(each => line.includes(each))
      if (leaked) violate(`${leaked} is in the log: ${line.slice(0, 500)}`)
    }
  })
  // Without redaction by the log: no secret may come as far as that.
  const log = await openLog({ level: 'trace', secrets: [], pretty: false, output })
  const url = `file:${folder}/fuzz-${crypto.randomUUID()}.db`
  const channels = [textChannel(CHANNEL, 1)]
  discord.gateway.guilds = [
    guild(GUILD, RIGHTS, channels),
    guild(KEPT.guild, RIGHTS, [textChannel(KEPT.discord, 1)]),
  ]
  const app = createService(
    readConfig({
      ...{ DATABASE_URL: url, PORT: '0', LOG_LEVEL: 'trace' },
      MODERATORS: `telegram:${MODERATORS.telegram},discord:${MODERATORS.discord}`,
      ...(platforms.includes('telegram') && {
        ...{ TELEGRAM_TOKEN, TELEGRAM_API_URL: telegram.url, TELEGRAM_WEBHOOK_URL: webhook },
      }),
      ...(platforms.includes('discord') && { DISCORD_TOKEN, DISCORD_API_URL: discord.url }),
    }),
    { log, isUnlimited: true },
  )
  app.ended.catch(error => violate(`the app has ended: ${error}`))
  await app.start()
  await query(
    url,
    `insert into chats (platform, address, within, kind, state, zone, cadence, hour, weekday,
       table_style, created_at, changed_at) values
     ('telegram', '${KEPT.telegram}', null, 'group', 'active', 'UTC', 'weekly', 9, 1, 'grid', 0, 0),
     ('telegram', '${OFFICIAL}', null, 'channel', 'active', 'UTC', 'weekly', 9, 1, 'grid', 0, 0),
     ('discord', '${KEPT.discord}', '${KEPT.guild}', 'channel', 'active', 'UTC', 'weekly', 9, 1, 'grid', 0, 0)`,
  )
  await query(url, `insert into subscriptions (chat_id, topic) select id, 'digest' from chats`)
  const kept = () =>
    query(
      url,
      `select c.*, s.topic from chats c join subscriptions s on s.chat_id = c.id
       where c.address in ('${KEPT.telegram}', '${OFFICIAL}', '${KEPT.discord}') order by c.id`,
    )
  const before = JSON.stringify(await kept())
  let asked = 0

  return {
    ...{ app, telegram, discord, url, violate },
    /** A line that only an ordinary question has, and what comes when it is answered. */
    question(): { line: string; answered: Promise<void> } {
      asked += 1
      const word = `zq${asked}zq`
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(word, resolve)
      return { line: `/search ${word}`, answered: promise }
    },
    /** Throws where a rule is broken after so many cases; waits for the questions until then. */
    async check(cases: number, questions: readonly Promise<void>[]): Promise<void> {
      const late = new AbortController()
      const answered = await Promise.race([
        Promise.all(questions).then(() => true),
        broken.promise.then(() => true),
        setTimeout(PATIENCE_MS, false, { signal: late.signal, ref: false }).catch(() => false),
      ])
      late.abort()
      const found = taken()
      if (!answered) found.push(`${waiting.size} of ${questions.length} questions: no answer`)
      if (loud > cases) found.push(`${loud} lines in the log of ${cases} cases, the last ${last}`)
      if (JSON.stringify(await kept()) !== before) found.push('the row of another chat has changed')
      loud = 0
      // Forget the checked calls; otherwise the servers would grow with each case.
      telegram.calls.length = 0
      discord.calls.length = 0
      if (found.length > 0) throw new Error(found.slice(0, 5).join('\n'))
    },
    /** Ends the bot. Rejects if a rule was broken since the last look. */
    async close(): Promise<void> {
      await app.stop()
      await Promise.all([telegram.close(), discord.close()])
      const found = taken()
      faults[Symbol.dispose]()
      if (found.length > 0) throw new Error(`At the end: ${found.slice(0, 5).join('\n')}`)
    },
  }
}

/** Keeps one bot open, in one folder: `open` opens it if it is closed, and `close` closes it if it is open. */
export function reopening(platforms: readonly ('telegram' | 'discord')[], webhook = '') {
  const folder = databaseFolder()
  let bot: Awaited<ReturnType<typeof openFuzzed>> | undefined
  return {
    open: async () => (bot ??= await openFuzzed(folder, platforms, webhook)),
    async close() {
      const ending = bot
      bot = undefined
      await ending?.close()
    },
  }
}
