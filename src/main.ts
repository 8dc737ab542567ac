import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

const isServing = process.argv.length === 2

// Beside the packages, not in a temporary folder that others can write to. What is imported from here
// on comes out of it, and so nothing of size is imported above.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/sitrep'))
const { EXIT, fail, readArguments, readEnvironment, USAGE, UsageError } = await import(
  './cli/terminal.ts'
)

const { promise: outputLost, reject: loseOutput } = Promise.withResolvers<never>()
// Nobody has to wait for it.
outputLost.catch(() => {})

for (const [name, stream] of Object.entries({ input: process.stdin, output: process.stdout })) {
  stream.on('error', async (error: NodeJS.ErrnoException) => {
    const text = `The ${name} failed (${error.code ?? error.message}).`
    // The terminal was closed, and its SIGHUP may come later.
    const isHungUp = error.code === 'EIO' && stream.isTTY
    if (isHungUp && process.emit('SIGHUP')) return
    // A bot has answers under way, and ends in order.
    if (isServing) {
      const { OutputError } = await import('./cli/serve.ts')
      return loseOutput(new OutputError(text))
    }
    // A reader that has seen enough (`| head -1`) closes the pipe: no error.
    if (error.code === 'EPIPE' || isHungUp) process.exit(EXIT.ok)
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
        throw new UsageError(`There is no command \`${command}\`.`)
    }
  } catch (error) {
    return explain(error)
  }
}

/** What whoever has typed it can mend, in a sentence; everything else as it is. */
async function explain(error: unknown): Promise<number> {
  if (error instanceof UsageError) return fail(`${error.message}\n\n${USAGE}`, EXIT.usage)
  const { ConfigError } = await import('./config.ts')
  if (error instanceof ConfigError) {
    return fail(`The configuration is not right:\n${error.message}`, EXIT.config)
  }
  const { StoreError } = await import('./store/error.ts')
  if (error instanceof StoreError) return fail(error.message, EXIT.io)
  const { ContentError } = await import('./content/problem.ts')
  if (error instanceof ContentError) {
    const { length } = error.problems
    const count = length === 1 ? 'a problem' : `${length} problems`
    return fail(`The content has ${count}:\n${error.message}`, EXIT.content)
  }
  throw error
}
