import { expect, test } from 'vitest'
import { pausedBecause, reason } from '../src/texts/reasons.ts'

test.for([
  ['400 50083', /archived thread/],
  ['archived', /archived thread/],
  ['403 50013', /n’t let the bot post/],
  ['403', /n’t let the bot post/],
  ['404 10003', /can’t be found/],
  ['400 50035', /its content/],
  ['right: Send Messages', /the permission “Send Messages”/],
  ['ECONNRESET', /no clear answer/],
  ['502', /no clear answer/],
  ['400', /without a reason/],
  ['400 999999', /without a reason/],
  ['toString', /without a reason/],
  ['', /without a reason/],
  ['fault', /inside Sitrep/],
] as const)('the ledger’s “%s” is told in words', ([error, words]) => {
  for (const count of [1, 7]) {
    expect(reason(error, count, true)).toMatch(words)
    expect(reason(error, count, true)).not.toMatch(/\d|undefined/)
  }
})

test('a pause is told in words', () => {
  for (const note of ['gone', 'rejected', 'refused', 'fault', 'unreadable']) {
    expect(pausedBecause(note)).toMatch(/^Paused because/)
  }
})
