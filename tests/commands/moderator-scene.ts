import type { Bot } from '../../src/bot.ts'
import { createBot } from '../../src/commands/bot.ts'
import { createRegistry } from '../../src/commands/registry.ts'
import type { ChatRef } from '../../src/platform.ts'
import { typedMarkdown } from '../../src/platforms/typed-markdown.ts'
import { renderText } from '../../src/render/text.ts'
import { askBot, type Facts } from '../request.ts'
import { openSchedule, type ScheduleSceneOptions } from '../schedule/scene.ts'
import { TARGETS } from '../target-platforms.ts'

export const SERVER = '300000000000000001'
export const ROLE = '500000000000000007'

/** A channel of a server on Discord. */
export const CHANNEL: ChatRef = {
  platform: 'discord',
  address: '400000000000000001',
  within: SERVER,
  kind: 'channel',
}

export interface ModeratorSceneOptions extends Partial<ScheduleSceneOptions> {
  readonly undoWindowMs?: number
}

/** A bot that moderators talk to, over a store and a clock that stands until it is told otherwise. */
export async function openModeratorScene({
  undoWindowMs = 30_000,
  ...options
}: ModeratorSceneOptions = {}) {
  const scene = await openSchedule({ start: '2027-05-01T12:00:00Z', ...options })
  const woken: string[] = []
  const listeners = new Map<() => void, number>()
  const operations = {
    parts: () => ({
      content: { status: 'stale', reason: 'A file has a problem.', ready: true },
      telegram: { status: 'running', ready: true },
    }),
    platforms: TARGETS,
    news: scene.news,
    announcing: {
      undoWindowMs,
      wake(post: number) {
        woken.push(scene.now().toString())
        for (const [listener, own] of listeners) if (own === post) listener()
      },
      onWake(post: number, listener: () => void) {
        listeners.set(listener, post)
        return () => listeners.delete(listener)
      },
    },
  }
  // A new bot for each line: with a clock that stands still, one bot would refuse people for their rate.
  const open = () =>
    createBot({
      registry: () => createRegistry(scene.content()),
      clock: scene.clock,
      timeZone: 'UTC',
      store: scene.store,
      moderators: { users: ['telegram:42', 'discord:43'], roles: [`${SERVER}/${ROLE}`] },
      operations: async () => operations,
    })

  async function asking(line: string, more: Facts = {}) {
    const own: ChatRef = { platform: 'telegram', address: '42', kind: 'private' }
    const { place = own } = more
    const textEntry = place.platform === 'telegram' ? 'reply' : 'line'
    const common = { place, user: 'telegram:42', text: typedMarkdown(line), textEntry } as const
    const reply = await askBot(open(), line, { ...common, ...more })
    if (!reply) throw new Error(`There is no answer to ${line}.`)
    return reply
  }

  async function ask(line: string, more: Facts = {}): Promise<string> {
    const { message } = await asking(line, more)
    const { body } = message
    return renderText({ body }, { columns: 200, style: 'grid', colour: false })
      .replaceAll(/[═─\n]+/g, ' | ')
      .replace(/ \| $/, '')
  }

  async function buttons(line: string, more: Facts = {}): Promise<string[]> {
    const { message } = await asking(line, more)
    return (message.actions ?? []).map(action => ('command' in action ? action.command : ''))
  }

  const bot: Bot = { ...open(), parse: line => open().parse(line) }

  return { ...scene, bot, woken, asking, ask, buttons }
}
