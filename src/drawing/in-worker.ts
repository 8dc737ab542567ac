import { createLimitedWorker } from '../async/limited-worker.ts'
import type { Drawing } from '../picture.ts'

export type DrawingOutput = { readonly bytes: Uint8Array } | { readonly failure: string }

/** A picture that can't be drawn: a character without a font, too much of it, or a worker without memory or time. */
export class DrawingError extends Error {}

const ENTRY = new URL('./drawing-worker.ts', import.meta.url)

/** CPU time for one picture, in milliseconds. 30 events take 200 ms. */
const CPU_MS = 3000

/** The same in elapsed time, for a worker that waits instead of computing. */
const ELAPSED_MS = 30_000

/** Most memory of the worker's objects, in MB. The canvas is outside of it: 1080 × 8400 pixels take 36 MB. */
const HEAP_MB = 128

const worker = createLimitedWorker<Drawing, DrawingOutput>(ENTRY, HEAP_MB)

/**
 * Draws a picture as PNG in a worker thread. Throws {@link DrawingError}. One worker is kept, so the caller draws one
 * picture at a time.
 *
 * @param cpuMs see {@link CPU_MS}.
 */
export async function drawInWorker(
  drawing: Drawing,
  signal?: AbortSignal,
  cpuMs = CPU_MS,
): Promise<Buffer> {
  const ended = await worker.run(drawing, { cpuMs, elapsedMs: ELAPSED_MS, signal })
  if (!('result' in ended)) throw new DrawingError('The worker ended.', { cause: ended.exceeded })
  if ('failure' in ended.result) throw new DrawingError(ended.result.failure)
  const { buffer, byteOffset, byteLength } = ended.result.bytes
  return Buffer.from(buffer, byteOffset, byteLength)
}
