import { expect, onTestFinished, test } from 'vitest'
import { dressed } from '../../src/commands/answer.ts'
import { message, paragraph } from '../../src/message.ts'
import { createDiscordPoster } from '../../src/platforms/discord/poster.ts'
import { createShownPictures } from '../../src/platforms/web/pictures.ts'
import { createWebPoster } from '../../src/platforms/web/poster.ts'
import { noCommandIds } from '../../src/render/command-mentions.ts'
import { memoryPictures } from '../pictures.ts'
import { registry, shippedBot } from '../shipped.ts'

const post = dressed(registry, message([paragraph('See /threats, not /nothing.')]))

test('a post on Discord mentions the commands whose ids the connection knows', () => {
  const commandIds = noCommandIds()
  const term = { signal: new AbortController().signal, holds: () => true }
  const poster = createDiscordPoster({ token: 'x', term, pictures: memoryPictures(), commandIds })
  onTestFinished(poster.close)
  const shown = () => JSON.stringify(poster.render(post, 'grid'))
  expect(shown()).toContain('See /threats, not /nothing.')
  commandIds.current = new Map([['threats', '42']])
  expect(shown()).toContain('See </threats:42>, not /nothing.')
})

test('a post in the local chat has its commands live in both skins', () => {
  const chats = { post: () => '', amend: () => true }
  const [part] = createWebPoster(chats, shippedBot, createShownPictures(memoryPictures())).render(
    post,
    'grid',
  )
  expect(JSON.stringify(part)).toContain('See </threats:0>, not /nothing.')
  expect(JSON.stringify(part)).toContain('See /threats, not /\u2060nothing.')
})
