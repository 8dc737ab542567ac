import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

const isServing = process.argv.length === 2

// The cache is beside the packages, because other users can write to a temporary folder. It speeds up only later
// imports, so large modules are imported below this line.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/sitrep'))
const { EXIT, fail, HELP, readArguments, readEnvironment, USAGE, UsageError } = await import(
  './cli/terminal.ts'
)

const { promise: outputLost, reject: loseOutput } = Promise.withResolvers<never>()
// Prevents an unhandled rejection if no command awaits the promise.
outputLost.catch(() => {})

for (const [name, stream] of Object.entries({ input: process.stdin, output: process.stdout })) {
  stream.on('error', async (error: NodeJS.ErrnoException) => {
    const text = `The ${name} failed (${error.code ?? error.message}).`
    // EIO means that the terminal was closed. Its SIGHUP may come later, so the handlers of SIGHUP run now.
    const isHungUp = error.code === 'EIO' && stream.isTTY
    if (isHungUp && process.emit('SIGHUP')) return
    // The bot may have replies in progress, so it shuts down in order.
    if (isServing) {
      const { OutputError } = await import('./cli/serve.ts')
      return loseOutput(new OutputError(text))
    }
    // A reader such as `| head -1` closes the pipe early. That is no error.
    if (error.code === 'EPIPE' || isHungUp) process.exit(EXIT.ok)
    process.exit(fail(text, EXIT.io))
  })
}

const code = await main(process.argv.slice(2))
// An open handle of a library would keep the process alive.
if (isServing) process.exit(code)
process.exitCode = code

async function main([command, ...args]: string[]): Promise<number> {
  try {
    switch (command) {
      case undefined: {
        const { serve } = await import('./cli/serve.ts')
        return await serve(await readEnvironment(), outputLost)
      }
      case 'ask': {
        const { ask } = await import('./cli/ask.ts')
        return await ask(args)
      }
      case 'broadcast': {
        const { broadcast } = await import('./cli/broadcast.ts')
        return await broadcast(args)
      }
      case 'plan': {
        const { plan } = await import('./cli/plan.ts')
        return await plan(args)
      }
      case 'check': {
        readArguments(args, { allowPositionals: false })
        const { check } = await import('./cli/check.ts')
        return await check(await readEnvironment())
      }
      case 'help':
      case '--help':
      case '-h':
        console.log(USAGE)
        return EXIT.ok
      default:
        throw new UsageError(`Unknown command: ${command}`)
    }
  } catch (error) {
    return explain(error, command)
  }
}

/** Prints an error that the user can fix, in a sentence. Rethrows every other error. */
async function explain(error: unknown, command = ''): Promise<number> {
  if (error instanceof UsageError) {
    const how = command in HELP ? `npm run -s ${command} -- --help` : 'npm start -- --help'
    return fail(`${error.message}\nRun ${how} for the options.`, EXIT.usage)
  }
  const { ConfigError } = await import('./config.ts')
  if (error instanceof ConfigError) {
    return fail(
      `Invalid configuration. Fix these in .env or the environment:\n${error.message}`,
      EXIT.config,
    )
  }
  const { StoreError } = await import('./store/error.ts')
  if (error instanceof StoreError) return fail(error.message, EXIT.io)
  const { ContentError, isError } = await import('./content/problem.ts')
  if (error instanceof ContentError) {
    const { counted } = await import('./texts/plurals.ts')
    const length = error.problems.filter(isError).length || error.problems.length
    const count = counted(length, 'problem', 'problems')
    return fail(`The content has ${count}:\n${error.message}`, EXIT.content)
  }
  throw error
}
