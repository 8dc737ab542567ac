import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Config, ConfigError, readConfig } from './config.ts'
import type { Message } from './message.ts'
import type { Prompt } from './prompt.ts'
import type { TableStyle } from './render/table.ts'

/** Exit codes of BSD's sysexits.h, so that a supervisor can tell a mistake from a crash. */
const EXIT = { ok: 0, usage: 64, content: 65, unavailable: 69, io: 74, config: 78 } as const

/** What an answer can be printed as. */
const FORMS = ['text', 'telegram', 'discord'] as const
type Form = (typeof FORMS)[number]

const USAGE = `Usage:
  npm start                              the local chat, in a browser
  npm run -s ask -- WORDS [--as text|telegram|discord] [--style grid|cards]
                                         one answer, or the requests that would be sent;
                                         without WORDS a prompt
  npm run check                          content, format, lint, types, unused code`

/** A mistake on the command line: said in a sentence, with the usage behind it. */
class UsageError extends Error {}

// Beside the packages, not in a temporary folder that others can write to.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/sitrep'))

for (const [name, stream] of Object.entries({ input: process.stdin, output: process.stdout })) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head -1`) closes the pipe: no error.
    if (error.code === 'EPIPE') process.exit(EXIT.ok)
    console.error(`The ${name} failed (${error.code ?? error.message}).`)
    process.exit(EXIT.io)
  })
}

process.exitCode = await main(process.argv.slice(2))

async function main([command, ...args]: string[]): Promise<number> {
  try {
    switch (command) {
      case undefined:
        return await serve(readEnvironment())
      case 'ask':
        return await ask(args)
      case 'check':
        readArguments(args, { allowPositionals: false })
        return await check(readEnvironment())
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
    if (error instanceof ConfigError) {
      return fail(`The configuration is not right:\n${error.message}`, EXIT.config)
    }
    const { PlatformError } = await import('./platform.ts')
    if (error instanceof PlatformError) return fail(error.message, EXIT.unavailable)
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
  const config = readEnvironment()
  if (positionals.length === 0) return prompt(config, as, style)

  const { createApp } = await import('./app.ts')
  const app = createApp(config)
  await app.load()
  const { message, understood } = app.answer(positionals.join(' '))
  const render = await renderer(as, style, understood ? process.stdout : process.stderr)
  if (!understood) return fail(render(message), EXIT.usage)
  console.log(render(message))
  return EXIT.ok
}

async function prompt(config: Config, as: Form, style: TableStyle): Promise<number> {
  const { createApp } = await import('./app.ts')
  const { openPrompt } = await import('./prompt.ts')
  const interactive = process.stdin.isTTY && process.stdout.isTTY
  let opened: Prompt | undefined
  const app = createApp(config, {
    // Among the answers in a pipe a notice would be taken for one of them.
    report: text => (interactive ? opened?.notify(text) : console.error(text)),
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

/** Serves the local chat until a signal comes. */
async function serve(config: Config): Promise<number> {
  const { createApp } = await import('./app.ts')
  const app = createApp(config, { report: console.error })
  await app.start()
  console.log(`Sitrep is open at ${app.address()}`)
  console.log('Open this address in a browser on this machine; Ctrl-C ends.')
  await new Promise(resolve => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await app.stop()
  return EXIT.ok
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
function readEnvironment(): Config {
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
