/** A worker that makes a store in each of some new folders, at the very moment at which its twin does. */
import { workerData } from 'node:worker_threads'
import { systemClock } from '../../src/clock.ts'
import { sentences } from '../../src/log.ts'
import { openStore } from '../../src/store/store.ts'

const { urls, arrivals }: { urls: string[]; arrivals: Int32Array } = workerData

for (const [index, url] of urls.entries()) {
  Atomics.add(arrivals, index, 1)
  // Wait in a busy loop: a sleep would end at different times.
  while (Atomics.load(arrivals, index) < 2);
  const store = await openStore({ url, clock: systemClock, log: sentences(() => {}) })
  await store.close()
}
