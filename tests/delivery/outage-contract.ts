import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../bot-process.ts'
import { TOKEN as DISCORD_TOKEN, openDiscordServer } from '../platforms/discord/server.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { type Breakable, type Outage, openLockable, openProxy } from '../store/outages.ts'
import { fill } from '../store/raw.ts'
import { type Dialect, newDatabase, openTestStore } from '../store/stores.ts'
import { announcement, ledgerRows, longMessage } from './scene.ts'

export interface OutageOptions {
  readonly dialect: Dialect
  /** Chats of each platform. */
  readonly chats: number
  readonly how: Outage
  /** Length of the outage, in milliseconds. */
  readonly awayMs: number
  /** Life of a lease, in milliseconds. */
  readonly ttlMs: number
  /** The outage begins with this send of the broadcast, counted from 1. */
  readonly at: number
  /** Whether each message has several parts on Telegram. */
  readonly isLong?: boolean
}

/** The result of a broadcast to both platforms during which the database was away. */
export interface Outcome {
  /** Messages beyond one of each part. */
  readonly doubled: number
  /** Chats without the whole message. */
  readonly lost: number
  /** Chats that the ledger has as perhaps doubled. */
  readonly admitted: number
  /** Terms that the process has had. */
  readonly terms: number
}

/** Plays an outage in the middle of a broadcast by one process, whose every send is answered. */
export async function playOutage(options: OutageOptions): Promise<Outcome> {
  const { dialect, chats, how, awayMs, ttlMs, at, isLong = false } = options
  const [telegram, discord] = [await openTelegramServer(), await openDiscordServer()]
  onTestFinished(() => Promise.all([telegram.close(), discord.close()]).then(() => {}))
  const url = await newDatabase(dialect)
  const { store } = await openTestStore({ url })
  for (const platform of ['telegram', 'discord'] as const) await fill(url, platform, chats)
  const database: Breakable = dialect === 'postgres' ? await openProxy(url) : openLockable(url)

  let sends = 0
  const away = Promise.withResolvers<void>()
  const strike = () => {
    sends += 1
    if (sends === at) database.fail(how).then(away.resolve, away.reject)
  }
  telegram.weather = ({ method }) => {
    if (method === 'sendMessage') strike()
    return undefined
  }
  discord.weather = ({ route }) => {
    if (/^POST .*messages$/.test(route)) strike()
    return undefined
  }
  const bot = startBot('bot', telegram, database.url, ttlMs, {
    ...{ DISCORD_TOKEN, DISCORD_API_URL: discord.url, UNLIMITED: '1' },
  })
  const message = isLong ? { message: longMessage(5) } : {}
  const { id } = await store.broadcasts.create(announcement(message))
  await away.promise
  await new Promise(resolve => setTimeout(resolve, awayMs))
  await database.restore()
  while (!(await store.broadcasts.find(id))?.isFinished) {
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  bot.child.kill('SIGTERM')
  await bot.exit

  const rows = await ledgerRows(url, id)
  let [doubled, lost, admitted] = [0, 2 * chats - rows.length, 0]
  for (const { platform, address, state, message_ids, repeated } of rows) {
    const { taken } = platform === 'telegram' ? telegram : discord
    const held = [...(taken.get(address)?.keys() ?? [])].map(String)
    const known: string[] = JSON.parse(message_ids ?? '[]')
    const isWhole = state === 'sent' && known.length > 0 && known.every(each => held.includes(each))
    lost += Number(!isWhole)
    doubled += held.length - known.length
    admitted += Number(repeated > 0)
  }
  return { doubled, lost, admitted, terms: bot.count('lease.acquired') }
}

/** The life of a lease, in milliseconds: a tenth of an operator's. */
const SHORT_TTL_MS = 1000

/** Chats of each platform, and the sends of short and of long messages after which a database is away. */
const FEW = { chats: 60, at: 27, atLong: 93 }

type Case = readonly [
  dialect: OutageOptions['dialect'],
  how: OutageOptions['how'],
  awayMs: number,
  isLong: boolean,
]

/** Declares a test for each outage: the end of the outage repeats no message that was answered. */
export function outageContract(cases: readonly Case[]): void {
  test.for(cases)(
    'nothing that was answered is sent again after %s %s for %d ms, long messages: %s',
    { timeout: 60_000 },
    async ([dialect, how, awayMs, isLong]) => {
      const at = isLong ? FEW.atLong : FEW.at
      const options = { dialect, how, awayMs, isLong, ttlMs: SHORT_TTL_MS, at, chats: FEW.chats }
      const { terms, ...outcome } = await playOutage(options)
      expect(outcome).toEqual({ doubled: 0, lost: 0, admitted: 0 })
      // The outage was longer than the lease, so the process lost it.
      if (awayMs > SHORT_TTL_MS) expect(terms).toBeGreaterThan(1)
    },
  )
}
