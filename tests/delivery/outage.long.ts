import { expect, test } from 'vitest'
import { type OutageOptions, outageContract, playOutage } from './outage-contract.ts'

/** Life of a lease, in milliseconds: an operator's. */
const TTL_MS = 10_000

const SECONDS = [3, 6, 9, 14, 60]

/** Plays the outages at once, because each waits most of the time. */
async function play(
  dialect: OutageOptions['dialect'],
  how: OutageOptions['how'],
  seconds: readonly number[],
): Promise<void> {
  const outcomes = await Promise.all(
    seconds.map((second, index) =>
      playOutage({
        ...{ dialect, how, chats: 200, ttlMs: TTL_MS },
        ...{ awayMs: second * 1000, at: 60 + 37 * index },
      }),
    ),
  )
  for (const [index, { doubled, lost, admitted, terms }] of outcomes.entries()) {
    console.log(
      `${dialect} ${how}, ${seconds[index]} s: ${doubled} doubled, ${lost} lost, ${admitted} perhaps twice, ${terms} terms`,
    )
    expect({ doubled, lost, admitted }).toEqual({ doubled: 0, lost: 0, admitted: 0 })
  }
}

test(
  'PostgreSQL that refuses for 3 to 60 s doubles and loses nothing',
  () => play('postgres', 'refuses', SECONDS),
  180_000,
)

test(
  'SQLite that is locked for 3 to 60 s doubles and loses nothing',
  () => play('sqlite', 'is locked', SECONDS),
  180_000,
)

outageContract([
  ['postgres', 'refuses', 300, false],
  ['postgres', 'refuses', 900, true],
  ['postgres', 'swallows', 1400, false],
  ['postgres', 'cuts a commit', 1200, false],
  ['sqlite', 'is locked', 500, false],
])
