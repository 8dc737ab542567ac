import { expect, test } from 'vitest'
import { createBreaker } from '../../src/delivery/breaker.ts'

test('trips when over half of fifty chats are gone, and names those that were', () => {
  const breaker = createBreaker<number>()
  for (let index = 0; index < 49; index++) {
    expect(breaker.record(index % 2 === 0 ? 'gone' : 'arrived', index)).toBeUndefined()
  }
  expect(breaker.record('gone', 49)?.of).toHaveLength(26)
  // A reported failure is not counted again.
  expect(breaker.record('gone', 50)).toBeUndefined()
})

test('a few chats that are all gone trip nothing', () => {
  const breaker = createBreaker<number>()
  for (let index = 0; index < 25; index++) expect(breaker.record('gone', index)).toBeUndefined()
  expect(breaker.record('gone', 25)?.why).toBe('gone')
})

test('trips when over half of ten messages are refused', () => {
  const breaker = createBreaker<number>()
  for (let index = 0; index < 5; index++) expect(breaker.record('rejected', index)).toBeUndefined()
  for (let index = 5; index < 9; index++) expect(breaker.record('arrived', index)).toBeUndefined()
  expect(breaker.record('rejected', 9)).toMatchObject({ why: 'rejected', of: [0, 1, 2, 3, 4, 9] })
})
