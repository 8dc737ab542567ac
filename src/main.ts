import { existsSync } from 'node:fs'
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { Config } from './config.ts'
import type { Message } from './message.ts'
import type { Prompt } from './prompt.ts'
import type { TableStyle } from './render/table.ts'

/** Exit codes of BSD's sysexits.h, so that a supervisor can tell a mistake from a crash. */
const EXIT = {
  ok: 0,
  usage: 64,
  content: 65,
  unavailable: 69,
  software: 70,
  io: 74,
  config: 78,
} as const

/** What is under way when a signal comes has this long to end, in milliseconds. */
const DRAIN_MS = 10_000

/** A shorter word stands in many a line by chance: it would hide nothing to take it out. */
const SECRET_LENGTH = 6

/** What an answer can be printed as. */
const FORMS = ['text', 'telegram', 'discord'] as const
type Form = (typeof FORMS)[number]

const USAGE = `Usage:
  npm start                              the bot; without a token the local chat, in a browser
  npm run -s ask -- WORDS [--as text|telegram|discord] [--style grid|cards]
                                         one answer, or the requests that would be sent;
                                         without WORDS a prompt
  npm run check                          content, format, lint, types, unused code`

/** A mistake on the command line: said in a sentence, with the usage behind it. */
class UsageError extends Error {}

/** Whoever read the log is gone. */
class OutputError extends Error {}

const isServing = process.argv.length === 2

// Beside the packages, not in a temporary folder that others can write to. What is imported from here
// on comes out of it, and so nothing of size is imported above.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/sitrep'))

const { promise: outputLost, reject: loseOutput } = Promise.withResolvers<never>()
// Nobody has to wait for it.
outputLost.catch(() => {})

for (const [name, stream] of Object.entries({ input: process.stdin, output: process.stdout })) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    const text = `The ${name} failed (${error.code ?? error.message}).`
    // A bot has answers under way, and ends in order.
    if (isServing) return loseOutput(new OutputError(text))
    // A reader that has seen enough (`| head -1`) closes the pipe: no error.
    if (error.code === 'EPIPE') process.exit(EXIT.ok)
    process.exit(fail(text, EXIT.io))
  })
}

const code = await main(process.argv.slice(2))
// Whatever a library has left open holds nobody back.
if (isServing) process.exit(code)
process.exitCode = code

async function main([command, ...args]: string[]): Promise<number> {
  try {
    switch (command) {
      case undefined:
        return await serve(await readEnvironment())
      case 'ask':
        return await ask(args)
      case 'check':
        readArguments(args, { allowPositionals: false })
        return await check(await readEnvironment())
      case 'help':
      case '--help':
      case '-h':
        console.log(USAGE)
        return EXIT.ok
      default:
        throw new UsageError(`There is no command \`${command}\`.`)
    }
  } catch (error) {
    if (error instanceof UsageError) return fail(`${error.message}\n\n${USAGE}`, EXIT.usage)
    const { ConfigError } = await import('./config.ts')
    if (error instanceof ConfigError) {
      return fail(`The configuration is not right:\n${error.message}`, EXIT.config)
    }
    const { ContentError } = await import('./content/problem.ts')
    if (error instanceof ContentError) {
      const { length } = error.problems
      const count = length === 1 ? 'a problem' : `${length} problems`
      return fail(`The content has ${count}:\n${error.message}`, EXIT.content)
    }
    throw error
  }
}

/** Prints one command's answer, or opens the prompt where no words are given. */
async function ask(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    allowPositionals: true,
    options: {
      as: { type: 'string', default: 'text' },
      style: { type: 'string', default: 'grid' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return EXIT.ok
  }
  const { TABLE_STYLES } = await import('./render/table.ts')
  const style = oneOf('style', values.style, TABLE_STYLES)
  const as = oneOf('as', values.as, FORMS)
  const config = await readEnvironment()
  if (positionals.length === 0) return prompt(config, as, style)

  const { createApp } = await import('./app.ts')
  const app = createApp(config)
  await app.load()
  const reply = await app.answer({ line: positionals.join(' ') })
  if (!reply) return EXIT.ok
  const { message, understood } = reply
  const render = await renderer(as, style, understood ? process.stdout : process.stderr)
  if (!understood) return fail(render(message), EXIT.usage)
  console.log(render(message))
  return EXIT.ok
}

async function prompt(config: Config, as: Form, style: TableStyle): Promise<number> {
  const { createApp } = await import('./app.ts')
  const { sentences } = await import('./log.ts')
  const { openPrompt } = await import('./prompt.ts')
  const interactive = process.stdin.isTTY && process.stdout.isTTY
  let opened: Prompt | undefined
  const app = createApp(config, {
    // Among the answers in a pipe a notice would be taken for one of them.
    log: sentences(text => (interactive ? opened?.notify(text) : console.error(text))),
  })
  await app.watch()
  const stopping = new AbortController()
  process.once('SIGTERM', () => stopping.abort())
  opened = openPrompt({
    input: process.stdin,
    output: process.stdout,
    interactive,
    bot: app,
    render: await renderer(as, style, process.stdout),
    signal: stopping.signal,
  })
  const understood = await opened.run()
  await app.stop()
  return understood || interactive ? EXIT.ok : EXIT.usage
}

/** Serves until a signal comes, until no platform is left, or until something unforeseen fails. */
async function serve(config: Config): Promise<number> {
  const { discord, telegram } = config
  const local = !discord && !telegram
  const { openLog, sentences } = await import('./log.ts')
  const { UNFORESEEN, Unforeseen, untilEnd } = await import('./signals.ts')
  const lines = await openLog({
    level: config.logLevel,
    secrets: [discord?.token, telegram?.token, ...passwordsOf(config.databaseUrl)].flatMap(
      secret => secret || [],
    ),
    pretty: process.stdout.isTTY,
    output: process.stdout,
  })
  const { createApp } = await import('./app.ts')
  // Who opens the local chat reads sentences, who runs a bot keeps its log; a mistake of ours is told
  // to both as it was.
  const log = local ? { ...sentences(console.error), fatal: lines.fatal.bind(lines) } : lines
  const app = createApp(config, { log })
  const end = untilEnd(log, process.env.npm_lifecycle_event !== undefined)

  try {
    const serving = (async () => {
      await app.start()
      // At its end a process that is killed would not come to it.
      flushCompileCache()
      if (local) {
        console.log(`Sitrep is open at ${app.address()}`)
        console.log('Open this address in a browser on this machine; Ctrl-C ends.')
      } else
        log.info({ event: 'started', address: app.address() }, `Health: ${app.address()}/readyz`)
      await app.ended
    })()
    await Promise.race([serving, end, outputLost])
    return EXIT.ok
  } catch (error) {
    const { ContentError } = await import('./content/problem.ts')
    const { PlatformError } = await import('./platform.ts')
    const { StoreError } = await import('./store/error.ts')
    if (error instanceof Unforeseen) return EXIT.software
    if (error instanceof OutputError) return fail(error.message, EXIT.io)
    if (error instanceof PlatformError || error instanceof StoreError) {
      if (!local) log.fatal({ event: 'stopped' }, error.message)
      const isStore = error instanceof StoreError
      return fail(error.message, isStore ? EXIT.io : EXIT.unavailable)
    }
    if (error instanceof ContentError) throw error
    log.fatal({ event: 'process.failed', err: error }, UNFORESEEN)
    return EXIT.software
  } finally {
    await Promise.race([app.stop(), setTimeout(DRAIN_MS, undefined, { ref: false })])
  }
}

/** Of a database's address, as it stands there and as it is meant. */
function passwordsOf(url: string): string[] {
  if (!URL.canParse(url)) return []
  const { password, searchParams } = new URL(url)
  const given = [password, searchParams.get('password') ?? '']
  return [...given, ...given.map(decoded)].filter(each => each.length >= SECRET_LENGTH)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function check(config: Config): Promise<number> {
  const { createApp } = await import('./app.ts')
  const app = createApp(config)
  await app.load()
  const { sections, exercises } = app.edition()
  console.log(`Content: ${sections.length} sections, ${exercises.length} exercises, no problem.`)
  return EXIT.ok
}

/** The environment and, where there is one, `.env`; a variable that is set already wins. */
async function readEnvironment(): Promise<Config> {
  const { ConfigError, readConfig } = await import('./config.ts')
  try {
    // Node's --env-file-if-exists says at every start without the file that it is not there.
    if (existsSync('.env')) process.loadEnvFile('.env')
  } catch (error) {
    throw new ConfigError([`.env: cannot be read (${(error as NodeJS.ErrnoException).code}).`])
  }
  return readConfig(process.env)
}

function readArguments<T extends ParseArgsConfig>(args: string[], config: T) {
  try {
    return parseArgs({ args, ...config })
  } catch (error) {
    // Node's message goes on with advice on quoting, which the usage gives better.
    const [sentence = ''] = (error as Error).message.split('. ')
    throw new UsageError(`${sentence.replace(/\.$/, '')}.`)
  }
}

/** Text, or the bodies of the requests that would be sent, as JSON. */
async function renderer(as: Form, style: TableStyle, stream: NodeJS.WriteStream) {
  const json = (bodies: unknown) => JSON.stringify(bodies, null, 2)
  if (as === 'telegram') {
    const { renderTelegram } = await import('./render/telegram.ts')
    return (message: Message) => json(renderTelegram(message, style))
  }
  if (as === 'discord') {
    const { renderDiscord } = await import('./render/discord.ts')
    return (message: Message) => json(renderDiscord(message, style))
  }
  return textRenderer(style, stream)
}

/** Colour and the terminal's width on a terminal; plain, 80 columns in a pipe. */
async function textRenderer(style: TableStyle, stream: NodeJS.WriteStream) {
  const { renderText } = await import('./render/text.ts')
  return (message: Message) => {
    // Longer lines tire the eye.
    const columns = Math.min(stream.columns ?? 80, 100)
    return renderText(message, { columns, style, colour: stream.isTTY && stream.hasColors() })
  }
}

function oneOf<T extends string>(option: string, value: unknown, choices: readonly T[]): T {
  const choice = choices.find(candidate => candidate === value)
  if (choice) return choice
  throw new UsageError(`\`--${option} ${value}\` is not known: write ${choices.join(' or ')}.`)
}

function fail(text: string, code: number): number {
  console.error(text)
  return code
}
