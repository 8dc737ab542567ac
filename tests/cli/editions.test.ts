import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../browser.ts'
import { openSession } from '../platforms/web-person.ts'
import { runHere } from './command.ts'

const root = join(import.meta.dirname, '../..')

/** Starts the local chat as a process of its own. Resolves to its address once it is open. */
async function start(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      PORT: '0',
      DATABASE_URL: `file:${mkdtempSync(join(tmpdir(), 'sitrep-editions-'))}/sitrep.db`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
  })
  let printed = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk
    const address = /open at (\S+)/.exec(printed)?.[1]
    if (address) {
      child.stdout.resume()
      return address
    }
  }
  throw new Error(printed)
}

/** The headers of a page with a new session. */
async function pageOf(address: string): Promise<Record<string, string>> {
  return { cookie: await openSession(address), 'content-type': 'application/json', origin: address }
}

const editions = async (address: string) => (await fetch(`${address}/editions`)).json()

function choose(address: string, headers: Record<string, string>, body: string): Promise<Response> {
  return fetch(`${address}/edition`, { method: 'POST', headers, body })
}

test('the page of an example changes to another briefing and back, at the same address', async () => {
  const address = await start('--example', 'floods')
  expect(await editions(address)).toEqual({
    current: 'floods',
    all: [
      { name: 'shipped', title: 'NATO in the Western Balkans' },
      { name: 'floods', title: 'Flood warnings for Quillhaven' },
    ],
  })
  for (const name of ['shipped', 'floods']) {
    const answer = await choose(address, await pageOf(address), JSON.stringify({ name }))
    expect(answer.status).toBe(202)
    const current = () =>
      editions(address).then(
        list => list.current,
        () => 'starting',
      )
    await expect.poll(current, { timeout: 20_000 }).toBe(name)
  }
}, 60_000)

test('the control of the page changes the briefing', async () => {
  const address = await start()
  const browser = await openBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(address)
  const greeting = (title: string) =>
    page.getByRole('log', { name: 'Telegram' }).getByText(title).first().waitFor()
  await greeting('NATO in the Western Balkans')
  const briefing = page.getByRole('combobox', { name: 'Briefing', exact: true })
  await briefing.selectOption('floods')
  await greeting('Flood warnings for Quillhaven')
  expect(await briefing.inputValue()).toBe('floods')
}, 60_000)

test('unknown briefings, pages without a session and foreign sites are refused', async () => {
  const address = await start()
  const headers = await pageOf(address)
  const floods = JSON.stringify({ name: 'floods' })
  for (const body of ['{"name":"../docs"}', '{"name":""}', '{"name":1}', '{}', 'null', 'x']) {
    expect((await choose(address, headers, body)).status).toBe(400)
  }
  expect((await choose(address, headers, JSON.stringify('x'.repeat(2000)))).status).toBe(413)
  const { cookie: _, ...withoutSession } = headers
  expect((await choose(address, withoutSession, floods)).status).toBe(403)
  const foreign = { ...headers, origin: 'https://evil.example' }
  expect((await choose(address, foreign, floods)).status).toBe(403)
  const asText = { ...headers, 'content-type': 'text/plain' }
  expect((await choose(address, asText, floods)).status).toBe(415)
  expect(await editions(address)).toMatchObject({ current: 'shipped' })
}, 60_000)

test('an unknown example is a usage error that lists the names', async () => {
  expect(await runHere(['--example', 'flods'])).toEqual({
    out: '',
    err: '--example must be shipped or floods.\nRun bin/sitrep --help for the options.\n',
    code: 64,
  })
  expect((await runHere(['--exmaple', 'floods'])).err).toMatch(/^Unknown option '--exmaple'/)
  expect((await runHere(['--help'])).out).toMatch(/--example NAME/)
})
