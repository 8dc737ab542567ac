import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { parentPort } from 'node:worker_threads'
import type { Drawing } from '../picture.ts'
import type { DrawingOutput } from './in-worker.ts'

// The compile cache of main.ts covers its own thread alone. Large modules are imported after this line.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/sitrep'))
const { draw } = await import('./draw.ts')

parentPort?.on('message', (drawing: Drawing) => {
  const { user, system } = process.threadCpuUsage()
  parentPort?.postMessage({ at: drawing.kind, cpu: user + system })
  parentPort?.postMessage(output(drawing))
})

/** A drawing that fails must not end the worker, which would load its modules again. */
function output(drawing: Drawing): DrawingOutput {
  try {
    return { bytes: draw(drawing) }
  } catch (error) {
    return { failure: (error as Error).message }
  }
}
