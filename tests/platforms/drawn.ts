import type { RootContent } from 'mdast'
import type { Bot, Reply } from '../../src/bot.ts'
import { type Action, heading, type Message, message, paragraph, table } from '../../src/message.ts'
import { answering } from '../request.ts'
import { openBot } from '../shipped.ts'

/** A picture of the content folder, with its words. */
export const MAP: RootContent = {
  type: 'image',
  url: 'map.png',
  alt: 'The river and its gauges',
  data: { picture: { path: 'map.png', hash: 'c'.repeat(64), type: 'png' } },
}

/** A message with a table of one row, which pictures show in the styles with pictures. */
export function tabled(river: string, actions: readonly Action[] = []): Message {
  return message([heading(2, 'Rivers'), tableOf(river)], actions)
}

export function tableOf(river: string): RootContent {
  return table([
    ['River', 'Level'],
    [river, '4.20 m'],
  ])
}

const more: readonly Action[] = [
  { label: 'Drin', command: '/drin' },
  { label: 'Sava', command: '/sava' },
  { label: 'Words', command: '/words' },
]

/** Answers by their lines: a picture each, two pictures between texts, words alone. */
const ANSWERS: Readonly<Record<string, Message>> = {
  '/drin': tabled('Drin', more),
  '/sava': tabled('Sava', more),
  '/both': message([
    paragraph('First.'),
    tableOf('Drin'),
    paragraph('Then.'),
    MAP,
    paragraph('Last.'),
  ]),
  '/pages': message([paragraph('First.'), tableOf('Drin'), tableOf('Sava')], more),
  '/file': {
    ...tabled('Drin'),
    file: { name: 'rivers.csv', type: 'text/csv', text: 'River,Level' },
  },
  '/words': message([paragraph('No table.')], more),
}

/** A bot that answers with pictures; `left` gets the chats that it was told to be out of. */
export function drawingBot(more: Partial<Reply> = {}, isPrivate = false) {
  const left: unknown[] = []
  const shipped = openBot()
  const parse: Bot['parse'] = text => ({ ...shipped.parse(text), isPrivate })
  const bot = {
    ...answering({ ...shipped, parse }, async (line): Promise<Reply | undefined> => {
      const found = ANSWERS[line]
      return found && { message: found, understood: true, tableStyle: 'picture', ...more }
    }),
    left: async (place: unknown) => void left.push(place),
  }
  return { bot, left }
}
