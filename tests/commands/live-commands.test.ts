import { expect, test } from 'vitest'
import { withLiveCommands } from '../../src/commands/live-commands.ts'
import { message, paragraph, replaceNodes } from '../../src/message.ts'
import { withMentions } from '../../src/render/command-mentions.ts'
import { renderDiscord } from '../../src/render/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'

const NAMES = new Set(['threats', 'stop'])
const live = (text: string) => withLiveCommands(message([paragraph(text)]), name => NAMES.has(name))

/** Lists the commands of a message. */
function commandsOf(text: string): string[] {
  const found: string[] = []
  replaceNodes(live(text).body, node => {
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
])('the commands in “%s” are %j', (text, commands) => {
  expect(commandsOf(text)).toEqual(commands)
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
