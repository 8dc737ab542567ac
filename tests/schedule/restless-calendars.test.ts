import { expect, test } from 'vitest'
import { editionOf, event, openSchedule } from './scene.ts'

const START = Temporal.Instant.from('2027-05-01T00:00:00Z')

/** Counts the posts of a day in which a calendar is read every 15 minutes. */
async function postsOfDay(at: (round: number) => ReturnType<typeof editionOf>) {
  const { beat, edit, subscribe, got, events, decide } = await openSchedule({
    ...{ start: `${START}`, events: at(0).events, moments: [] },
  })
  await beat()
  await subscribe('1', { topics: ['events'] })
  for (let round = 1; round <= 96; round++) {
    edit(at(round))
    for (const minutes of [0, 11]) await beat(START.add({ minutes: 15 * round + minutes }))
  }
  return { posts: got.length, events, decide }
}

test('an event of a calendar that flips at each read is announced three times, and then waits for a moderator', async () => {
  const { posts, events, decide } = await postsOfDay(round =>
    editionOf([event('e', `2027-07-0${1 + (round % 2)}`, '2027-07-05', { feed: 'f' })]),
  )
  expect(posts).toBe(3)
  expect(events()).toContain('news.held')
  expect(await decide('drop')).toBe(true)
})

test('a calendar with a new event at each read is announced thirteen times a day', async () => {
  const { posts } = await postsOfDay(round =>
    editionOf(
      Array.from({ length: round + 1 }, (_, index) =>
        event(`e${index}`, '2027-07-01', '2027-07-05', { feed: 'f' }),
      ),
    ),
  )
  expect(posts).toBeLessThanOrEqual(13)
  expect(posts).toBeGreaterThan(3)
})

test('an editor may change an event as often as needed', async () => {
  const { posts } = await postsOfDay(round =>
    editionOf([event('e', `2027-07-0${1 + (round % 2)}`, '2027-07-05')]),
  )
  expect(posts).toBe(96)
})
