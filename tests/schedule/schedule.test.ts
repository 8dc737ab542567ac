import { describe, expect, test } from 'vitest'
import type { Exercise } from '../../src/content/edition.ts'
import { saying } from '../delivery/scene.ts'
import { query } from '../store/raw.ts'
import { DIALECTS } from '../store/stores.ts'
import { editionOf, exercise, openSchedule } from './scene.ts'

const JUNE = exercise('june', '2027-06-01', '2027-06-10')

describe.for(DIALECTS)('the schedule on %s', dialect => {
  test('the first edition counts as known: it makes no update', async () => {
    const { subscribe, beat } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z', exercises: [JUNE] },
    })
    await subscribe('1', { topics: ['exercises'] })
    expect(await beat()).toEqual([])
    expect(await beat('2027-05-01T01:00:00Z')).toEqual([])
  })

  test('reminders come at nine of each chat’s own clock, and no zone waits for another', async () => {
    const { subscribe, beat } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z', exercises: [JUNE] },
    })
    await beat()
    await subscribe('kathmandu', { topics: ['exercises'], zone: 'Asia/Kathmandu' })
    await subscribe('sarajevo', { topics: ['exercises'] })
    await subscribe('york', { topics: ['exercises'], zone: 'America/New_York' })
    await subscribe('other', { topics: ['announcements'] })
    const times = ['2027-05-18T03:14Z', '2027-05-18T03:15Z', '2027-05-18T03:16Z']
    const seen = []
    for (const time of [
      ...times,
      '2027-05-18T06:59:59Z',
      '2027-05-18T07:00Z',
      '2027-05-18T13:00Z',
    ]) {
      seen.push(...(await beat(time)))
    }
    expect(seen.map(({ at, chat }) => [at, chat])).toEqual([
      ['2027-05-18T03:15:00Z', 'kathmandu'],
      ['2027-05-18T07:00:00Z', 'sarajevo'],
      ['2027-05-18T13:00:00Z', 'york'],
    ])
    expect(seen[1]?.text).toMatch(/^Exercise june starts in 14 days 1–10 June 2027 All/)
  })

  test('an exercise has its reminders before, on its first day and on its last; one of a day just one', async () => {
    const { subscribe, beat, got } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z' },
      // Two at once, of which one is over after a day.
      exercises: [JUNE, exercise('day', '2027-06-04', '2027-06-04')],
    })
    await beat()
    await subscribe('1', { topics: ['exercises'] })
    for (let day = 0; day < 60; day++) {
      await beat(Temporal.Instant.from('2027-05-01T07:00:00Z').add({ hours: 24 * day }))
    }
    expect(got.map(({ at, key }) => `${at.slice(5, 10)} ${key}`)).toEqual([
      '05-18 reminder june 2027-06-01 2027-06-10 14d Europe/Sarajevo',
      '05-21 reminder day 2027-06-04 2027-06-04 14d Europe/Sarajevo',
      '05-29 reminder june 2027-06-01 2027-06-10 3d Europe/Sarajevo',
      '05-31 reminder june 2027-06-01 2027-06-10 1d Europe/Sarajevo',
      '06-01 reminder june 2027-06-01 2027-06-10 start Europe/Sarajevo',
      '06-01 reminder day 2027-06-04 2027-06-04 3d Europe/Sarajevo',
      '06-03 reminder day 2027-06-04 2027-06-04 1d Europe/Sarajevo',
      '06-04 reminder day 2027-06-04 2027-06-04 start Europe/Sarajevo',
      '06-10 reminder june 2027-06-01 2027-06-10 end Europe/Sarajevo',
    ])
  })

  test('an edit that rests is news; what is taken back meanwhile was never there', async () => {
    const { subscribe, beat, edit, content } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z' },
    })
    await beat()
    await subscribe('1')
    const before = content()
    edit(editionOf([JUNE]))
    expect(await beat('2027-05-01T01:00:00Z')).toEqual([])
    edit(before)
    expect(await beat('2027-05-01T01:09:00Z')).toEqual([])
    edit(editionOf([JUNE]))
    expect(await beat('2027-05-01T01:10:00Z')).toEqual([])
    // Edited again: it rests anew, and both are one.
    edit(editionOf([JUNE, exercise('july', '2027-07-01', '2027-07-02')]))
    expect(await beat('2027-05-01T01:19:59Z')).toEqual([])
    expect(await beat('2027-05-01T01:29:58Z')).toEqual([])
    const [news, ...more] = await beat('2027-05-01T01:29:59Z')
    expect(more).toEqual([])
    expect(news?.text).toMatch(
      /^Exercise june added: 1–10 June 2027, and 1 more Exercise june , 1–10 June 2027 — in 31 days All Just added\. Exercise july/,
    )
    expect(await beat('2027-05-01T01:40:00Z')).toEqual([])
  })

  test('changes of exercises become an update, unless they are past or no longer named', async () => {
    const past = exercise('past', '2027-04-01', '2027-04-02')
    const others = ['moved', 'postponed', 'cancelled', 'gone'].map(id => ({
      ...JUNE,
      id,
      name: id,
    }))
    const { subscribe, beat, edit } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z', exercises: [past, ...others] },
    })
    await beat()
    await subscribe('1')
    edit(
      editionOf([
        { ...past, status: 'cancelled' },
        exercise('older', '2026-01-01', '2026-01-02'),
        { ...JUNE, id: 'moved', name: 'moved', start: '2027-06-03', end: '2027-06-12' },
        { ...JUNE, id: 'postponed', name: 'postponed', status: 'postponed' },
        { ...JUNE, id: 'cancelled', name: 'cancelled', status: 'cancelled' },
      ]),
    )
    await beat('2027-05-01T01:00:00Z')
    const [news, ...more] = await beat('2027-05-01T01:10:00Z')
    expect(more).toEqual([])
    expect(news?.text).toMatch(
      /^moved moved to 3–12 June 2027, and 2 more moved , 3–12 June 2027 — in 33 days All Moved from 1–10 June to 3–12 June 2027\. postponed : postponed, was 1–10 June 2027; no new dates yet \. cancelled : cancelled, was 1–10 June 2027 \. Source:/,
    )
  })

  test('a reminder whose moment had passed when the exercise became known does not come', async () => {
    const { subscribe, beat, edit, got } = await openSchedule({
      ...{ dialect, start: '2027-05-29T00:00:00Z' },
    })
    await beat()
    await subscribe('1', { topics: ['exercises'] })
    edit(editionOf([JUNE]))
    // Three days before, at nine: seen an hour later.
    await beat('2027-05-29T08:00:00Z')
    await beat('2027-05-29T08:10:00Z')
    for (let day = 0; day < 4; day++) {
      await beat(Temporal.Instant.from('2027-05-29T12:00:00Z').add({ hours: 24 * day }))
    }
    expect(got.map(({ at, key }) => `${at.slice(5, 13)} ${key}`)).toEqual([
      '05-29T08 news 2 exercises',
      '05-31T12 reminder june 2027-06-01 2027-06-10 1d Europe/Sarajevo',
      '06-01T12 reminder june 2027-06-01 2027-06-10 start Europe/Sarajevo',
    ])
  })

  test('a reminder that was posted with other dates is corrected, and goes to no further chat', async () => {
    const { subscribe, beat, edit, got, store } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z', exercises: [JUNE] },
    })
    await beat()
    await subscribe('1', { topics: ['exercises'] })
    await subscribe('asleep', { topics: ['exercises'], quiet: { from: 8, to: 12 } })
    expect(await beat('2027-05-29T07:00:00Z')).toMatchObject([{ chat: '1' }])
    edit(editionOf([{ ...JUNE, status: 'postponed' }]))
    await beat('2027-05-29T07:30:00Z')
    const told = await beat('2027-05-29T07:40:00Z')
    expect(told.map(({ chat, text }) => [chat, text.slice(0, 79)])).toEqual([
      ['1', 'Exercise june postponed Corrected: postponed, was 1–10 June 2027; no new dates '],
      ['1', 'Exercise june postponed Postponed, was 1–10 June 2027; no new dates yet. Source'],
    ])
    // A chat in its quiet hours gets the update after them, and no reminder of a cancelled exercise.
    const later = await beat('2027-05-29T10:00:00Z')
    expect(later.map(({ chat, key }) => [chat, key])).toEqual([['asleep', 'news 2 exercises']])
    expect(await store.broadcasts.open()).toEqual([])
    for (let day = 0; day < 4; day++) {
      await beat(Temporal.Instant.from('2027-05-30T12:00:00Z').add({ hours: 24 * day }))
    }
    expect(got).toHaveLength(4)
  })

  test('more than five exercises at once wait until a moderator decides', async () => {
    const { subscribe, beat, edit, events, decide, content } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z' },
    })
    await beat()
    await subscribe('1', { topics: ['exercises'] })
    const before = content()
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map(id => ({ ...JUNE, id, name: id }))
    edit(editionOf(six))
    await beat('2027-05-01T01:00:00Z')
    expect(await beat('2027-05-01T01:10:00Z')).toEqual([])
    expect(await beat('2027-05-02T01:10:00Z')).toEqual([])
    expect(events().filter(event => event === 'news.held')).toHaveLength(1)
    // Meanwhile nothing of it is true yet: the first of them is not reminded of.
    expect(await beat('2027-05-18T07:00:00Z')).toEqual([])
    expect(await decide('send')).toBe(true)
    expect(await beat()).toMatchObject([{ key: 'news 2 exercises' }])
    expect(await decide('send')).toBe(false)
    edit(before)
    await beat('2027-05-18T08:00:00Z')
    // A discarded update counts as known, and is not posted.
    edit(editionOf([...six.slice(1), { ...JUNE, id: 'a', name: 'a', status: 'cancelled' }]))
    await beat('2027-05-18T08:01:00Z')
    expect(await decide('drop')).toBe(true)
    expect(await beat('2027-05-18T09:00:00Z')).toEqual([])
    expect(await beat('2027-05-29T07:00:00Z')).toHaveLength(5)
  })

  test('an update that is pending while no process runs is posted once by the next process', async () => {
    const { subscribe, beat, edit, restart } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z' },
    })
    await beat()
    await subscribe('1', { topics: ['exercises'] })
    edit(editionOf([JUNE]))
    await beat('2027-05-01T01:00:00Z')
    restart()
    expect(await beat('2027-05-01T01:10:00Z')).toHaveLength(1)
    restart()
    expect(await beat('2027-05-01T01:11:00Z')).toEqual([])
    // Set back while an edit rests, the clock cannot make it rest for ever.
    edit(editionOf([JUNE, exercise('july', '2027-07-01', '2027-07-02')]))
    await beat('2027-05-01T03:00:00Z')
    expect(await beat('2027-05-01T02:00:00Z')).toEqual([])
    expect(await beat('2027-05-01T02:10:00Z')).toHaveLength(1)
  })

  test('a chat with updates at once gets the changes of sections once', async () => {
    const { subscribe, beat, edit } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z' },
    })
    await beat()
    await subscribe('all', { topics: ['digest'], cadence: 'instant' })
    await subscribe('alpha', { topics: ['section:alpha'] })
    await subscribe('both', { topics: ['digest', 'section:alpha'], cadence: 'instant' })
    await subscribe('beta', { topics: ['section:beta'], cadence: 'instant' })
    await subscribe('weekly', { topics: ['digest'] })
    edit(editionOf([], { 'sections/01-alpha.md': ALPHA }))
    await beat('2027-05-01T01:00:00Z')
    const news = await beat('2027-05-01T01:10:00Z')
    expect(news.map(({ chat, key }) => `${chat}: ${key}`).sort()).toEqual([
      'all: news 2 everything',
      'alpha: news 2 section alpha',
      'both: news 2 everything',
    ])
    expect(news[0]?.text).toBe(
      'One: Value 1 → 9 Alpha New summary: Another summary. Three added to “Rows”. ' +
        'One in “Rows”: Value: 1 → 9 Two removed from “Rows”. Words of alpha. → Other words. ' +
        'Source: The publisher, as of January 2026.',
    )
  })

  test('a reminder says how it stands now, however often that changes', async () => {
    const scene = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z', exercises: [JUNE] },
    })
    const { subscribe, beat, edit } = scene
    await beat()
    await subscribe('1', { topics: ['exercises'] })
    expect(await beat('2027-05-29T07:00:00Z')).toHaveLength(1)
    const later = { start: '2027-06-03', end: '2027-06-12' }
    const ways: [Partial<Exercise> | undefined, string][] = [
      [later, 'moved from 1–10 June to 3–12 June 2027'],
      [{}, 'moved from 3–12 June to 1–10 June 2027'],
      [{ status: 'postponed' }, 'postponed, was 1–10 June 2027; no new dates yet'],
      [{}, 'back on: 1–10 June 2027'],
      [later, 'moved from 1–10 June to 3–12 June 2027'],
      [{ ...later, status: 'cancelled' }, 'cancelled, was 3–12 June 2027'],
      [undefined, 'no longer listed'],
    ]
    for (const [hour, [more, said]] of ways.entries()) {
      edit(editionOf(more ? [{ ...JUNE, ...more }] : []))
      const at = Temporal.Instant.from('2027-05-29T08:00:00Z').add({ hours: hour })
      await beat(at)
      const got = await beat(at.add({ minutes: 10 }))
      const [corrected] = got.filter(({ key }) => key.startsWith('reminder'))
      expect(corrected?.text).toMatch(new RegExp(`^Exercise june .+ Corrected: ${said}\\. Source`))
    }
  })

  test('a discarded update posts and corrects nothing, and its reminder is not sent', async () => {
    const { subscribe, beat, edit, decide } = await openSchedule({
      ...{ dialect, start: '2027-05-29T00:00:00Z', exercises: [JUNE] },
    })
    await beat()
    await subscribe('1', { topics: ['exercises'] })
    await subscribe('asleep', { topics: ['exercises'], quiet: { from: 8, to: 12 } })
    expect(await beat('2027-05-29T07:00:00Z')).toMatchObject([{ chat: '1' }])
    edit(editionOf([{ ...JUNE, status: 'cancelled' }]))
    await beat('2027-05-29T07:05:00Z')
    expect(await decide('drop')).toBe(true)
    expect(await beat('2027-05-29T07:20:00Z')).toEqual([])
    expect(await beat('2027-05-29T11:00:00Z')).toEqual([])
  })

  test('a reminder that was taken back stays so, whatever becomes of the exercise', async () => {
    const { subscribe, beat, edit, store } = await openSchedule({
      ...{ dialect, start: '2027-05-29T00:00:00Z', exercises: [JUNE] },
    })
    await beat()
    await subscribe('1', { topics: ['exercises'] })
    await beat('2027-05-29T07:00:00Z')
    const [reminder] = await store.broadcasts.about('june')
    await store.broadcasts.retract(reminder?.id ?? 0, saying())
    edit(editionOf([{ ...JUNE, status: 'cancelled' }]))
    await beat('2027-05-29T08:00:00Z')
    await beat('2027-05-29T08:10:00Z')
    expect(await store.broadcasts.find(reminder?.id ?? 0)).toMatchObject({
      ...{ isRetracted: true, revision: 2 },
    })
  })

  test('of two decisions at once one takes effect, and a published update cannot be held back', async () => {
    const { beat, edit, decide, store } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z' },
    })
    await beat()
    edit(editionOf([JUNE]))
    await beat('2027-05-01T01:00:00Z')
    const pending = await store.editions.pending()
    expect((await Promise.all([decide('send'), decide('drop')])).sort()).toEqual([false, true])
    expect(await store.editions.requireApproval(pending?.id ?? 0)).toBe(false)
    await store.editions.restart(pending?.id ?? 0)
    expect((await store.editions.published())?.id).toBe(pending?.id)
  })

  test('a chat with updates at once gets each change of an exercise once', async () => {
    const { subscribe, beat, edit } = await openSchedule({
      ...{ dialect, start: '2027-05-01T00:00:00Z', exercises: [JUNE] },
    })
    await beat()
    await subscribe('news', { topics: ['digest'], cadence: 'instant' })
    await subscribe('both', { topics: ['digest', 'exercises'], cadence: 'instant' })
    const july = exercise('july', '2027-07-01', '2027-07-02')
    edit(editionOf([{ ...JUNE, note: 'A note.' }, july]))
    await beat('2027-05-01T01:00:00Z')
    const got = await beat('2027-05-01T01:10:00Z')
    expect(got.map(({ chat, key, text }) => `${chat} ${key}: ${text.slice(0, 90)}`).sort()).toEqual(
      [
        'both news 2 exercises: Exercise july added: 1–2 July 2027 1–2 July 2027 — in 61 days All Just added. Source: The ',
        'both news 2 rest: Exercise june has new details Exercises Exercise june : note: A note. Source: The publishe',
        'news news 2 everything: Exercise june has new details, and 1 more Exercises Exercise june : note: A note. Exercise',
      ],
    )
    // The first digest shows none of it as a change.
    await subscribe('news', { topics: ['digest'], cadence: 'daily' })
    const [digest] = await beat('2027-05-01T07:00:00Z')
    expect(digest?.text).not.toMatch('new,')
  })

  test('a clock that was a year ahead for a moment has spoilt nothing', async () => {
    const { subscribe, beat, wish } = await openSchedule({
      ...{ dialect, start: '2028-05-01T00:00:00Z', exercises: [JUNE] },
    })
    await beat()
    await subscribe('1', { topics: ['digest', 'exercises'], cadence: 'daily' })
    await beat('2028-05-01T07:00:00Z')
    await beat('2027-05-17T00:00:00Z')
    expect((await wish('1'))?.nextDigestAt?.toString()).toBe('2027-05-17T07:00:00Z')
    expect(await beat('2027-05-17T07:00:00Z')).toHaveLength(1)
    expect(await beat('2027-05-18T07:00:00Z')).toHaveLength(2)
  })

  test('a clock that was weeks ahead for a moment has missed nothing that is still to come', async () => {
    const { subscribe, beat, wish } = await openSchedule({
      ...{ dialect, start: '2027-05-02T00:00:00Z', exercises: [JUNE] },
    })
    await beat()
    await subscribe('1', { topics: ['digest', 'exercises'], cadence: 'daily' })
    for (const far of ['2027-05-11T12:00:00Z', '2027-06-05T12:00:00Z']) {
      await beat(far)
      await beat('2027-05-03T00:00:00Z')
      expect((await wish('1'))?.nextDigestAt?.toString()).toBe('2027-05-03T07:00:00Z')
    }
    const got = []
    for (const day of ['18', '29', '31']) got.push(...(await beat(`2027-05-${day}T07:00:00Z`)))
    expect(got.filter(({ key }) => key.startsWith('reminder'))).toHaveLength(3)
  })

  test('a zone that this runtime does not know does not stop the posts of other chats', async () => {
    const { subscribe, beat, url, wish } = await openSchedule({
      ...{ dialect, start: '2027-05-18T00:00:00Z', exercises: [JUNE] },
    })
    await beat()
    await subscribe('1', { topics: ['digest', 'exercises'], cadence: 'daily' })
    const quiet = { from: 22, to: 6 }
    await subscribe('2', { topics: ['digest', 'exercises'], cadence: 'daily', quiet })
    await query(url, "update chats set zone = 'Mars/Olympus' where address = '2' returning id")
    const got = await beat('2027-05-18T07:00:00Z')
    expect(got.map(({ chat, key }) => `${chat} ${key.split(' ')[0]}`).sort()).toEqual([
      ...['1 digest', '1 reminder'],
    ])
    // Its own go by the clock of UTC, and its settings can be opened and mended.
    const later = await beat('2027-05-18T09:00:00Z')
    expect(later.map(({ chat, key }) => `${chat} ${key.split(' ')[0]}`).sort()).toEqual([
      ...['2 digest', '2 reminder'],
    ])
    expect((await wish('2'))?.zone).toBe('UTC')
    await subscribe('2', { zone: 'Europe/Sarajevo' })
  })
})

const ALPHA = `---
command: alpha
title: Alpha
summary: Another summary.
---

Other words.

## Rows

| Name | Value |
|---|---|
| One | 9 |
| Three | 3 |
`
