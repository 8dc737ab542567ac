import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { Mutation } from './mutate.ts'

/** The cases of the whole suite, those of `test:long` included. */
const CASES = Number(process.env.FUZZ_CASES ?? 20_000)

/** Printed with each part: the same seed and number make the same cases. */
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2_147_483_647)

/** `test:long` plays other cases than `npm test` does. */
const OWN_SEED = process.env.TESTS === 'long' ? SEED + 1 : SEED

/** Memory that may stay behind when a scene is over, in bytes, beyond what the first one left. */
const MOST_BYTES = 100 * 1024 * 1024

/** Failures after which a part stops looking for more. */
const MOST = 5

/** Returns the number of cases of a part that has `percent` of the suite. */
export function share(percent: number): number {
  return Math.max(1, Math.ceil((CASES * percent) / 100))
}

export interface Part<T> {
  readonly name: string
  readonly cases: fc.Arbitrary<T>
  readonly count: number
  /** Cases that are played together. */
  readonly batch: number
  /** Rejects if a rule is broken. Whatever it keeps open is closed by `reset`. */
  readonly play: (cases: readonly T[]) => Promise<void>
  /** Begins with a new scene. */
  readonly reset: () => Promise<void>
  /** Batches after which a new scene begins all the same, so that one does not grow without end. */
  readonly lifetime?: number
}

/**
 * Plays the cases of a part in batches. If a batch fails, its smallest part that still fails is
 * looked for: halves of it, then one case with fewer changes. Rejects with all that was found.
 */
export async function fuzz<T extends { readonly changes: readonly Mutation[] }>(
  part: Part<T>,
): Promise<void> {
  const { name, count, batch, reset, lifetime = Number.POSITIVE_INFINITY } = part
  console.log(`fuzz ${name}: ${count} cases, FUZZ_SEED=${SEED} FUZZ_CASES=${CASES}`)
  const [began, worked] = [performance.now(), process.cpuUsage()]
  const all = fc.sample(part.cases, { seed: OWN_SEED, numRuns: count })
  const found: string[] = []
  let alive = 0
  let first: number | undefined
  async function end(): Promise<void> {
    await reset().catch(error => found.push((error as Error).message))
    const used = usedBytes()
    first ??= used
    if (used - first > MOST_BYTES) found.push(`${used - first} bytes stay behind after a scene`)
  }
  for (let from = 0; from < count && found.length < MOST; from += batch) {
    const cases = all.slice(from, from + batch)
    const failed = await failure(part, cases)
    alive += 1
    if (failed !== undefined) {
      const { smallest, said } = await smaller(part, cases, failed)
      found.push(`Case ${from} and on, ${smallest.length} of them:\n${told(smallest)}\n${said}`)
      alive = 0
    } else if (alive >= lifetime) {
      await end()
      alive = 0
    }
  }
  await end()
  const { user, system } = process.cpuUsage(worked)
  const [seconds, busy] = [(performance.now() - began) / 1000, (user + system) / 1e6]
  const rates = [seconds, busy].map(each => Math.round(count / each))
  console.log(
    `fuzz ${name}: ${rates[0]} cases a second, ${rates[1]} a second of a processor, ${found.length} failures`,
  )
  if (found.length > 0)
    throw new Error(`FUZZ_SEED=${SEED} FUZZ_CASES=${CASES}\n${found.join('\n\n')}`)
}

/** Why these cases fail; undefined if they do not. */
async function failure<T>(
  { play, reset }: Part<T>,
  cases: readonly T[],
): Promise<string | undefined> {
  try {
    await play(cases)
    return undefined
  } catch (error) {
    const later = await reset().catch(late => `\n${(late as Error).message}`)
    return `${(error as Error).message}${later ?? ''}`
  }
}

async function smaller<T extends { readonly changes: readonly Mutation[] }>(
  part: Part<T>,
  cases: readonly T[],
  said: string,
): Promise<{ smallest: readonly T[]; said: string }> {
  const [only, ...others] = cases
  const half = Math.ceil(cases.length / 2)
  const candidates =
    only && others.length === 0
      ? only.changes.map((_, index) => [{ ...only, changes: only.changes.toSpliced(index, 1) }])
      : [cases.slice(0, half), cases.slice(half)]
  for (const candidate of candidates) {
    const failed = await failure(part, candidate)
    if (failed !== undefined) return smaller(part, candidate, failed)
  }
  return { smallest: cases, said }
}

/** Bytes of the heap that are in use. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  return process.memoryUsage().heapUsed
}

function told(cases: readonly unknown[]): string {
  return cases
    .slice(0, 3)
    .map(each => JSON.stringify(each))
    .join('\n')
}
