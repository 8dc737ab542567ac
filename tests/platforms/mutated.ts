const STRANGE = [undefined, null, 7, 'x', '', [], {}, true, -1, 1e300, [null], { type: 99 }]

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * Copies of a body, each with one value that is missing or another. Every value is changed `times` times, to
 * strange ones in turn.
 */
export function mutated(body: object, times: number): object[] {
  let turn = 0
  function* within(value: Json): Generator<unknown> {
    if (value === null || typeof value !== 'object') return
    for (const key of Object.keys(value)) {
      const held = value as { readonly [key: string]: Json }
      for (let time = 0; time < times; time++) {
        turn += 1
        yield replaced(held, key, STRANGE[turn % STRANGE.length])
      }
      for (const inner of within(held[key] ?? null)) yield replaced(held, key, inner)
    }
  }
  return [...within(body as Json)] as object[]
}

function replaced(held: object, key: string, value: unknown): unknown {
  if (Array.isArray(held)) return held.with(Number(key), value)
  return { ...held, [key]: value }
}

const EVENTS = ['uncaughtExceptionMonitor', 'unhandledRejection'] as const

/** Errors that would have ended the process, from now on. */
export function watchProcess(): { readonly faults: unknown[]; [Symbol.dispose](): void } {
  const faults: unknown[] = []
  const told = (error: unknown) => void faults.push(error)
  // The test runner reports rejections itself.
  for (const event of EVENTS) process.on(event, told)
  return {
    faults,
    [Symbol.dispose]() {
      for (const event of EVENTS) process.off(event, told)
    },
  }
}
