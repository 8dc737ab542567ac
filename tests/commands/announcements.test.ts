import { describe, expect, test } from 'vitest'
import { announcement, saying } from '../delivery/scene.ts'
import { DIALECTS } from '../store/stores.ts'
import { openModeratorScene } from './moderator-scene.ts'

async function open(dialect: (typeof DIALECTS)[number] = 'sqlite') {
  const scene = await openModeratorScene({ dialect })
  return {
    ...scene,
    async post(...texts: string[]) {
      for (const text of texts) {
        const audience = { topic: 'announcements', platforms: ['telegram'] }
        await scene.store.broadcasts.create(announcement({ message: saying(text), audience }))
      }
    },
  }
}

describe.for(DIALECTS)('the list of announcements, kept in %s', dialect => {
  test('announcements are listed with their progress, the newest first', async () => {
    const { ask, buttons, post, subscribe, deliver } = await open(dialect)
    expect(await ask('/announcements')).toBe('No announcements yet.')
    for (const address of ['1', '2', '3']) await subscribe(address, { topics: ['announcements'] })
    await subscribe('asleep', { topics: ['announcements'], quiet: { from: 12, to: 18 } })
    await post('The first.')
    await deliver()
    await post('The second.')
    expect(await ask('/announcements')).toBe(
      'Announcements | • #2 The second. — sending, 0 of 0 chats | ' +
        '• #1 The first. — sending, 3 of 4 chats',
    )
    expect(await ask('/announcements 1')).toBe(
      'Sending announcement #1 | The first. | █████████░░░ 3 of 4 chats | • 1 queued | ' +
        '• 1 waiting (quiet hours or retry), next on Sat 1 May, 16:00',
    )
    expect(await buttons('/announcements')).toEqual(['/announcements 2', '/announcements 1'])
    expect(await ask('/announcements 9')).toMatch(/^There’s no announcement #9/)
  })

  test('announcements behind many other posts can be corrected', async () => {
    const { ask, buttons, post, store } = await open(dialect)
    await post('The first.')
    const audience = { topic: 'digest', platforms: ['telegram'] }
    for (const number of Array(60).keys()) {
      const digest = { kind: 'digest', key: `digest ${number}`, audience } as const
      await store.broadcasts.create(announcement(digest))
    }
    for (const name of ['correct', 'retract']) {
      expect(await ask(`/${name}`)).toMatch(/^Which announcement\?/)
      expect(await buttons(`/${name}`)).toEqual([`/${name} 1`])
    }
    await store.broadcasts.retract(1, saying('Gone.'))
    for (const name of ['correct', 'retract'])
      expect(await ask(`/${name}`)).toBe('No announcement can be corrected or retracted.')
  })

  test('an unfinished correction counts as not sent', async () => {
    const { ask, post, subscribe, deliver } = await open(dialect)
    await subscribe('1', { topics: ['announcements'] })
    await subscribe('asleep', { topics: ['announcements'], quiet: { from: 12, to: 18 } })
    await post('The first.')
    await deliver()
    expect(await ask('/announcements 1')).toContain('1 queued')
    await ask('/correct 1 The better one.')
    await ask('/announce 2.1 send')
    expect(await ask('/announcements 1')).toContain('1 to go')
  })

  test('a press pauses, resumes or stops an announcement once, and the audit records it', async () => {
    const { ask, buttons, post, subscribe, deliver, got } = await open(dialect)
    for (const address of ['1', '2', '3']) await subscribe(address, { topics: ['announcements'] })
    await post('Hello.')
    expect((await buttons('/announcements 1')).slice(0, 2)).toEqual([
      ...['/announcements 1 pause', '/announcements 1 cancel'],
    ])
    expect(await ask('/announcements 1 pause')).toMatch(
      /^Paused\. It won’t go out.* Announcement #1 is paused/,
    )
    expect(await ask('/announcements 1 pause')).toMatch(/^Already paused\./)
    expect(await ask('/announcements 1 halt')).toMatch(/^Nothing changed\. .* is paused/)
    expect(await ask('/announcements halt')).toMatch(/^Nothing changed\. .*pause, resume, stop/)
    await deliver()
    expect(got).toEqual([])
    expect((await buttons('/announcements 1')).slice(0, 2)).toEqual([
      ...['/announcements 1 resume', '/announcements 1 cancel'],
    ])
    expect(await ask('/announcements 1 resume')).toMatch(/^Resumed\./)
    expect(await ask('/announcements 1 resume')).toMatch(/^It isn’t paused\./)
    // The word of the answer can also be typed.
    expect(await ask('/announcements 1 stop')).toMatch(/^Stopped\./)
    await deliver()
    expect(got).toEqual([])
    expect(await ask('/announcements 1')).toMatch(/^Announcement #1 was stopped/)
    expect((await buttons('/announcements 1'))[0]).toBe('/announcements 1')
    expect((await ask('/audit')).match(/42 \w+ #1/g)).toEqual([
      ...['42 stopped #1', '42 resumed #1', '42 paused #1'],
    ])
  })
})

test('a stranger who has the button stops nothing', async () => {
  const { asking, post, store } = await open()
  await post('Hello.')
  for (const line of ['/announcements', '/announcements 1', '/announcements 1 cancel']) {
    expect(await asking(line, { user: 'telegram:43' })).toMatchObject({ refused: true })
  }
  expect(await store.broadcasts.find(1)).toMatchObject({ state: 'active' })
  expect(await store.audit.list(10)).toEqual([])
})
