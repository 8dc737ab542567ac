import { Hono } from 'hono'
import { expect, onTestFinished, test, vi } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { createHistory } from '../../src/platforms/web/history.ts'
import { streamConversation } from '../../src/platforms/web/stream.ts'
import { shippedBot } from '../shipped.ts'
import { events, openSession, VIEW } from './web-person.ts'
import { createWebServer } from './web-server.ts'

/** Starts a local chat over content, and opens a session. `open` connects as a page does. */
async function openServer(content?: Parameters<typeof createWebServer>[3]) {
  const server = createWebServer(shippedBot, 0, undefined, content)
  await server.start()
  onTestFinished(server.stop)
  const headers = { cookie: await openSession(server.address()) }
  const url = `${server.address()}/events?place=private`
  return { server, headers, open: (init?: RequestInit) => fetch(url, { headers, ...init }) }
}

test('a page that comes back reads the whole conversation, without what was removed', async () => {
  const { server, headers, open } = await openServer()
  const read = async () => {
    const abort = new AbortController()
    const again = { ...headers, 'last-event-id': '1' }
    const answer = events(await open({ headers: again, signal: abort.signal }))
    const { value = { event: '', data: [] } } = await answer.next()
    abort.abort()
    expect(value.event).toBe('history')
    return (value.data as { line?: string }[]).map(({ line }) => line)
  }
  await fetch(`${server.address()}/lines`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ view: VIEW, line: '/next' }),
  })
  const { poster } = server.platform
  const to = { platform: 'web', address: 'local', kind: 'private' } as const
  const [part = {}] = poster.render(message([paragraph('Hello.')]), 'grid')
  const sent = await poster.send(to, part, { key: 'k' })
  expect(await read()).toEqual(['/start', '/next', undefined])
  await poster.remove(to, sent.ok ? sent.value : '')
  expect(await read()).toEqual(['/start', '/next'])
})

test('a page gets the state of the content, at once and after each edit', async () => {
  const problem = { file: 'sections/02-b.md', line: 8, message: 'It is wrong.', fix: 'Fix it.' }
  let problems = [problem]
  const listeners = new Set<() => void>()
  const { server, open } = await openServer({
    ...{ problems: () => problems, drafts: () => [], updates: () => [] },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  const abort = new AbortController()
  const answer = events(await open({ signal: abort.signal }))
  const told = async () => (await answer.next()).value
  expect(await told()).toMatchObject({ event: 'history' })
  expect(await told()).toEqual({ event: 'content', data: { problems: [problem], drafts: [] } })
  problems = []
  for (const listener of listeners) listener()
  expect(await told()).toEqual({ event: 'content', data: { problems: [], drafts: [] } })
  abort.abort()
  await expect.poll(() => listeners.size).toBe(1)
  await server.stop()
  expect(listeners.size).toBe(0)
})

test('streams that end by an error leave their places to later ones', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => said.mockRestore())
  let problems = (): [] => {
    throw new Error('The disk is gone.')
  }
  const { open } = await openServer({
    ...{ problems: () => problems(), drafts: () => [], updates: () => [] },
    listen: () => () => {},
  })
  for (let page = 0; page < 20; page++) await (await open()).text()
  problems = () => []
  expect((await events(await open()).next()).value).toMatchObject({ event: 'history' })
})

test('a page beyond the limit of one conversation is refused with a sentence', async () => {
  const { open } = await openServer()
  for (let page = 0; page < 12; page++) {
    const stream = await open()
    expect(stream.headers.get('cache-control')).toBe('no-store')
    await events(stream).next()
  }
  const [refusal, ...rest] = await Array.fromAsync(events(await open()))
  expect(refusal).toEqual({ event: 'full', data: 'Too many pages are open. Close one.' })
  expect(rest).toEqual([])
})

test('a conversation that is longer than the limit of what may wait is read to its end', async () => {
  const history = createHistory()
  const text = 'x'.repeat(1_000_000)
  for (let index = 0; index < 20; index++) {
    history.add({ by: 'post', at: 0, discord: [], telegram: [{ method: 'sendMessage', text }] })
  }
  const content = { state: () => ({ problems: [], drafts: [] }), listen: () => () => {} }
  const app = new Hono().get('/', context => streamConversation(context, history, content))
  const answer = events(await app.request('/'))
  const told = [(await answer.next()).value, (await answer.next()).value]
  expect(told.map(each => each?.event)).toEqual(['history', 'content'])
  expect(told[0]?.data).toHaveLength(20)
})
