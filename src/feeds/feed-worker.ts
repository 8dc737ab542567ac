import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { parentPort } from 'node:worker_threads'
import type { FeedInput, FeedOutput } from './next-state.ts'

// The compile cache of main.ts covers its own thread alone. Large modules are imported after this line.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/sitrep'))
const { nextState } = await import('./next-state.ts')

// An error ends the worker; the main thread reports it.
parentPort?.on('message', (input: FeedInput) => {
  const { user, system } = process.threadCpuUsage()
  parentPort?.postMessage({ at: input.host, cpu: user + system })
  parentPort?.postMessage(nextState(input) satisfies FeedOutput)
})
