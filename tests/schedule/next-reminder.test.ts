import { expect, test } from 'vitest'
import { readFirstSeen } from '../../src/schedule/first-seen.ts'
import { nextReminder } from '../../src/schedule/next-reminder.ts'
import type { Subscription } from '../../src/store/chats/chat.ts'
import { event, openSchedule } from './scene.ts'

const LEADS = {
  moments: [14, 3, 1, 'start', 'end'],
  time: Temporal.PlainTime.from('09:00'),
} as const

test('the next reminder is the one that the schedule posts', async () => {
  const events = [
    event('far', '2028-03-10', '2028-03-12'),
    event('timed', '2027-05-09T22:30', '2027-05-09T23:30', { zone: 'UTC', reminders: ['1h'] }),
    event('muted', '2027-05-03', '2027-05-04'),
  ]
  const scene = await openSchedule({ start: '2027-05-01T12:00:00Z', events })
  await scene.beat()
  const wish = { topics: ['events'], zone: 'UTC', muted: ['muted'], quiet: { from: 21, to: 22 } }
  await scene.subscribe('1', wish)
  const published = await scene.store.editions.published()
  const known = { edition: scene.content(), firstSeen: readFirstSeen(published?.known ?? '') }
  const subscription = (await scene.wish('1')) as Subscription
  const next = () => nextReminder(known, LEADS, subscription, scene.now())
  // Quiet hours hold the reminder of 21:30 until 22:00.
  expect(await next()).toMatchObject({ name: 'Exercise timed', at: at('2027-05-09T22:00:00Z') })
  const alone = { ...subscription, topics: [], followed: ['far'] }
  expect(await nextReminder(known, LEADS, alone, scene.now())).toMatchObject({
    name: 'Exercise far',
  })
  expect(await scene.beat('2027-05-09T21:29:00Z')).toEqual([])
  expect(await scene.beat('2027-05-09T22:00:00Z')).toHaveLength(1)
  expect(await next()).toMatchObject({ name: 'Exercise far', at: at('2028-02-25T09:00:00Z') })
  scene.set('2027-05-10T00:00:00Z')
  expect(await scene.beat('2028-02-25T09:00:00Z')).toHaveLength(1)
})

const at = (text: string) => Temporal.Instant.from(text)
