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
    expect(await ask('/announcements')).toBe('Nothing was posted to anybody yet.')
    for (const address of ['1', '2', '3']) await subscribe(address, { topics: ['announcements'] })
    await subscribe('asleep', { topics: ['announcements'], quiet: { from: 12, to: 18 } })
    await post('The first.')
    await deliver()
    await post('The second.')
    expect(await ask('/announcements')).toBe(
      'Posts | • 2: The second. — Saturday, 1 May 2027, 12:00, 0 of 0; on its way | ' +
        '• 1: The first. — Saturday, 1 May 2027, 12:00, 3 of 4; on its way',
    )
    expect(await ask('/announcements 1')).toBe(
      '1: The first. | █████████░░░ 3 of 4 | • on its way | • 1 still to be sent | ' +
        '• 1 wait for the end of quiet hours or another try, the first until Saturday, 1 May 2027, 16:00',
    )
    expect(await buttons('/announcements')).toEqual(['/announcements 2', '/announcements 1'])
    expect(await ask('/announcements 9')).toMatch(/^There is no post 9/)
  })

  test('an unfinished correction counts as not sent', async () => {
    const { ask, post, subscribe, deliver } = await open(dialect)
    await subscribe('1', { topics: ['announcements'] })
    await subscribe('asleep', { topics: ['announcements'], quiet: { from: 12, to: 18 } })
    await post('The first.')
    await deliver()
    expect(await ask('/announcements 1')).toContain('1 still to be sent')
    await ask('/correct 1 The better one.')
    await ask('/announce 1.1 send')
    expect(await ask('/announcements 1')).toContain('1 still to go')
  })

  test('a press pauses, resumes or stops an announcement once, and the audit records it', async () => {
    const { ask, buttons, post, subscribe, deliver, got } = await open(dialect)
    for (const address of ['1', '2', '3']) await subscribe(address, { topics: ['announcements'] })
    await post('Hello.')
    expect((await buttons('/announcements 1')).slice(0, 2)).toEqual([
      ...['/announcements 1 pause', '/announcements 1 cancel'],
    ])
    expect(await ask('/announcements 1 pause')).toMatch(/^It rests: nobody gets it.* • paused/)
    expect(await ask('/announcements 1 pause')).toMatch(/^It rests already\./)
    expect(await ask('/announcements 1 halt')).toMatch(/^Nothing was changed\. .* • paused/)
    expect(await ask('/announcements halt')).toMatch(/^Nothing was changed\. .*pause, resume, stop/)
    await deliver()
    expect(got).toEqual([])
    expect((await buttons('/announcements 1')).slice(0, 2)).toEqual([
      ...['/announcements 1 resume', '/announcements 1 cancel'],
    ])
    expect(await ask('/announcements 1 resume')).toMatch(/^It goes on\./)
    expect(await ask('/announcements 1 resume')).toMatch(/^It does not rest\./)
    // The word of the answer can also be typed.
    expect(await ask('/announcements 1 stop')).toMatch(/^It is stopped\./)
    await deliver()
    expect(got).toEqual([])
    expect(await ask('/announcements 1')).toMatch(/• stopped/)
    expect((await buttons('/announcements 1'))[0]).toBe('/announcements 1')
    expect((await ask('/audit')).match(/has \w+ a post/g)).toEqual([
      ...['has stopped a post', 'has resumed a post', 'has paused a post'],
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
