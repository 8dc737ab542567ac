import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startBot } from './bot-process.ts'
import { until } from './delivery/scene.ts'
import { TOKEN as DISCORD_TOKEN, openDiscordServer } from './platforms/discord/server.ts'
import { messageUpdate } from './platforms/telegram/person.ts'
import { openTelegramServer, type TelegramServer } from './platforms/telegram/server.ts'
import { type Dialect, newDatabase } from './store/stores.ts'

export async function openTelegram(): Promise<TelegramServer> {
  const server = await openTelegramServer()
  onTestFinished(() => server.close())
  return server
}

/** Asks as a user, and returns the name of the process that answers; fails if two answer. */
export async function askedOf(telegram: TelegramServer, user: number): Promise<string> {
  const from = { id: user, is_bot: false, first_name: 'Ada' }
  telegram.push(messageUpdate('/next', { from, chat: { id: user, type: 'private' } }))
  await telegram.shown(String(user)).next()
  const sent = telegram.calls.filter(
    ({ method, body }) => method === 'sendMessage' && String(body.chat_id) === String(user),
  )
  expect(sent).toHaveLength(1)
  return sent[0]?.from ?? ''
}

/** Checks that no call of a process falls between two calls of another: one is active at any time. */
export function expectTurns(telegram: TelegramServer, names: readonly string[]): void {
  const turns = telegram.calls
    .map(({ from }) => from)
    .filter((from, index, all) => from !== all[index - 1])
  expect(turns).toEqual(names)
}

/**
 * Declares the tests of a takeover: one of several processes is active at any time. `ttlMs` is the life of a lease.
 * A process that is put to sleep sleeps for `sleepMs`, and then until another has taken over.
 */
export function takeoverContract(ttlMs: number, sleepMs: number, dialect: Dialect): void {
  test(`one of several processes on ${dialect} is active, whether another sleeps, ends or is killed`, async () => {
    const [telegram, discord] = [await openTelegram(), await openDiscordServer()]
    onTestFinished(() => discord.close())
    const url = await newDatabase(dialect)
    const both = { DISCORD_TOKEN, DISCORD_API_URL: discord.url }
    const start = (name: string) => startBot(name, telegram, url, ttlMs, both)

    const first = start('a')
    await first.seen('discord.started')
    expect(await askedOf(telegram, 1)).toBe('/a')
    const second = start('b')
    expect(await second.seen('lease.waiting')).toMatchObject({
      msg: 'Standby: another process is active.',
    })
    expect(await second.readyz()).toMatchObject({
      ready: true,
      parts: { lease: { status: 'waiting' }, telegram: { status: 'standby' } },
    })
    expect(await askedOf(telegram, 2)).toBe('/a')
    expect([second.count('discord.started'), discord.gateway.most()]).toEqual([0, 1])

    // One that was put to sleep and goes on later does nothing any more. A call that it had begun would still leave, so it
    // sleeps while its next poll waits for updates.
    await until(() => telegram.calls.at(-1)?.method === 'getUpdates')
    first.child.kill('SIGSTOP')
    await setTimeout(sleepMs)
    // The answer to its poll reaches it while it sleeps: it is the first thing that it meets.
    expect(await askedOf(telegram, 3)).toBe('/b')
    await second.seen('discord.started')
    const calls = telegram.calls.length
    first.child.kill('SIGCONT')
    await first.seen('lease.lost')
    await first.seen('lease.waiting')
    expect(await askedOf(telegram, 4)).toBe('/b')
    expect(telegram.calls.slice(calls).map(({ from }) => from)).not.toContain('/a')
    await until(() => discord.gateway.open() === 1)
    // A sleeping process cannot close its gateway. It has opened no other one.
    expect(discord.gateway.most()).toBe(2)

    // One that ends in order lets the other begin at once.
    const [terms, gateways] = [first.count('lease.acquired'), first.count('discord.started')]
    second.child.kill('SIGTERM')
    await second.exit
    const endedAt = performance.now()
    const { epoch } = await first.seen('lease.acquired', terms + 1)
    expect(epoch).toBeGreaterThan(Number(second.all('lease.acquired').at(-1)?.epoch))
    // A takeover without the release of the lease would take its whole life.
    expect(performance.now() - endedAt).toBeLessThan(Math.max(0.7 * ttlMs, 2500))
    await first.seen('discord.started', gateways + 1)
    expect(await askedOf(telegram, 5)).toBe('/a')
    expect(discord.gateway.most()).toBe(1)

    const third = start('c')
    await third.seen('lease.waiting')
    const killedAt = performance.now()
    first.child.kill('SIGKILL')
    expect(await third.seen('lease.acquired')).toMatchObject({ epoch: Number(epoch) + 1 })
    expect(await askedOf(telegram, 6)).toBe('/c')
    // Within 15 s, as docs/operating.md says of a lease of 10 s.
    expect(performance.now() - killedAt).toBeLessThan(15_000)
    await third.seen('discord.started')
    expect(discord.gateway.most()).toBe(1)
    expectTurns(telegram, ['/a', '/b', '/a', '/c'])
  }, 180_000)
}
