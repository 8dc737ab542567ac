import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createPossiblySent } from '../../src/delivery/possibly-sent.ts'
import type { DepartingRow } from '../../src/delivery/send-step.ts'
import type { Claimed } from '../../src/store/ledger/claims.ts'

function launched(chat: number): DepartingRow {
  const row = { broadcast: 1, chat, messages: [], part: 0, revision: 1 }
  const content = { revision: 1, parts: 1, isPublished: false }
  return { row: row as unknown as Claimed, content, parts: [], block: 0 } as unknown as DepartingRow
}

test.for([0, 1, 2, 3, 4, 5, 6, 7])(
  'a call that is added %i microtasks after the pause of the one before leaves too',
  async microtasks => {
    const pause = Promise.withResolvers<void>()
    const pausing = Promise.withResolvers<void>()
    const second = Promise.withResolvers<void>()
    const possiblySent = createPossiblySent({
      store: { deliveries: { leave: async (_, rows) => rows } },
      term: { epoch: 1, signal: new AbortController().signal },
      clock: {
        ...systemClock,
        pause() {
          pausing.resolve()
          return pause.promise
        },
      },
      depart: ({ row }) => row.chat === 2 && second.resolve(),
      release: () => {},
      watched: work => work,
    })
    possiblySent.add(launched(1))
    await pausing.promise
    pause.resolve()
    for (let passed = 0; passed < microtasks; passed++) await undefined
    possiblySent.add(launched(2))
    await second.promise
    expect(possiblySent.rows()).toEqual([])
    await possiblySent.close()
  },
)
