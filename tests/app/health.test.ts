import { expect, test } from 'vitest'
import { createHealth, reportOf } from '../../src/app/health.ts'
import { PLATFORM_STATUSES, type PlatformState } from '../../src/platform.ts'
import { readiness } from '../../src/server/health.ts'

/** The health of a process whose one platform is in a state. */
function healthOf(state: PlatformState) {
  type Parts = Parameters<typeof createHealth>[0]
  const parts = {
    editions: { part: () => ({ status: 'loaded', ready: true }) },
    store: { state: () => ({ status: 'open' }) },
    lease: { state: () => 'held' },
    supervisor: { states: () => ({ telegram: state }) },
    isLocal: true,
  }
  return reportOf(createHealth(parts as unknown as Parts))
}

test('a platform that is not ready has a reason: its own, or what its state means', () => {
  for (const status of PLATFORM_STATUSES) {
    const { telegram } = healthOf({ status })
    const isReady = status === 'running' || status === 'standby'
    expect(telegram).toEqual({
      ...{ status, ready: isReady },
      ...(!isReady && { reason: expect.stringMatching(/\.$/) }),
    })
    expect(readiness(healthOf({ status })).ready).toBe(isReady)
  }
  const reason = 'Can’t reach telegram. Retrying.'
  expect(healthOf({ status: 'trouble', reason }).telegram).toEqual({
    ...{ status: 'trouble', reason, ready: false },
  })
})
