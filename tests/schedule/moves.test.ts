import { describe, expect, test } from 'vitest'
import { query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { changesContract, pairsContract } from './moves-contract.ts'
import { DECEMBER, openMoving } from './moving.ts'
import { editionOf } from './scene.ts'

const SARAJEVO = 'Europe/Sarajevo'

describe.for(DIALECTS)('a changed setting on %s', { timeout: 60_000 }, dialect => {
  /** Thursday evening: a chat in a zone with a daily digest at nine, if nothing else is typed. */
  async function open(zone = SARAJEVO, ...lines: string[]) {
    const scene = await openMoving({ dialect, start: '2026-12-03T18:00:00Z' })
    await scene.type('/subscribe')
    for (const line of [`zone ${zone}`, 'daily', ...lines]) await scene.type(`/settings ${line}`)
    await scene.beat()
    return scene
  }

  test('a zone further west repeats neither the reminder nor the digest, over a restart too', async () => {
    const { at, type, restart, pass } = await open()
    expect(await at('2026-12-04T09:00:05', SARAJEVO)).toEqual(['digest', 'reminder'])
    expect(await type('/settings zone Europe/London')).toMatch(
      /Europe\/London ✓Next digest: Sat 5 Dec, 09:00\. Your time: 08:00\.$/,
    )
    restart()
    expect(await at('2026-12-04T09:00:05', 'Europe/London')).toEqual([])
    expect(await type('/settings zone America/Los_Angeles')).toMatch('Sat 5 Dec')
    expect(await pass(24)).toEqual([])
    expect(await at('2026-12-05T09:00:05', 'America/Los_Angeles')).toEqual(['digest'])
  })

  test('a zone further east repeats nothing, and neither does the way back', async () => {
    const { at, type, pass } = await open()
    expect(await at('2026-12-04T09:00:05', SARAJEVO)).toEqual(['digest', 'reminder'])
    for (const zone of ['Asia/Tokyo', 'Pacific/Kiritimati', 'Pacific/Honolulu', SARAJEVO]) {
      await type(`/settings zone ${zone}`)
      expect(await pass(1)).toEqual([])
    }
    expect(await pass(19)).toEqual([])
    expect(await at('2026-12-05T09:00:05', SARAJEVO)).toEqual(['digest'])
  })

  test('the hour, the weekday, the cadence and quiet hours repeat no digest of a day or a week', async () => {
    const { at, type, pass, wish } = await open(SARAJEVO, 'friday')
    expect(await at('2026-12-04T09:00:05', SARAJEVO)).toEqual(['digest', 'reminder'])
    const next = async (line: string) => {
      await type(`/settings ${line}`)
      return (await wish('1'))?.nextDigestAt?.toZonedDateTimeISO(SARAJEVO).toPlainDate().toString()
    }
    expect(await next('hour 18')).toBe('2026-12-11')
    expect(await next('saturday')).toBe('2026-12-12')
    expect(await next('sunday')).toBe('2026-12-13')
    expect(await next('monday')).toBe('2026-12-07')
    expect(await next('daily')).toBe('2026-12-05')
    expect(await next('friday')).toBe('2026-12-11')
    expect(await next('quiet 8-20')).toBe('2026-12-11')
    expect(await next('instant')).toBeUndefined()
    expect(await next('daily')).toBe('2026-12-05')
    await type('/stop')
    await type('/subscribe')
    await type('/settings -digest')
    expect(await next('+digest')).toBe('2026-12-05')
    await type('/pause 1d')
    await type('/resume')
    expect(await pass(12)).toEqual([])
  })

  test('the digest of a week does not come again on the same Monday in another zone', async () => {
    const { at, type, pass } = await open(SARAJEVO, 'monday')
    await at('2026-12-04T12:00:00', SARAJEVO)
    expect(await at('2026-12-07T09:00:05', SARAJEVO)).toEqual(['digest'])
    expect(await type('/settings zone Europe/London')).toMatch('Next digest: Mon 14 Dec, 09:00.')
    expect(await pass(24)).toEqual([])
    expect(await at('2026-12-14T09:00:05', 'Europe/London')).toEqual(['digest'])
  })

  test('a chat that moves west gets a post that is not due yet at its instant there', async () => {
    const { at, type } = await open()
    await at('2026-12-04T08:59:50', SARAJEVO)
    await type('/settings zone America/New_York')
    expect(await at('2026-12-04T09:00:05', SARAJEVO)).toEqual([])
    expect(await at('2026-12-04T09:00:05', 'America/New_York')).toEqual(['digest', 'reminder'])
    await type(`/settings zone ${SARAJEVO}`)
    expect(await at('2026-12-04T23:00:00', SARAJEVO)).toEqual([])
  })

  test('a chat that moves to where the instant has passed gets the post at once', async () => {
    const { at, type, subscribe, pass } = await open('America/New_York')
    // In that zone it has come for others.
    await subscribe('2', { topics: ['events'] })
    expect(await at('2026-12-04T09:00:05', SARAJEVO)).toEqual(['reminder'])
    await at('2026-12-04T07:30:00', 'America/New_York')
    expect(await type(`/settings zone ${SARAJEVO}`)).toMatch(
      /Europe\/Sarajevo ✓Next digest: Fri 4 Dec, 13:30\. Your time: 13:30\.$/,
    )
    expect(await pass(0.5)).toEqual(['12-04T13:00 reminder', '12-04T13:00 digest'])
    await type('/settings zone America/New_York')
    expect(await pass(12)).toEqual([])
  })

  test('a reminder comes at once in a zone where no other chat was at its moment', async () => {
    const { at, type, pass } = await open('America/New_York')
    await at('2026-12-04T08:30:00', 'America/New_York')
    await type('/settings zone Asia/Tokyo')
    // The digest of the day is more than six hours late there.
    expect(await pass(8)).toEqual(['12-04T14:30 reminder'])
  })

  test('the digest of a week is not lost on the way from the last zone to the first', async () => {
    const { at, type, pass, set } = await open('Pacific/Pago_Pago', 'monday')
    await pass(48)
    expect(await at('2026-12-07T08:30:00', 'Pacific/Pago_Pago')).toEqual([])
    await type('/settings zone Pacific/Kiritimati')
    expect(await pass(1)).toEqual(['12-07T20:00 digest'])
    await type('/settings zone Pacific/Pago_Pago')
    expect(await pass(24)).toEqual([])
    set(
      Temporal.PlainDateTime.from('2026-12-14T09:00')
        .toZonedDateTime('Pacific/Pago_Pago')
        .toInstant(),
    )
    expect(await pass(0.5)).toEqual(['12-14T20:30 digest'])
  })

  test('a reminder that waits for the end of quiet hours does not come from two zones', async () => {
    const { at, type, got } = await open(SARAJEVO, '-digest', 'quiet 8-20')
    expect(await at('2026-12-04T09:00:05', SARAJEVO)).toEqual([])
    await type('/settings zone Europe/London')
    expect(await at('2026-12-04T09:00:05', 'Europe/London')).toEqual([])
    expect(await at('2026-12-04T20:00:05', 'Europe/London')).toEqual(['reminder'])
    expect(got).toHaveLength(1)
  })

  test('a reminder does not come again after a retention of minutes', async () => {
    const { at, type, now, store } = await open(SARAJEVO, '-digest')
    expect(await at('2026-12-04T09:00:05', SARAJEVO)).toEqual(['reminder'])
    await at('2026-12-04T09:30:00', SARAJEVO)
    while (!(await store.fanOut.erase(now(), 100)).isDone);
    await type('/settings zone Europe/London')
    expect(await at('2026-12-04T09:00:05', 'Europe/London')).toEqual([])
  })

  test('an update comes once, however the topics and the cadence change', async () => {
    const { at, type, edit, beat, now } = await open(SARAJEVO, 'instant')
    edit(editionOf([{ ...DECEMBER, start: '2026-12-15', end: '2026-12-16' }]))
    await beat()
    expect(await beat(now().add({ minutes: 10 }))).toMatchObject([{ key: 'news 2 events' }])
    for (const line of ['-exercises', 'daily', '+events', 'instant', 'zone Asia/Tokyo']) {
      await type(`/settings ${line}`)
      expect(await beat(now().add({ minutes: 1 }))).toEqual([])
    }
    expect(await at('2026-12-04T09:00:05', SARAJEVO)).toEqual([])
  })

  test('a post of an older release is not repeated', async () => {
    const { at, type, url, pass, restart } = await open(SARAJEVO, 'friday')
    expect(await at('2026-12-04T09:00:05', SARAJEVO)).toEqual(['digest', 'reminder'])
    await query(url, "update broadcasts set audience = replace(audience, 'once', 'x') returning id")
    await query(
      url,
      'update chats set digest_day = null, digest_week = null, zoned_at = changed_at returning id',
    )
    restart()
    expect(await type('/settings zone Europe/London')).toMatch('Fri 11 Dec')
    expect(await pass(24)).toEqual([])
  })
})

pairsContract('sqlite', '2027-03-28', 100)
changesContract('sqlite', 6)
