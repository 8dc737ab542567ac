import { yieldToEventLoop } from '../async/yield.ts'

/** Work that pauses after each message that it has laid out. */
export type Steps<T> = Generator<undefined, T>

/** Longest time without a yield to the event loop, in milliseconds, if no step takes longer. */
const BUSY_MS = 10

/** Runs all steps without a pause. */
export function finish<T>(steps: Steps<T>): T {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

/** Runs all steps, and yields to the event loop between them, because a section of 64 KiB takes up to 0.3 s. */
export async function finishInSteps<T>(steps: Steps<T>): Promise<T> {
  let begun = performance.now()
  let step = steps.next()
  while (!step.done) {
    if (performance.now() - begun > BUSY_MS) {
      await yieldToEventLoop()
      begun = performance.now()
    }
    step = steps.next()
  }
  return step.value
}
