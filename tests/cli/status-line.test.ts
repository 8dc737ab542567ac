import { expect, onTestFinished, test, vi } from 'vitest'
import { createStatusLine } from '../../src/cli/status-line.ts'

/** Replaces the clock and standard error. Returns the list to which all output goes. */
function captureOutput(isTTY: boolean): string[] {
  const written: string[] = []
  const { stderr } = process
  const before = { isTTY: stderr.isTTY, columns: stderr.columns }
  Object.assign(stderr, { isTTY, columns: 12 })
  vi.useFakeTimers()
  const keep = (text: unknown) => {
    written.push(String(text))
    return true
  }
  const spies = [
    vi.spyOn(stderr, 'write').mockImplementation(keep),
    vi.spyOn(console, 'error').mockImplementation(keep),
  ]
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
    vi.useRealTimers()
    Object.assign(stderr, before)
  })
  return written
}

test('a terminal shows the newest text after a second, cut to its width, and then each text', () => {
  const written = captureOutput(true)
  const status = createStatusLine(10_000)
  status.show('first')
  status.show('second text that is long')
  expect(written).toEqual([])
  vi.advanceTimersByTime(1000)
  status.show('third')
  status.end()
  vi.advanceTimersByTime(60_000)
  expect(written).toEqual(['\r\x1b[Ksecond text', '\r\x1b[Kthird', '\r\x1b[K'])
})

test('another stream gets a line a second after the start and then every ten, or none', () => {
  const written = captureOutput(false)
  const [lines, silent] = [createStatusLine(10_000), createStatusLine()]
  for (let second = 0; second <= 21; second++) {
    for (const status of [lines, silent]) status.show(`${second}`)
    vi.advanceTimersByTime(1000)
  }
  for (const status of [lines, silent]) status.end()
  expect(written).toEqual(['1', '11', '21'])
})
