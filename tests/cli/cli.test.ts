import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bar } from '../../src/cli/progress.ts'
import { serializeEdition } from '../../src/content/edition.ts'
import { duration } from '../../src/texts/dates.ts'
import { startBot } from '../bot-process.ts'
import { openTelegramServer, refuse, TOKEN } from '../platforms/telegram/server.ts'
import { editionOf, event } from '../schedule/scene.ts'
import { fill, query } from '../store/raw.ts'
import { newDatabase, openTestStore, temporaryFolder } from '../store/stores.ts'
import { runHere } from './command.ts'

const root = join(import.meta.dirname, '..', '..')
const { PATH, NODE_COMPILE_CACHE } = process.env

async function openScene(chats: number) {
  const telegram = await openTelegramServer()
  onTestFinished(() => telegram.close())
  const url = await newDatabase('sqlite')
  const { store } = await openTestStore({ url })
  await fill(url, 'telegram', chats)

  const environment = { DATABASE_URL: url, TELEGRAM_TOKEN: TOKEN }

  /** Runs `broadcast` in this process. */
  const broadcast = (args: readonly string[], env = {}) =>
    runHere(['broadcast', ...args], { env: { ...environment, ...env }, cwd: temporaryFolder() })

  /** Runs `broadcast` as a process of its own, as an operator does. */
  async function start(
    args: string[],
    { env = {}, input = '', onOutput = (_: string, __: ChildProcess): unknown => undefined } = {},
  ) {
    const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'broadcast', ...args], {
      env: { PATH, NODE_COMPILE_CACHE, ...environment, ...env },
    })
    child.stdin.end(input)
    let said = ''
    child.stdout.on('data', chunk => {
      said += chunk
      onOutput(said, child)
    })
    const exit = once(child, 'exit')
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(out + err).not.toMatch(/\n\s+at .+:\d+:\d+/)
    expect(out + err).not.toContain(TOKEN)
    return { out, err, code: (await exit)[0] }
  }

  return {
    ...{ telegram, url, store, broadcast, start },
    async serve() {
      const bot = startBot('bot', telegram, url, 5000, { UNLIMITED: '1' })
      await bot.seen('started')
      return bot
    },
  }
}

test('a dry run shows the text, counts who would get it, and sends nothing', async () => {
  const { store, broadcast } = await openScene(3)
  const args = ['--text', '**Threats** is new: [nato.int](https://evil.example/).', '--dry-run']
  const { out, code } = await broadcast(args)
  expect(out).toContain('Threats is new: nato.int <https://evil.example/>.')
  expect(out).toContain('Warning: “nato.int” links to https://evil.example/. Is that intended?')
  expect(out).toContain(
    '  Everyone subscribed to Announcements\n  As soon as you confirm, with 30 seconds to undo\n  Telegram: 3 chats, less than a second\n',
  )
  expect(out).toMatch(/Dry run: nothing sent\.\n$/)
  expect(code).toBe(0)
  expect(await store.broadcasts.list(1)).toEqual([])
})

test('marks that readers would see are told before a text is sent', async () => {
  const { broadcast } = await openScene(1)
  const { err, code } = await broadcast(['--text', 'x\n**Note:**moved', '--dry-run'])
  expect(err).toMatch(/^Warning: line 2: These marks are shown as they are/m)
  expect(code).toBe(0)
})

test('reaches every subscriber through the running bot, and is corrected and retracted by its number', async () => {
  const { telegram, broadcast, start, serve } = await openScene(40)
  const bot = await serve()
  const sent = await start(['--text', '-', '--urgent', '--yes'], {
    ...{ input: 'Hello.\n\n* one\n* two\n', env: { ANNOUNCE_HOLD: '1s' } },
  })
  expect(sent.out).toMatch(/Sending announcement #1 in \d seconds?\. Press Ctrl-C to undo\.\n/)
  expect(sent.out).toMatch(
    /Announcement #1 is on its way\.\n(?:#1: .*\n)*✅ Announcement #1 sent\nSent to 40 of 40 chats in .+\.\n$/,
  )
  expect(sent.code).toBe(0)
  const shown = () => new Set([...telegram.taken.values()].flatMap(each => [...each.values()]))
  expect([...shown()]).toEqual(['Hello.\n\n• one\n• two'])
  expect((await broadcast(['--correct', '1', '--text', 'Hello again.', '--yes'])).code).toBe(0)
  expect([...shown()]).toEqual([expect.stringMatching(/^<i>Corrected: .*Hello again\.$/s)])
  expect((await broadcast(['--retract', '1', '--yes'])).code).toBe(0)
  expect([...shown()]).toEqual([null])
  expect((await broadcast(['--list'])).out).toMatch(
    /^ +#1 +\S+Z +retracted +40 of 40 chats +Hello again\./,
  )
  expect(bot.count('broadcast.finished')).toBe(3)
})

test('while no bot runs, an announcement is saved, the output says so, and it can be undone', async () => {
  const { store, url, broadcast, start } = await openScene(4)
  const { out, code } = await start(['--text', 'Hello.', '--yes'])
  expect(out).toMatch(
    /No bot is running on this database\. It’s saved and will be sent when one starts\.\nUndo with --cancel 1\.\n$/,
  )
  expect(code).toBe(0)
  expect((await broadcast(['--pause', '1'])).out).toBe('Paused. Resume with --resume 1.\n')
  expect(await broadcast(['--pause', '1'])).toMatchObject({
    err: 'Can’t pause announcement #1, because it’s paused.\n',
    code: 64,
  })
  expect(await broadcast(['--cancel', '1'])).toEqual({
    ...{ out: 'Announcement #1 was undone. No one received it.\n', err: '', code: 0 },
  })
  expect((await store.broadcasts.find(1))?.state).toBe('cancelled')
  expect(await query(url, 'select * from deliveries')).toEqual([])
  expect(await broadcast(['--cancel', '1'])).toMatchObject({
    err: 'Can’t stop announcement #1, because it’s undone.\n',
    code: 64,
  })
})

test('without a terminal and without --yes, nothing is sent, and the way is named', async () => {
  const { store, start } = await openScene(2)
  const { out, err, code } = await start(['--text', 'Hello.'])
  expect(out).toContain('Telegram: 2 chats')
  expect(err).toBe(
    'Nothing sent, because there is no terminal to ask in. Add --yes to send it, or --dry-run to check it.\n',
  )
  expect(code).toBe(64)
  expect(await store.broadcasts.list(1)).toEqual([])
})

test.for<[string[], string, string]>([
  [['--correct', '1', '--text', 'Hello again.'], 'Hello again.', 'correct'],
  [['--retract', '1'], 'Hello.', 'retract'],
])('without a terminal and without --yes, %j changes nothing', async ([args, shown, act]) => {
  const { store, broadcast } = await openScene(2)
  await broadcast(['--text', 'Hello.', '--yes'])
  expect(await broadcast(args)).toEqual({
    out: `${shown}\n\n`,
    err: `Nothing changed, because there is no terminal to ask in. Add --yes to ${act} it.\n`,
    code: 64,
  })
  expect(await store.broadcasts.find(1)).toMatchObject({ revision: 1, isRetracted: false })
})

test.for(['SIGINT', 'SIGTERM'] as const)(
  'in the undo window, Ctrl-C undoes an announcement and an end of the terminal does not (%s)',
  async signal => {
    const { store, start, serve } = await openScene(3)
    await serve()
    let isPressed = false
    const { out, code } = await start(['--text', 'Hello.', '--yes'], {
      onOutput(said, child) {
        // Once: a signal that comes while the process ends would kill it.
        if (!isPressed && said.includes('Press Ctrl-C')) isPressed = child.kill(signal)
      },
    })
    expect(code).toBe(0)
    const isUndone = signal === 'SIGINT'
    expect(out).toMatch(
      isUndone ? /Announcement #1 was undone\. No one received it\.\n$/ : /Stopped watching\./,
    )
    expect(await store.broadcasts.find(1)).toMatchObject({
      state: isUndone ? 'cancelled' : 'active',
    })
    const entries = (await store.audit.acts(9)).map(({ actor, action }) => `${actor} ${action}`)
    expect(entries).toEqual([
      ...(isUndone ? ['operator announcement.undo'] : []),
      'operator announcement.send',
    ])
  },
)

test('tells of a broadcast that the breaker has paused, and how to go on', async () => {
  const { telegram, broadcast, start, serve } = await openScene(60)
  let isIll = true
  telegram.weather = ({ method }) =>
    method === 'sendMessage' && isIll
      ? { fault: refuse(403, 'Forbidden: bot was kicked') }
      : undefined
  await serve()
  const { out, err, code } = await start(['--text', 'Hello.', '--yes'], {
    env: { ANNOUNCE_HOLD: '1s' },
  })
  expect(out).toMatch(/Announcement #1 is paused\nSent to 0 of 60 chats\./)
  expect(err).toContain(
    'Paused (gone; see the bot’s log). Continue with --resume 1 or stop with --cancel 1.',
  )
  expect(code).toBe(69)
  isIll = false
  expect(await broadcast(['--resume', '1'])).toMatchObject({ code: 0 })
  expect(telegram.taken.size).toBe(60)
})

test('a pending update is shown, and sent or discarded by the operator', async () => {
  const { store, url, broadcast } = await openScene(1)
  await fill(url, 'discord', 1, ['events'])
  await query(url, "update chats set platform = 'telegram' returning id")
  const before = editionOf([])
  const [june, july] = ['june', 'july'].map(id => event(id, '2099-06-01', '2099-06-10'))
  if (!june || !july) throw new Error('There are two.')
  const nothing = await broadcast(['--changes', 'show'])
  expect(nothing).toEqual({
    out: 'No pending updates.\n',
    ...{ err: '', code: 0 },
  })
  await store.editions.begin({ content: serializeEdition(before), known: '{}' })
  await store.editions.propose(serializeEdition(editionOf([june])))
  const shown = await broadcast(['--changes', 'show'])
  expect(shown.out).toMatch(
    /^Exercises\n─+\n\n• Exercise june: new, 1–10 June 2099\n\nGoes out on /,
  )
  expect((await broadcast(['--changes', 'drop'])).out).toMatch(
    /Discarded\. It’ll still appear in digests and \/changes\.\n$/,
  )
  expect(await store.broadcasts.open()).toEqual([])
  await store.editions.propose(serializeEdition(editionOf([june, july])))
  expect(await broadcast(['--changes', 'send'], { TELEGRAM_TOKEN: '' })).toMatchObject({
    err: 'No platform configured. Set the same TELEGRAM_TOKEN or DISCORD_TOKEN as the running bot.\n',
    code: 78,
  })
  expect((await broadcast(['--changes', 'send'])).out).toMatch(/july: new.*Sending now\.\n$/s)
  expect(await store.broadcasts.open()).toMatchObject([
    { kind: 'events', audience: { topic: 'events', platforms: ['telegram'] } },
  ])
})

describe('a text that cannot be sent is refused with one sentence', () => {
  test.for([
    [[], /^Missing --text "…"/, 64],
    [['--text', ' '], /^Missing --text/, 64],
    [['--text', '[x]: http://a.b'], /^The text has no visible content\./, 64],
    [['--text', '\u200B'], /^The text has no visible/, 64],
    [['--text', '<b>bold</b>'], /^Can’t send this text\.\nLine 1: /, 64],
    [
      ['--text', 'x'.repeat(20_001)],
      /^The text is too long \(20,001 characters; the limit is 20,000\)/,
      64,
    ],
    [['--text', 'a', '--topic', 'all'], /^Unknown topic: all\./, 64],
    [['--resume', 'x'], /^--resume needs an announcement number/, 64],
    [['--resume', '7'], /^No announcement #7\./, 64],
    [['--resume', '7', '--list'], /^Use only one of --list, .* or --retract\./, 64],
    [['--changes', 'now'], /^--changes must be show, send or drop\./, 64],
  ] as const)('%j', async ([args, sentence, exit]) => {
    const { broadcast } = await openScene(1)
    const { out, err, code } = await broadcast(args)
    expect(err).toMatch(sentence)
    expect({ out, code }).toEqual({ out: '', code: exit })
  })

  test('without a token or a database, a command ends with a sentence and an exit code', async () => {
    const { broadcast } = await openScene(1)
    const bare = await broadcast(['--text', 'a'], { TELEGRAM_TOKEN: '' })
    expect(bare).toMatchObject({ code: 78, out: '' })
    expect(bare.err).toMatch(/^No platform configured\./)
    const lost = await broadcast(['--text', 'a'], { DATABASE_URL: 'file:/nowhere/x.db' })
    expect(lost).toMatchObject({ code: 74, out: '' })
    expect(lost.err).toMatch(/^No database at \/nowhere\/x\.db\. Start the bot once/)
  })
})

test('the bar fits into a terminal of any width', () => {
  const progress = {
    ...{ sent: 812, pending: 700, claimed: 18, failed: 0, gone: 0, skipped: 0, uncertain: 0 },
    twice: 0,
  }
  expect(bar(progress, 0, 32_480, 80)).toBe(
    '[████████████████··············] 812 of 1,530 · 25/s · 29 s left',
  )
  expect(bar(progress, 0, 32_480, 24)).toBe('812 of 1,530 · 25/s')
  expect(bar(progress, 0, 32_480, 8)).toBe('53 %')
  for (let columns = 8; columns < 120; columns++) {
    expect(bar(progress, 0, 32_480, columns).length).toBeLessThanOrEqual(columns)
  }
  expect([0.4, 45, 300, 7300].map(duration)).toEqual(['under a second', '45 s', '5 min', '2.0 h'])
})
