import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

const [, , first] = process.argv
const isServing = first === undefined || first.startsWith('--example')
// Handles of libraries would keep the process alive, and so would a check of `doctor` that is late.
const mayStayOpen = isServing || first === 'doctor'

// Under the umask 000 every user of the machine could replace the code in the cache.
process.umask(process.umask(0o077) | 0o002)
// The cache is beside the packages, because other users can write to a temporary folder. It speeds up only later
// imports, so large modules are imported below this line.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/sitrep'))
const { EXIT, fail } = await import('./cli/terminal.ts')
const { runCommandLine } = await import('./cli/command-line.ts')

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

const code = await runCommandLine(process.argv.slice(2), outputLost)
if (mayStayOpen) process.exit(code)
process.exitCode = code
