import {
  EXIT,
  envFile,
  fail,
  HELP,
  readArguments,
  readEnvironment,
  USAGE,
  UsageError,
} from './terminal.ts'

/**
 * Runs a command of the command line, or serves if there is none. `outputLost` rejects when the reader of the output has
 * gone. Resolves to the exit code. Prints an error that the user can fix, and rejects with every other error.
 */
export async function runCommandLine(
  [command, ...args]: string[],
  outputLost: Promise<never>,
): Promise<number> {
  try {
    switch (command) {
      case undefined:
        return await start([], outputLost)
      case 'ask': {
        const { ask } = await import('./ask.ts')
        return await ask(args)
      }
      case 'broadcast': {
        const { broadcast } = await import('./broadcast.ts')
        return await broadcast(args)
      }
      case 'plan': {
        const { plan } = await import('./plan.ts')
        return await plan(args)
      }
      case 'doctor': {
        const { doctor } = await import('./doctor.ts')
        return await doctor(args)
      }
      case 'check': {
        readArguments(args, { allowPositionals: false })
        const { check } = await import('./check.ts')
        return await check(await readEnvironment())
      }
      case 'backup': {
        const { backup } = await import('./backup.ts')
        return await backup(args)
      }
      case 'restore': {
        const { restore } = await import('./restore.ts')
        return await restore(args)
      }
      case 'help':
      case '--help':
      case '-h':
        console.log(USAGE)
        return EXIT.ok
      case '--version': {
        const { VERSION } = await import('../version.ts')
        console.log(`sitrep ${VERSION}`)
        return EXIT.ok
      }
      default:
        if (command.startsWith('--')) return await start([command, ...args], outputLost)
        throw new UsageError(`Unknown command: ${command}`)
    }
  } catch (error) {
    return explain(error, command)
  }
}

/** Serves the configured content, or the briefing that `--example` names. */
async function start(args: string[], outputLost: Promise<never>): Promise<number> {
  const { values } = readArguments(args, {
    allowPositionals: false,
    options: {
      example: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return EXIT.ok
  }
  const { exampleFolder } = values.example === undefined ? {} : await import('./editions.ts')
  const contentDir = exampleFolder?.(values.example ?? '')
  const config = await readEnvironment()
  const { serve } = await import('./serve.ts')
  return await serve({ ...config, ...(contentDir && { contentDir }) }, outputLost)
}

/** Prints an error that the user can fix, in a sentence. Rethrows every other error. */
async function explain(error: unknown, command = ''): Promise<number> {
  if (error instanceof UsageError) {
    const how = command in HELP ? `bin/sitrep ${command} --help` : 'bin/sitrep --help'
    return fail(`${error.message}\nRun ${how} for the options.`, EXIT.usage)
  }
  const { ConfigError } = await import('../config.ts')
  if (error instanceof ConfigError) {
    return fail(
      `Invalid configuration. Fix these in ${envFile()} or the environment:\n${error.message}`,
      EXIT.config,
    )
  }
  if ((error as NodeJS.ErrnoException).syscall === 'uv_cwd') {
    return fail('The current folder no longer exists. Go to another folder.', EXIT.config)
  }
  const { StoreError } = await import('../store/error.ts')
  if (error instanceof StoreError) return fail(error.message, EXIT.io)
  const { ContentError, isError } = await import('../content/problem.ts')
  if (error instanceof ContentError) {
    const { counted } = await import('../texts/plurals.ts')
    const length = error.problems.filter(isError).length || error.problems.length
    const count = counted(length, 'problem', 'problems')
    return fail(`The content has ${count}:\n${error.message}`, EXIT.content)
  }
  throw error
}
