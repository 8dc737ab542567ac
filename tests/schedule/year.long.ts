import { expect, test } from 'vitest'
import { event } from './scene.ts'
import { rehearse } from './year-contract.ts'

test('chats in 20 zones get each post of a year at the instant that croner computes', {
  // It takes 20 minutes on a busy machine.
  timeout: 2_400_000,
}, async () => {
  const { sent } = await rehearse({
    dialect: 'sqlite',
    start: '2027-12-01T00:00:30Z',
    days: 366,
    // Each zone, hour and cadence once.
    chats: 240,
    events: [
      event('turn', '2027-12-29', '2028-01-04'),
      event('leap', '2028-02-29', '2028-02-29'),
      event('spring', '2028-03-20', '2028-04-10'),
      event('overlapping', '2028-04-03', '2028-04-20'),
      event('autumn', '2028-10-20', '2028-11-10'),
    ],
  })
  console.log(`${sent} posts in a simulated year.`)
  expect(sent).toBeGreaterThan(50_000)
})
