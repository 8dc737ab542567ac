import { expect, test } from 'vitest'
import { createMetrics, type MetricsOptions } from '../../src/app/metrics.ts'
import { StoreError } from '../../src/store/error.ts'
import { quickClock } from '../platforms/pauses.ts'
import { readScrape } from '../scrape.ts'

/** The figures of a standby process before its first edition. */
function open(
  outbox: MetricsOptions['store']['outbox'],
  more: Partial<Pick<MetricsOptions, 'backups' | 'clock'>> = {},
) {
  return createMetrics({
    platforms: ['telegram'],
    health: new Map([['delivery.telegram', () => undefined]]),
    store: { outbox },
    lease: { state: () => 'waiting' },
    supervisor: { states: () => ({ telegram: { status: 'standby' } }) },
    editions: { published: () => undefined, part: () => ({ status: 'loading', ready: false }) },
    feeds: undefined,
    backups: undefined,
    clock: quickClock(100),
    ...more,
  })
}

test('without an answer of the store, the other figures are there, and those of the outbox are absent', async () => {
  const depth = { platform: 'telegram', due: 2, later: 1, paused: 0, oldestS: 30 }
  const answers = [
    async () => [depth],
    () => new Promise<never>(() => {}),
    async () => Promise.reject(new StoreError('The database is away.')),
  ]
  const metrics = open({ read: () => answers.shift()?.() ?? Promise.resolve([]) })
  const outboxes: number[][] = []
  for (let scrapes = 0; scrapes < 3; scrapes++) {
    const samples = readScrape((await metrics.read()).text)
    const of = (name: string) =>
      samples.filter(each => each.name === name).map(({ value }) => value)
    outboxes.push([...of('sitrep_outbox_rows'), ...of('sitrep_outbox_oldest_age_seconds')])
    expect([of('sitrep_lease_held'), of('sitrep_component_ready')]).toEqual([[0], [1]])
  }
  expect(outboxes).toEqual([[2, 1, 0, 30], [], []])
})

test('a store and a disk that hang are read once, and the age of the newest backup grows', async () => {
  const clock = quickClock(100)
  const begun = clock.now()
  const never = new Promise<never>(() => {})
  let [reads, looks] = [0, 0]
  const read = () => (reads++ === 0 ? Promise.resolve([]) : never)
  const newestAt = () => (looks++ === 0 ? Promise.resolve(begun.subtract({ seconds: 50 })) : never)
  const metrics = open({ read }, { clock, backups: { newestAt } })
  const ages: number[] = []
  for (let scrapes = 0; scrapes < 3; scrapes++) {
    const samples = readScrape((await metrics.read()).text)
    ages.push(
      ...samples
        .filter(({ name }) => name === 'sitrep_backup_age_seconds')
        .map(({ value }) => value),
    )
  }
  expect([reads, looks]).toEqual([2, 2])
  // Each scrape waits for two seconds of this clock.
  const [first = 0, second = 0, third = 0] = ages
  expect([first >= 50, second >= first + 2, third >= second + 2]).toEqual([true, true, true])
})

test('a part of a message, and a row that is tried again, are no outcome', async () => {
  const metrics = open({ read: async () => [] })
  await metrics.read()
  for (const state of ['pending', 'sent', 'pending', 'gone'] as const) {
    metrics.onSettled('telegram', state)
  }
  const counted = readScrape((await metrics.read()).text).filter(
    ({ name, value }) => name === 'sitrep_deliveries_total' && value > 0,
  )
  expect(counted.map(({ labels, value }) => [labels.outcome, value])).toEqual([
    ['sent', 1],
    ['gone', 1],
  ])
})
