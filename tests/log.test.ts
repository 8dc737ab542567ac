import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { type LogOptions, openLog, sentences } from '../src/log.ts'

async function write(say: (log: Awaited<ReturnType<typeof openLog>>) => void, more = {}) {
  const output = new PassThrough()
  const options: LogOptions = { level: 'debug', secrets: ['s3cret'], pretty: false, output }
  say(await openLog({ ...options, ...more }))
  output.end()
  return text(output)
}

test('an event is one line of JSON, with its time', async () => {
  const line = await write(log => log.info({ event: 'a', n: 1 }, 'One\nwith a break.'))
  expect(line).toMatch(/^\{.*\}\n$/)
  expect(JSON.parse(line)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    event: 'a',
    n: 1,
    msg: 'One\nwith a break.',
  })
})

test('the log keeps only the kind, code and place of an error', async () => {
  const cause = Object.assign(new Error('what Ada wrote'), { code: 'ECONNRESET' })
  const err = Object.assign(new TypeError('https://x/bot1:abc', { cause }), { status: 502 })
  const line = JSON.parse(await write(log => log.error({ event: 'a', err }, 'Failed.')))
  expect(line.err).toEqual({
    type: 'TypeError',
    status: 502,
    at: expect.arrayContaining([expect.stringMatching(/^at .*log\.test\.ts/)]),
    cause: { type: 'Error', code: 'ECONNRESET', at: expect.any(Array) },
  })
  expect(JSON.stringify(line)).not.toMatch(/Ada|abc/)
  const thrown = await write(log => log.error({ event: 'a', err: 'what Ada wrote' }, 'Failed.'))
  expect(JSON.parse(thrown).err).toEqual({ type: 'string' })
})

test('neither a message that looks like a place nor an error that is its own cause is written', async () => {
  const err = new Error('Read:\n    at Ada (home:1:2)\n    at work')
  err.cause = err
  const line = await write(log => log.error({ event: 'a', err }, 'Failed.'))
  expect(line).toMatch(/log\.test\.ts/)
  expect(line).not.toMatch(/Ada|work"/)
  // A message that was changed later on still stands in the stack as it was.
  err.message = 'Something else'
  expect(await write(log => log.error({ event: 'a', err }, 'Failed.'))).not.toMatch(/at work/)
})

test('a secret is taken out wherever it stands, at a terminal as well', async () => {
  for (const pretty of [false, true]) {
    const line = await write(
      log => log.warn({ event: 'a', url: '/x-s3cret-y' }, 'It was s3cret.'),
      {
        pretty,
      },
    )
    expect(line).toMatch('***')
    expect(line).not.toMatch('s3cret')
  }
})

test('entries below the level are not written', async () => {
  expect(await write(log => log.debug({ event: 'a' }, 'x'), { level: 'info' })).toBe('')
})

test('a log of sentences writes the sentences of warnings and no debug lines', () => {
  const said: string[] = []
  const log = sentences(text => said.push(text))
  log.debug({ event: 'a' }, 'not this')
  log.warn({ event: 'a' }, 'this')
  expect(said).toEqual(['this'])
})
