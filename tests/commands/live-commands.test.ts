import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withLiveCommands } from '../../src/commands/live-commands.ts'
import {
  emphasis,
  type Message,
  message,
  paragraph,
  replaceNodes,
  strong,
  typed,
} from '../../src/message.ts'
import { withMentions } from '../../src/render/command-mentions.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'

const NAMES = new Set(['threats', 'stop'])
const isCommand = (name: string) => NAMES.has(name)
const live = (text: string) => withLiveCommands(message([paragraph(text)]), isCommand)
const commandsOf = (text: string) => commandsIn(live(text))

/** Lists the commands of a message. */
function commandsIn({ body }: Message): string[] {
  const found: string[] = []
  replaceNodes(body, node => {
    if (node.type === 'command') found.push(node.value)
    return undefined
  })
  return found
}

test.each([
  ['See /threats.', ['/threats']],
  ['/stop ends it, and /threats shows it', ['/stop', '/threats']],
  ['(/threats)', ['/threats']],
  ['„/threats“', ['/threats']],
  ['/unknown', []],
  ['and/stop', []],
  ['https://x.org/threats', []],
  ['/stop/threats', []],
  ['/threats_2', []],
  ['12/stop', []],
  ['/stop@other_bot', []],
  ['~/stop', []],
  ['x.org/~/stop and ?/stop', []],
  ['#/stop %/stop $/stop +/stop', []],
  ['/stop.txt, /stop:8 and /stop.ж', []],
  ['/stop?x=1, /stop=1 and /stop+x', []],
  ['Is it /stop? Or /threats: yes.', ['/stop', '/threats']],
  ['No results for “zzqq /stop”. Try /threats.', ['/threats']],
  ['No results for “a” /stop “b”.', []],
])('the commands in “%s” are %j', (text, commands) => {
  expect(commandsOf(text)).toEqual(commands)
})

test.each([
  ['foo', '/stop', []],
  ['foo ', '/stop', ['/stop']],
  ['see /stop', 'x', []],
  ['see /stop', '@evil_bot', []],
  ['see /stop', ' now', ['/stop']],
])('beside words in bold, the commands in “%s” and “%s” are %j', (first, second, commands) => {
  for (const words of [
    [strong(first), second],
    [first, strong(second)],
    [strong(emphasis(first)), emphasis(second)],
  ]) {
    expect(commandsIn(withLiveCommands(message([paragraph(...words)]), isCommand))).toEqual(
      commands,
    )
  }
})

test('a command at the begin of a line is live', () => {
  const said = message([paragraph('foo', { type: 'break' }, '/stop', { type: 'break' }, 'bar')])
  expect(commandsIn(withLiveCommands(said, isCommand))).toEqual(['/stop'])
})

test('of any words in quotes or typed by a user, no command is live', () => {
  const words = fc.array(fc.constantFrom('/stop', '/threats', ' ', '“', '”', 'x', '\n', '.'))
  fc.assert(
    fc.property(words, pieces => {
      const text = pieces.join('')
      expect(commandsOf(`No results for “${text}”.`)).toEqual([])
      expect(commandsIn(withLiveCommands(message([paragraph(typed(text))]), isCommand))).toEqual([])
    }),
  )
})

test('a command in a link or in code stays text', () => {
  const body = [
    {
      type: 'paragraph' as const,
      children: [
        {
          type: 'link' as const,
          url: 'https://x.org',
          children: [{ type: 'text' as const, value: '/stop' }],
        },
        { type: 'inlineCode' as const, value: '/stop' },
      ],
    },
  ]
  const given = message(body)
  expect(withLiveCommands(given, () => true)).toBe(given)
})

test('Telegram makes a link of a live command, and of no other name', () => {
  const [body] = renderTelegram(live('See /threats or /other'))
  expect(body).toMatchObject({ text: 'See /threats or /\u2060other' })
})

test('Discord gets the id of a live command that it knows', () => {
  const said = live('See /threats or /stop.')
  const [body] = renderDiscord(withMentions(said, new Map([['threats', '123']])))
  expect(body?.components[0].components).toEqual([
    { type: 10, content: 'See </threats:123> or /stop.' },
  ])
  expect(withMentions(said, new Map())).toBe(said)
})
