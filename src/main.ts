import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Config, ConfigError, readConfig } from './config.ts'
import type { Message } from './message.ts'

/** Exit codes of BSD's sysexits.h, so that a supervisor can tell a mistake from a crash. */
const EXIT = { ok: 0, usage: 64, content: 65, config: 78 } as const

const USAGE = `Usage:
  npm start                              the briefing at a prompt
  npm run -s ask -- WORDS [--as text] [--style grid|cards]
                                         one answer; without WORDS a prompt
  npm run check                          format, lint, types, unused code, content`

/** A mistake on the command line: said in a sentence, with the usage behind it. */
class UsageError extends Error {}

// Beside the packages, not in a temporary folder that others can write to.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/sitrep'))

// Node's own --env-file-if-exists says on every start without the file that it is not there.
if (existsSync('.env')) process.loadEnvFile('.env')

// A reader that has seen enough (`| head -1`) closes the pipe: no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.ok)
})

process.exitCode = await main(process.argv.slice(2))

async function main([command, ...args]: string[]): Promise<number> {
  try {
    switch (command) {
      case undefined:
        return await prompt(readConfig(process.env), 'grid')
      case 'ask':
        return await ask(args)
      case 'check':
        return await check()
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
  const { values, positionals } = readAskArguments(args)
  const config = readConfig(process.env)
  const { TABLE_STYLES } = await import('./render/table.ts')
  const style = oneOf('style', values.style, TABLE_STYLES)
  oneOf('as', values.as, ['text'] as const)
  if (values.help) {
    console.log(USAGE)
    return EXIT.ok
  }
  if (positionals.length === 0) return prompt(config, style)

  const app = await startApp(config)
  const { message, understood } = app.answer(positionals.join(' '))
  const render = await textRenderer(style, understood ? process.stdout : process.stderr)
  await app.stop()
  if (!understood) return fail(render(message), EXIT.usage)
  console.log(render(message))
  return EXIT.ok
}

function readAskArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        as: { type: 'string', default: 'text' },
        style: { type: 'string', default: 'grid' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    // Node's message goes on with advice on quoting, which the usage below gives better.
    throw new UsageError(`${(error as Error).message.split('. ')[0]?.replace(/\.$/, '')}.`)
  }
}

async function prompt(config: Config, style: 'grid' | 'cards'): Promise<number> {
  const app = await startApp(config)
  const { runPrompt } = await import('./prompt.ts')
  const stopping = new AbortController()
  process.once('SIGTERM', () => stopping.abort())
  const interactive = process.stdin.isTTY && process.stdout.isTTY
  const understood = await runPrompt({
    input: process.stdin,
    output: process.stdout,
    interactive,
    answer: app.answer,
    render: await textRenderer(style, process.stdout),
    completions: () => app.registry().commands.map(({ name }) => `/${name}`),
    signal: stopping.signal,
  })
  await app.stop()
  return understood || interactive ? EXIT.ok : EXIT.usage
}

async function check(): Promise<number> {
  const app = await startApp(readConfig(process.env))
  const { sections, exercises } = app.registry().edition
  await app.stop()
  console.log(`Content: ${sections.length} sections, ${exercises.length} exercises, no problem.`)
  return EXIT.ok
}

async function startApp(config: Config) {
  const { createApp } = await import('./app.ts')
  const app = createApp(config, { report: console.error })
  await app.start()
  return app
}

/** Colour and the terminal's width on a terminal; plain, 80 columns in a pipe. */
async function textRenderer(style: 'grid' | 'cards', stream: NodeJS.WriteStream) {
  const { renderText } = await import('./render/text.ts')
  return (message: Message) => {
    // Longer lines tire the eye.
    const columns = Math.min(stream.columns ?? 80, 100)
    return renderText(message, { columns, style, colour: stream.isTTY && stream.hasColors() })
  }
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find(candidate => candidate === value)
  if (choice) return choice
  throw new UsageError(`\`--${option} ${value}\` is not known: write ${choices.join(' or ')}.`)
}

function fail(text: string, code: number): number {
  console.error(text)
  return code
}
