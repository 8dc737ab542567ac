import { setTimeout } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type BotProcess, startBot } from '../bot-process.ts'
import { announcement, ledgerRows, saying } from '../delivery/scene.ts'
import { EVENTS } from '../fuzz/discord-events.ts'
import { mutate } from '../fuzz/mutate.ts'
import { UPDATES } from '../fuzz/telegram-updates.ts'
import { interactionBase } from '../platforms/discord/person.ts'
import {
  TOKEN as DISCORD_TOKEN,
  openDiscordServer,
  snowflake,
} from '../platforms/discord/server.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { random } from '../random.ts'
import { fill } from '../store/raw.ts'
import { DIALECTS, newDatabase, openTestStore } from '../store/stores.ts'
import { lockableSqlite, postgresBehindProxy } from './outages.ts'
import { DISCORD, GATEWAY, TELEGRAM } from './weather.ts'

const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)

/** Number of platform faults in a run, in addition to each fault of the bot. */
const STEPS = Number(process.env.CHAOS_STEPS ?? 6)

/** Chats of each platform. */
const CHATS = 300

const TTL_MS = 2000

/** Longest wait for an answer once all is well, in milliseconds: a process that begins anew takes a few. */
const WELL_MS = 30_000

/** Answers that an outage may lose on their way: what is under way in the moment of a cut. */
const LOST = 2

/** Sets the clock of the process a quarter of an hour ahead at SIGUSR2, and right again at the next one. */
const SKEW = `data:text/javascript,${encodeURIComponent(`
  let ms = 0
  const { now } = Date
  const { instant } = Temporal.Now
  Date.now = () => now() + ms
  Temporal.Now.instant = () => instant().add({ milliseconds: ms })
  process.on('SIGUSR2', () => { ms = ms === 0 ? 900_000 : 0 })
`)}`

describe.for(DIALECTS)('whatever befalls a bot on %s', dialect => {
  test('after the storm the bot answers again, has lost no chat, and repeats no message that it knows of', {
    timeout: 600_000,
  }, async () => {
    console.log(`chaos on ${dialect}: CHAOS_SEED=${SEED} CHAOS_STEPS=${STEPS}`)
    const chance = random(SEED)
    const [telegram, discord] = [await openTelegramServer(), await openDiscordServer()]
    onTestFinished(() => Promise.all([telegram.close(), discord.close()]).then(() => {}))
    const direct = await newDatabase(dialect)
    const { store } = await openTestStore({ url: direct })
    const outage =
      dialect === 'postgres' ? await postgresBehindProxy(direct) : lockableSqlite(direct)
    await fill(direct, 'telegram', CHATS)
    await fill(direct, 'discord', CHATS)

    const found: string[] = []
    const note = (what: string) => {
      console.log(`chaos on ${dialect}: ${what}`)
      found.push(what)
    }
    let [befallen, cuts, known, worstMs, started] = ['nothing', 0, 0, 0, 0]
    let telegramFault: (typeof TELEGRAM)[string] | undefined
    let discordFault: (typeof DISCORD)[string] | undefined
    /** The process that got the response to each sent message. */
    const answered = new Map<string, string>()
    telegram.weather = ({ method, from, body }) => {
      if (telegramFault) return { fault: telegramFault }
      if (method !== 'sendMessage' || !/^Broadcast/.test(body.text)) return undefined
      const key = `${body.chat_id} ${body.text}`
      if (answered.get(key) === from) known += 1
      answered.set(key, from)
      return undefined
    }
    discord.weather = ({ route }) =>
      discordFault && !/gateway/.test(route) ? { fault: discordFault } : undefined

    const start = () => {
      started += 1
      const bot = startBot(`process-${started}`, telegram, outage.url, TTL_MS, {
        ...{ DISCORD_TOKEN, DISCORD_API_URL: discord.url, DISCORD_BROADCAST_RATE: '30' },
        ...{ NODE_OPTIONS: `--import=${SKEW}`, TELEGRAM_BROADCAST_RATE: '30' },
      })
      bot.exit.then(([code, signal]) => {
        if (isEnding) return
        note(`after ${befallen} the process has ended by itself (${code ?? signal})`)
        current = start()
      })
      return bot
    }
    let isEnding = false
    let current: BotProcess = start()
    async function again(signal: NodeJS.Signals): Promise<void> {
      isEnding = true
      current.child.kill(signal)
      await current.exit
      isEnding = false
      current = start()
    }

    const broadcasts: number[] = []
    async function keepBusy(): Promise<void> {
      const id = broadcasts.at(-1)
      if (id !== undefined && !(await store.broadcasts.find(id))?.isFinished) return
      const message = saying(`Broadcast ${broadcasts.length + 1}.`)
      broadcasts.push((await store.broadcasts.create(announcement({ message }))).id)
    }

    const number = () => Math.floor(chance() * 1_000_000)
    async function forAWhile(ms = 1500): Promise<void> {
      await setTimeout(ms + chance() * ms)
    }
    async function answersBadly(): Promise<void> {
      // End the pending request for updates, so that the fault meets the next one.
      telegram.push(messageUpdate('/about'))
      await forAWhile()
      telegramFault = undefined
      discordFault = undefined
    }
    async function databaseAway(how: 'refuses' | 'is silent'): Promise<void> {
      cuts += 1
      await outage.away(how)
      await forAWhile(2 * TTL_MS)
      await outage.back()
    }
    const one = { user: 77, chat: -88, message: 1, text: '/about', lure: 42, now: 1 }
    const other = { user: snowflake(), guild: snowflake(), channel: snowflake(), lure: '42' }
    const changes = () => [1, 2].map(() => ({ at: number(), how: number(), value: number() }))

    const trouble: Readonly<Record<string, () => Promise<unknown>>> = {
      'a kill': () => again('SIGKILL'),
      'an end in order': () => again('SIGTERM'),
      async 'a sleep'() {
        cuts += 1
        current.child.kill('SIGSTOP')
        await forAWhile(2 * TTL_MS)
        current.child.kill('SIGCONT')
      },
      'a database that refuses': () => databaseAway('refuses'),
      'a database that is silent': () => databaseAway('is silent'),
      async 'a clock that jumps'() {
        cuts += 1
        current.child.kill('SIGUSR2')
        await forAWhile()
        current.child.kill('SIGUSR2')
      },
      async 'a malformed form'() {
        const [type, data] = EVENTS['a form, of rows']?.({ ...other, text: '/announce' }) ?? [
          '',
          {},
        ]
        await discord.dispatch(type, data)
      },
      async 'malformed updates'() {
        for (const make of Object.values(UPDATES)) telegram.push(mutate(make(one), changes()))
        for (const make of Object.values(EVENTS)) {
          const [type, data] = make({ ...other, text: '/about' })
          await discord.dispatch(type, mutate(data, changes()))
        }
      },
    }
    const own = Object.keys(trouble)
    for (const [name, fault] of Object.entries(TELEGRAM)) {
      Object.assign(trouble, {
        [`Telegram: ${name}`]: async () => {
          telegramFault = fault
          await answersBadly()
        },
      })
    }
    for (const [name, fault] of Object.entries(DISCORD)) {
      Object.assign(trouble, {
        [`Discord: ${name}`]: async () => {
          discordFault = fault
          await answersBadly()
        },
      })
    }
    for (const [name, act] of Object.entries(GATEWAY)) {
      Object.assign(trouble, { [name]: async () => act(discord) })
    }

    let asked = 10_000_000
    /** A stranger who asks again where no answer comes, on both platforms. */
    async function ask(): Promise<void> {
      const began = performance.now()
      const over = new AbortController()
      const until = async (send: () => Promise<unknown>) => {
        while (!over.signal.aborted) {
          if (await Promise.race([send().then(() => true), setTimeout(2000, false)])) return
        }
      }
      const both = Promise.all([
        until(async () => {
          asked += 1
          const from = { id: asked, is_bot: false, first_name: 'Ada' }
          telegram.push(messageUpdate('/next', { from, chat: { id: asked, type: 'private' } }))
          return telegram.shown(String(asked)).next()
        }),
        until(async () => {
          const token = `token-${snowflake()}`
          const user = { id: snowflake(), username: 'ada', discriminator: '0', avatar: null }
          const channel = { id: snowflake(), type: 1 }
          void discord.dispatch('INTERACTION_CREATE', {
            ...{ ...interactionBase(token), user, channel, channel_id: channel.id, type: 2 },
            data: { id: snowflake(), type: 1, name: 'next', options: [] },
          })
          return discord.shown(token).next()
        }),
      ]).then(() => true)
      if (!(await Promise.race([both, setTimeout(WELL_MS, false)]))) {
        note(`after ${befallen} no answer within ${WELL_MS} ms`)
      }
      over.abort()
      worstMs = Math.max(worstMs, performance.now() - began)
    }

    await ask()
    const shuffled = (names: readonly string[]) =>
      names
        .map(name => ({ name, lot: chance() }))
        .sort((a, b) => a.lot - b.lot)
        .map(({ name }) => name)
    // Every fault of the process itself, among some faults of the platforms.
    const others = shuffled(Object.keys(trouble).filter(name => !own.includes(name)))
    for (const name of shuffled([...own, ...others.slice(0, STEPS)])) {
      await keepBusy()
      await setTimeout(500 + chance() * 1000)
      befallen = name
      const before = known
      await trouble[name]?.()
      await ask()
      console.log(`chaos on ${dialect}: ${name}, ${known - before} of what was answered came again`)
    }
    befallen = 'everything'

    const isDone = async (id: number) => (await store.broadcasts.find(id))?.isFinished === true
    const late = performance.now() + 300_000
    for (const id of broadcasts) {
      while (!(await isDone(id)) && performance.now() < late) await setTimeout(100)
      if (!(await isDone(id))) note(`broadcast ${id} is not finished`)
    }
    isEnding = true
    current.child.kill('SIGTERM')
    await current.exit

    let [sent, copies] = [0, 0]
    for (const [index, id] of broadcasts.entries()) {
      const rows = await ledgerRows(direct, id)
      if (rows.length !== 2 * CHATS) note(`broadcast ${id} has ${rows.length} rows`)
      for (const { platform, address, state, repeated } of rows) {
        const { taken } = platform === 'telegram' ? telegram : discord
        const held = [...(taken.get(address)?.values() ?? [])].filter(shown =>
          JSON.stringify(shown).includes(`Broadcast ${index + 1}.`),
        ).length
        const most = platform === 'discord' ? 1 : 1 + repeated
        sent += 1
        copies += Math.max(0, held - 1)
        if (state !== 'sent') note(`${platform} ${address} ended as ${state}`)
        if (held < 1) note(`${platform} ${address} got nothing of broadcast ${id}`)
        if (held > most) note(`${platform} ${address} got it ${held} times, at most ${most} told`)
      }
    }
    console.log(
      `chaos on ${dialect}: ${sent} messages, ${copies} copies, ${known} of them known to their process; ${Math.round(worstMs)} ms until the slowest answer`,
    )
    expect(found.slice(0, 20)).toEqual([])
    expect(known).toBeLessThanOrEqual(LOST * cuts)
  })
})
