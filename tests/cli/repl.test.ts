import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openPrompt } from '../../src/cli/repl.ts'
import { message, paragraph } from '../../src/message.ts'
import { renderText } from '../../src/render/text.ts'
import { lineOf } from '../request.ts'
import { answerTo, registry } from '../shipped.ts'

function open(interactive: boolean, stopping = new AbortController()) {
  const input = new PassThrough()
  const output = new PassThrough()
  const prompt = openPrompt({
    input,
    output,
    interactive,
    bot: {
      menu: () => registry.menu(),
      parse: text =>
        lineOf(
          async () =>
            text === 'page'
              ? {
                  message: message([paragraph('Here.')], [{ label: 'Page', url: 'https://x.org' }]),
                  understood: true,
                }
              : answerTo(text),
          text,
        ),
    },
    render: shown => renderText(shown, { columns: 80, style: 'grid', colour: false }),
    signal: stopping.signal,
  })
  const understood = prompt.run().finally(() => output.end())
  return { input, output, understood, stopping, notify: prompt.notify }
}

/** Collects the printed text, and waits for a part of it. */
function watch(output: PassThrough) {
  const screen = {
    shown: '',
    async until(part: string) {
      while (!screen.shown.includes(part)) await once(output, 'shown')
    },
  }
  output.on('data', (part: Buffer) => {
    screen.shown += part
    output.emit('shown')
  })
  return screen
}

/** Types lines through a pipe, and returns the first line of each printed answer. */
async function type(...lines: string[]): Promise<{ titles: string[]; understood: boolean }> {
  const { input, output, understood } = open(false)
  input.end(lines.map(line => `${line}\n`).join(''))
  const shown = await text(output)
  const titles = [
    ...shown.matchAll(/(?:^|\n\n)(.+)\n═+\n|^(There’s .+|I don’t .+|https:.+|Here\..*)$/gm),
  ]
  return {
    titles: titles.map(([, title, line]) => title ?? line ?? ''),
    understood: await understood,
  }
}

test('a line is answered, and a number presses the button under the last answer', async () => {
  expect(await type('/threats', '1', '2', 'kosovo', '2')).toEqual({
    titles: [
      ...[
        'Threats and challenges',
        'Threats and challenges',
        'Partnerships with local governments',
      ],
      ...['3 results for “kosovo”', 'Threats and challenges'],
    ],
    understood: true,
  })
})

test('a number without a button says which there are, and keeps them', async () => {
  expect(await type('/threats', '9', '0', '2')).toEqual({
    titles: [
      'Threats and challenges',
      'There’s no button 9. The last answer has buttons 1–2.',
      'There’s no button 0. The last answer has buttons 1–2.',
      'Partnerships with local governments',
    ],
    understood: false,
  })
})

test('a number with more digits is looked for', async () => {
  expect((await type('/threats', '2023')).titles).toEqual([
    'Threats and challenges',
    '5 of 9 results for “2023”',
  ])
})

test('a button that opens a page shows its address', async () => {
  expect((await type('page', '1')).titles).toEqual(['Here.', 'https://x.org'])
})

test('a line that is not understood is answered and remembered', async () => {
  const { titles, understood } = await type('/thretas', '1')
  expect(titles).toEqual(['I don’t know /thretas.', 'Threats and challenges'])
  expect(understood).toBe(false)
})

test('input without a line end at its end, or without anything, is no trouble', async () => {
  const last = open(false)
  last.input.end('/next')
  expect(await text(last.output)).toMatch(/^Next exercise\n/)
  const nothing = open(false)
  nothing.input.end()
  expect(await text(nothing.output)).toMatch(/^That message was empty/)
  expect(await nothing.understood).toBe(false)
})

test('a terminal gets a greeting, a prompt and completion; a pipe does not', async () => {
  const { input, output, understood } = open(true)
  const screen = watch(output)
  await screen.until('> ')
  input.write('/obj')
  input.write('\t')
  await screen.until('/objectives')
  input.write('\n')
  await screen.until('[2]')
  input.end()
  await understood
  expect(screen.shown).toMatch(/^Ask in your own words/)
  expect(screen.shown).toMatch('> ')
  expect(screen.shown).toMatch('Strategic objectives')
})

test('a notice comes between, and what was typed stays', async () => {
  const { input, output, understood, notify } = open(true)
  const screen = watch(output)
  input.write('/obj')
  await screen.until('/obj')
  screen.shown = ''
  notify('The content was changed.')
  expect(screen.shown.startsWith('\r\x1b[KThe content was changed.\n\n')).toBe(true)
  expect(screen.shown).toMatch(/> [^>]*\/obj/)
  input.end('ectives\n')
  await understood
  expect(screen.shown).toMatch('Strategic objectives')
})

test('Ctrl-C takes back what was typed, and on an empty line ends', async () => {
  const { input, output, understood } = open(true)
  const screen = watch(output)
  input.write('/threa')
  input.write('\x03')
  input.write('/next\r')
  input.write('\x03')
  expect(await understood).toBe(true)
  expect(screen.shown).toMatch('Next exercise')
})

test('a signal ends it', async () => {
  const { understood, stopping } = open(false)
  stopping.abort()
  expect(await understood).toBe(false)
})
