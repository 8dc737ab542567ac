import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type CommandOptions, runHere } from './cli/command.ts'

const root = join(import.meta.dirname, '..')
const INVALID = `Invalid configuration. Fix these in ${root}/.env or the environment:\n`
const preview = (folder: string) =>
  `No token in the environment or ${folder}/.env, so this starts the local preview.\n`
let broken: string
let data: string

beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'sitrep-main-'))
  broken = mkdtempSync(join(tmpdir(), 'sitrep-main-'))
  cpSync(join(root, 'content'), broken, { recursive: true })
  rmSync(join(broken, 'edition.yaml'))
})

afterAll(() => {
  rmSync(broken, { recursive: true })
  rmSync(data, { recursive: true })
})

/** Returns the environment of one start, with a database of its own. */
const environment = () => ({
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  DATABASE_URL: `file:${data}/sitrep.db`,
})

/** Runs the command line as a process of its own, with `input` in a pipe. */
async function run(args: string[], { input = '', env = {}, cwd = root, command = '' } = {}) {
  const options = { cwd, env: { ...environment(), ...env } }
  const child = command
    ? spawn('sh', ['-c', command], options)
    : spawn(process.execPath, [join(root, 'src/main.ts'), ...args], options)
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const exit = new Promise<number | null>(resolve => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const code = await exit
  // No output shows a stack trace.
  expect(out + err).not.toMatch(/\n\s+at .+:\d+:\d+/)
  return { out, err, code }
}

/** Runs the command line in this process. */
const here = (args: string[], { env, cwd = root }: CommandOptions = {}) =>
  runHere(args, { env: { ...environment(), ...env }, cwd })

test('ask prints one answer, plain in a pipe', async () => {
  const { out, err, code } = await run(['ask', 'threats'])
  expect(out).toMatch(/^Threats and challenges\n═+\n/)
  expect(out).not.toContain('\x1b')
  expect({ err, code }).toEqual({ err: '', code: 0 })
})

test('ask takes words, values, plain questions and a style', async () => {
  expect((await here(['ask', '/exercises', 'past'])).out).toMatch(/^Past exercises\n/)
  expect((await here(['ask', 'what', 'are', 'the threats?'])).out).toMatch(/^Threats and/)
  const cards = await here(['ask', 'exercises', '--style', 'cards', '--as', 'text'])
  expect(cards.out).toMatch(/\n\nExercise Name: Defender 2023\nDate: 1–10 June 2023\n/)
})

test('ask prints the very requests that would be sent', async () => {
  const telegram = await here(['ask', 'threats', '--as', 'telegram'])
  expect(JSON.parse(telegram.out)).toMatchObject([
    { method: 'sendMessage', parse_mode: 'HTML', reply_markup: { inline_keyboard: [{}, {}] } },
  ])
  const discord = await here(['ask', 'threats', '--as', 'discord', '--style', 'cards'])
  expect(JSON.parse(discord.out)).toMatchObject([
    { flags: 32768, allowed_mentions: { parse: [] }, components: [{ type: 17 }] },
  ])
})

test('a command line that is not understood is answered on standard error with exit code 64', async () => {
  const cases: [string, RegExp][] = [
    ['/thretas', /^I don’t know \/thretas\.\n\nDid you mean/],
    ['', /^That message was empty/],
    ['   ', /^That message was empty/],
    ['x'.repeat(100_000), /^That’s 100,000 characters, and the limit is 4,096/],
    ['bell\x07', /^Your message has a character that I can’t read \(U\+0007\)/],
    ['/exercises soon', /^“soon” isn’t an option for \/exercises\.\n\nUsage: \/exercises \[/],
  ]
  for (const [line, said] of cases) {
    const { out, err, code } = await here(['ask', '--', line])
    expect({ out, code }).toEqual({ out: '', code: 64 })
    expect(err).toMatch(said)
  }
  // The system has no half of a character for a process.
  const { out, err, code } = await run(['ask', '--', '\ud800'])
  expect({ out, code }).toEqual({ out: '', code: 64 })
  expect(err).toMatch(/^Your message has a character that I can’t read \(U\+FFFD\)/)
})

test.each(['SIGTERM', 'SIGHUP'] as const)('a prompt ends in order at %s', async signal => {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'ask'], {
    cwd: root,
    env: environment(),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  child.stdin.write('/next\n')
  await once(child.stdout, 'data')
  child.kill(signal)
  expect(await exit).toEqual([0, null])
})

test('options and commands that do not exist are told in two lines with exit code 64', async () => {
  const cases: [string[], RegExp][] = [
    [
      ['ask', 'threats', '--loud'],
      /^Unknown option '--loud'\.\nRun bin\/sitrep ask --help for the options\.\n$/,
    ],
    [
      ['ask', '--style'],
      /^Option '--style <value>' argument missing\.\nRun bin\/sitrep ask --help/,
    ],
    [['ask', 'x', '--style', 'fancy'], /^--style must be grid, cards, picture or dark-picture\./],
    [['ask', 'x', '--as', 'fax'], /^--as must be text, telegram or discord\./],
    [['check', '--nonsense'], /^Unknown option '--nonsense'\./],
    [['check', 'foo'], /^Unexpected argument 'foo'\./],
    [['serve'], /^Unknown command: serve\nRun bin\/sitrep --help for the options\.\n$/],
  ]
  for (const [args, said] of cases) {
    const { out, err, code } = await here(args)
    expect(err.trimEnd().split('\n')).toHaveLength(2)
    expect({ out, code }).toEqual({ out: '', code: 64 })
    expect(err).toMatch(said)
  }
})

test('help is printed where it is asked for, whatever the configuration', async () => {
  const cases: [string[], RegExp][] = [
    [['--help'], /^Usage, from any folder .*:\nbin\/sitrep\n/],
    [['help'], /^Usage, from any folder .*:\nbin\/sitrep\n/],
    [['ask', '--help'], /^bin\/sitrep ask \[QUESTION\]/],
    [['plan', '--help'], /^bin\/sitrep plan /],
    [['broadcast', '--help'], /^bin\/sitrep broadcast --text TEXT .*\[--yes\]\n/],
  ]
  for (const [args, said] of cases) {
    const { out, code } = await here(args, { env: { TIMEZONE: 'Mars/Olympus' } })
    expect(out).toMatch(said)
    expect(code).toBe(0)
  }
})

test('ask without words is a prompt that works from a pipe', async () => {
  const { out, code } = await run(['ask'], { input: '/threats\n2\n' })
  expect(out).toMatch(/^Threats and[\s\S]*\n\nPartnerships with local governments\n═+\n/)
  expect(code).toBe(0)
})

test('a pipe of 100 KB, control characters and broken bytes has its answers and exit code 64', async () => {
  const input = `${'x'.repeat(100_000)}\n\x1b[2J\n\xff\n\n/next\n`
  const { out, code } = await run(['ask'], { input })
  expect(out).toMatch(/^That’s 100,000 characters/)
  expect(out).toMatch('(U+001B)')
  expect(out).toMatch('That message was empty')
  expect(out).toMatch('Next exercise')
  expect(code).toBe(64)
})

test('the bare command opens the local chat, says where, and ends at a signal', async () => {
  const child = spawn(process.execPath, [join(root, 'src/main.ts')], {
    cwd: root,
    env: { ...environment(), PORT: '0' },
  })
  const closed = new Promise<number | null>(resolve => child.once('close', resolve))
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const address = /^Sitrep is open at (http:\/\/127\.0\.0\.1:\d+)\n/.exec(String(said))?.[1] ?? ''
  expect(await (await fetch(address)).text()).toMatch('<title>Sitrep: the local chat</title>')
  const taken = await run([], { env: { PORT: new URL(address).port } })
  expect(taken).toEqual({
    out: '',
    err: `${preview(root)}Port ${new URL(address).port} is already in use. Stop the other program or set PORT.\n`,
    code: 69,
  })
  child.kill('SIGTERM')
  expect(await closed).toBe(0)
})

test('broken content stops the start with every problem and exit code 65', async () => {
  for (const [args, how, before] of [
    [['ask', 'threats'], here, ''],
    [['check'], here, ''],
    [[], run, preview(root)],
  ] as const) {
    const { out, err, code } = await how([...args], { env: { CONTENT_DIR: broken } })
    expect({ out, code }).toEqual({ out: '', code: 65 })
    expect(err).toBe(
      `${before}The content has 1 problem:\n${broken}/edition.yaml:1: The file is missing. Create it; content/README.md lists its keys.\n`,
    )
  }
})

test('a folder that does not exist is told with exit code 65', async () => {
  const { err, code } = await here(['check'], { env: { CONTENT_DIR: 'nowhere' } })
  expect(err).toBe(
    `The content has 1 problem:\n${root}/nowhere: The folder cannot be read (ENOENT). Check the folder and its permissions; CONTENT_DIR names it.\n`,
  )
  expect(code).toBe(65)
})

test('the content is that of the current folder; that of Sitrep if the folder has none', async () => {
  const cwd = mkdtempSync(join(data, 'content-'))
  expect((await here(['check'], { cwd })).out).toMatch(/^Content: 7 sections, /)
  mkdirSync(join(cwd, 'content'))
  expect(await here(['check'], { cwd })).toMatchObject({ code: 65 })
})

test('a wrong configuration is told with exit code 78', async () => {
  const { err, code } = await here(['ask', 'threats'], { env: { TIMEZONE: 'Mars/Olympus' } })
  expect(err).toBe(
    `${INVALID}TIMEZONE: must be an IANA time zone, such as Europe/Sarajevo or UTC. The value is “Mars/Olympus”.\n`,
  )
  expect(code).toBe(78)
})

test('.env is read, a variable that is set wins, and one that cannot be read is told', async () => {
  writeFileSync(join(broken, '.env'), `CONTENT_DIR=${broken}\nTIMEZONE=UTC\n`)
  const check = (env = {}) => here(['check'], { env, cwd: broken })
  expect(await run(['check'], { cwd: broken })).toMatchObject({ code: 65 })
  expect(await check({ CONTENT_DIR: join(root, 'content') })).toMatchObject({ code: 0, err: '' })
  rmSync(join(broken, '.env'))
  mkdirSync(join(broken, '.env'))
  expect(await check()).toMatchObject({
    code: 78,
    err: `${INVALID.replace(root, broken)}${broken}/.env can’t be read, because it’s a folder, not a file.\n`,
  })
})

test('a .env that other users can open is told when the bot starts', async () => {
  const folder = mkdtempSync(join(data, 'env-'))
  writeFileSync(join(folder, '.env'), `PORT=0\nCONTENT_DIR=${join(root, 'content')}\n`)
  chmodSync(join(folder, '.env'), 0o644)
  const child = spawn(process.execPath, [join(root, 'src/main.ts')], {
    cwd: folder,
    env: environment(),
  })
  child.stdout.once('data', () => child.kill('SIGTERM'))
  expect(await text(child.stderr)).toContain(
    `${preview(folder)}Other users of this machine can open ${folder}/.env (mode 0644). Run \`chmod 600 ${folder}/.env\`.\n`,
  )
  expect(await here(['ask', 'next'], { cwd: folder })).toMatchObject({ err: '', code: 0 })
})

test('no input at all is answered with exit code 64', async () => {
  const { out, code } = await run(['ask'])
  expect(out).toMatch(/^That message was empty/)
  expect(code).toBe(64)
})

test('a disk that is full is told with exit code 74, and an input that is a folder not passed over', async () => {
  const shell = (command: string) =>
    run([], { command: `"${process.execPath}" src/main.ts ask ${command}` })
  const full = await shell('threats > /dev/full')
  expect(full).toMatchObject({ code: 74, err: 'The output failed (ENOSPC).\n' })
  expect(await shell('< /tmp')).toMatchObject({ code: 64, out: expect.stringMatching(/./) })
})

test('check counts what is sound', async () => {
  const { out, code } = await run(['check'])
  expect(out).toBe('Content: 7 sections, 2 exercises, no problem.\n')
  expect(code).toBe(0)
})

test('a reader who closes the pipe early gets no error', async () => {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'ask'], { cwd: root })
  const closed = new Promise<number | null>(resolve => child.once('close', resolve))
  const errors = text(child.stderr)
  child.stdout.once('data', () => child.stdout.destroy())
  child.stdin.on('error', () => {})
  child.stdin.end('/threats\n'.repeat(20_000))
  expect(await closed).toBe(0)
  expect(await errors).toBe('')
})

test('plan prints what would be posted, when and why', async () => {
  const { out, err, code } = await run(['plan', '--from', '2023-05-29', '--to', '2023-06-01'])
  await expect(out).toMatchFileSnapshot('cli/golden/plan.txt')
  expect({ err, code }).toEqual({ err: '', code: 0 })
})

test('plan tells programs the updates of both exercises at the right local times', async () => {
  const args = ['plan', '--from', '2023-05-01', '--to', '2023-10-01', '--json']
  const posts = JSON.parse((await here(args, { env: { TIMEZONE: 'America/New_York' } })).out)
  expect(Object.keys(posts[0])).toEqual(['at', 'kind', 'key', 'topic', 'title', 'text'])
  const events = posts.filter(({ kind }: { kind: string }) => kind === 'events')
  expect(events.map(({ at, title }: { at: string; title: string }) => `${at} ${title}`)).toEqual([
    '2023-05-18T13:00:00Z Defender 2023 starts in 14 days',
    '2023-05-29T13:00:00Z Defender 2023 starts in 3 days',
    '2023-05-31T13:00:00Z Defender 2023 starts tomorrow',
    '2023-06-01T13:00:00Z Defender 2023 starts today (day 1 of 10)',
    '2023-06-10T13:00:00Z Defender 2023 ends today (day 10 of 10)',
    '2023-09-01T13:00:00Z Partner 2023 starts in 14 days',
    '2023-09-12T13:00:00Z Partner 2023 starts in 3 days',
    '2023-09-14T13:00:00Z Partner 2023 starts tomorrow',
    '2023-09-15T13:00:00Z Partner 2023 starts today (day 1 of 11)',
    '2023-09-25T13:00:00Z Partner 2023 ends today (day 11 of 11)',
  ])
  expect(posts.length - events.length).toBe(22)
  expect(events[0].text).toMatch(/^Defender 2023 starts in 14 days\n═+\n\n1–10 June 2023\n/)
})

test.each([
  [['--from', 'soon'], '“soon” isn’t a date. Use YYYY-MM-DD, such as 2023-05-01.'],
  [['--to', '2023-02-29'], '2023-02-29 isn’t a valid date.'],
  [['--from', '9999-12-30'], '9999-12-30 is out of range. The year must be 1900–2999.'],
  [['--from', '2023-05-02', '--to', '2023-05-01'], '2023-05-01 is before 2023-05-02.'],
  [
    ['--from', '2000-01-01', '--to', '2030-01-01'],
    'The span is too long (10959 days; the limit is ten years).',
  ],
])('plan %j says what is wrong', async (args, sentence) => {
  const { out, err, code } = await here(['plan', ...args])
  expect(err).toBe(`${sentence}\n`)
  expect({ out, code }).toEqual({ out: '', code: 64 })
})
