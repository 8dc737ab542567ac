import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { announcement, openScene, type Running } from '../delivery/scene.ts'
import { openDiscord } from '../platforms/discord/scene.ts'
import { testClock } from '../platforms/pauses.ts'
import { messageUpdate } from '../platforms/telegram/person.ts'
import { openTelegram } from '../platforms/telegram/scene.ts'
import { fill } from '../store/raw.ts'
import { broken, mutate, mutations, ODD_TEXTS } from './mutate.ts'
import { expectDiscordCallTakes, expectTelegramTakes, watchFaults } from './oracle.ts'
import { fuzz, share } from './share.ts'

/** Waits as no platform should name them. */
const WAITS: readonly unknown[] = [
  ...['abc', '', '5', 'Infinity', '-1', '1e400', null, true, [], [5], {}, { s: 5 }, -1, 0, 0.001],
  ...[1e9, 1e21, 1e300, -1e300, 8.64e15, 2 ** 31, 2 ** 53, 86_401, 3600, undefined],
]

const STATUSES = [
  200, 201, 204, 301, 400, 400, 403, 404, 409, 413, 418, 429, 429, 429, 500, 502, 503,
]

const WORDS = [
  ...['Bad Request: chat not found', 'Forbidden: bot was blocked by the user', 'Unauthorized'],
  ...[
    'Bad Request: message is not modified',
    'Too Many Requests: retry after 99999999999999999999',
  ],
  ...['Bad Request: message thread not found', 'Conflict: terminated by other getUpdates request'],
  ...['Bad Request: group chat was upgraded to a supergroup chat', ...ODD_TEXTS.slice(0, 20)],
]

const number = fc.nat(1_000_000)

/** A case: one bad response of a platform. */
const cases = fc.record({
  isDiscord: fc.boolean(),
  line: fc.constantFrom(
    ...['/about', '/threats', '/tables', '/subscribe', '/stop', '/settings', '/search nato'],
    ...['/settings @news', '/doctor @news', '/receipt', '/announce x', '/export'],
  ),
  status: fc.constantFrom(...STATUSES),
  wait: fc.constantFrom(...WAITS),
  words: fc.constantFrom(...WORDS),
  code: fc.constantFrom(0, 10003, 10008, 40060, 50001, 50035, 50278, -1, 1e21, '50001', null, []),
  header: fc.constantFrom('', '', '5', 'abc', '-1', '1e400', 'Infinity', '99999999999', 'NaN'),
  form: fc.constantFrom('mutated', 'mutated', 'mutated', 'broken', 'page', 'cut', 'empty', 'wrong'),
  text: fc.record({ at: number, how: number, value: number }),
  changes: mutations,
})

type Case = Parameters<Parameters<typeof cases.map>[0]>[0]

/** Answers of a platform that is well, by words of the method or route. */
const RESULTS: readonly (readonly [RegExp, unknown])[] = [
  [/getChatMember/, { status: 'administrator', user: { id: 1 }, can_post_messages: true }],
  [/getChat/, { id: -1001, type: 'channel', title: 'News', username: 'news' }],
  [/getFile/, { file_id: 'x', file_path: 'photos/x', file_size: 9 }],
  [/getMyCommands/, [{ command: 'about', description: 'x' }]],
  [/send|edit/, { message_id: 5, date: 0, chat: { id: 1, type: 'private' }, photo: [] }],
  [/messages|webhooks/, { id: '1', channel_id: '1', attachments: [] }],
  [/commands/, [{ id: '1', name: 'about', options: [] }]],
]

/** Answers badly, in the way of this case. */
function answerBadly(response: ServerResponse, what: string, of: Case): void {
  const { status, wait, words, code, header, form, text, changes, isDiscord } = of
  const [, result = true] = RESULTS.find(([pattern]) => pattern.test(what)) ?? []
  const parameters = { retry_after: wait, migrate_to_chat_id: status === 400 ? wait : undefined }
  const failed = isDiscord
    ? { message: words, code, retry_after: wait, global: true, errors: {} }
    : { ok: false, error_code: status, description: words, parameters }
  const good = isDiscord && typeof result === 'object' && result ? result : { ok: true, result }
  const body = JSON.stringify(mutate(status < 300 ? good : failed, changes))
  const forms: Record<typeof form, string> = {
    mutated: body,
    broken: broken(body, text),
    page: `<html><body>${words}</body></html>`,
    cut: body.slice(0, text.at % body.length),
    empty: '',
    wrong: JSON.stringify(result),
  }
  response.writeHead(status, {
    'content-type': form === 'page' ? 'text/html' : 'application/json',
    ...(header !== '' && {
      ...{ 'retry-after': header, 'x-ratelimit-reset-after': header },
      ...{ 'x-ratelimit-limit': header, 'x-ratelimit-remaining': '0', 'x-ratelimit-bucket': 'b' },
    }),
  })
  response.end(status === 204 ? '' : forms[form])
}

/** Bad answers to what the bot asks for: it lives, and the next question is answered. */
export function fuzzAnswers(percent: number): void {
  const count = share(percent)

  test(`${count} bad answers leave a bot that answers`, { timeout: 3_600_000 }, async () => {
    const faults: string[] = []
    using _ = watchFaults(fault => faults.push(fault))
    let scenes: Awaited<ReturnType<typeof open>> | undefined
    let users = 10_000
    const open = async () => {
      const [telegram, discord] = await Promise.all([openTelegram(), openDiscord()])
      const ended = (error: unknown) => faults.push(`a platform has ended: ${error}`)
      telegram.running.catch(ended)
      discord.running.catch(ended)
      return { telegram, discord }
    }

    await fuzz({
      ...{ name: 'answers', cases, count, batch: 50, lifetime: 40 },
      async reset() {
        const ending = scenes
        scenes = undefined
        await ending?.telegram[Symbol.asyncDispose]()
        await ending?.discord[Symbol.asyncDispose]()
      },
      async play(all) {
        scenes ??= await open()
        const { telegram, discord } = scenes
        const { promise: drained, resolve: drain } = Promise.withResolvers<void>()
        const [bad, worse] = [all.filter(of => !of.isDiscord), all.filter(of => of.isDiscord)]
        const next = (cases: Case[]) => {
          const of = cases.shift()
          if (bad.length + worse.length === 0) drain()
          return of
        }
        telegram.server.weather = ({ method, body }) => {
          expectTelegramTakes(method, body)
          const of = /^(getUpdates|getMe)$/.test(method) ? undefined : next(bad)
          return of && { fault: response => answerBadly(response, method, of) }
        }
        discord.server.weather = ({ route, body }) => {
          expectDiscordCallTakes(route, body)
          const of = /gateway/.test(route) ? undefined : next(worse)
          return of && { fault: response => answerBadly(response, route, of) }
        }
        const ask = (line: string) => {
          users += 1
          const from = { id: users, is_bot: false, first_name: 'Ada' }
          telegram.server.push(messageUpdate(line, { from, chat: { id: users, type: 'private' } }))
          return telegram.server.shown(String(users))
        }
        const slash = (line: string) => {
          const [name = '', ...words] = line.slice(1).split(' ')
          const value = words.join(' ')
          return discord.slash(name, value ? [{ type: 3, name: 'words', value }] : [])
        }
        for (const { isDiscord, line } of all) {
          if (isDiscord) await slash(line)
          else ask(line)
        }
        const answered = async () => {
          await drained
          const token = await slash('/about')
          await Promise.all([ask('/about').next(), discord.server.shown(token).next()])
        }
        await within(answered())
        expect(faults.splice(0)).toEqual([])
      },
    })
  })
}

/** Rejects if what is awaited takes longer than it should even on a busy machine. */
async function within(awaited: Promise<unknown>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('It takes too long.')), 15_000)
  await Promise.race([awaited, promise]).finally(() => clearTimeout(timer))
}

/**
 * A clock on which every pause takes a few milliseconds. As much time passes as was asked for, but a minute at
 * least: deliveries look at the ledger each second, and would take thousands of looks for an hour.
 */
function leapingClock(): Clock {
  let leaptMs = 0
  return testClock(
    () => Temporal.Now.instant().add({ milliseconds: leaptMs }),
    (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const end = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', end)
          if (ms > 5 && !signal?.aborted) leaptMs += leapOf(ms)
          resolve()
        }
        const timer = setTimeout(end, ms > 5 ? 5 : ms)
        signal?.addEventListener('abort', end)
      }),
  )
}

/** Temporal takes whole milliseconds alone. */
const leapOf = (ms: number) => Math.ceil(Math.min(Math.max(ms, 60_000), 86_400_000))

/** Chats of one broadcast, on each platform. */
const CHATS = 40

/** Bad answers to what is posted: the delivery goes on, and each chat's row has an end. */
export function fuzzPosts(percent: number): void {
  const count = share(percent)

  test(`${count} bad answers to posts leave a delivery that goes on`, {
    timeout: 3_600_000,
  }, async () => {
    const faults: string[] = []
    using _ = watchFaults(fault => faults.push(fault))
    // Discord's library reads waits by it.
    using date = vi.spyOn(Date, 'now')
    let scene: Awaited<ReturnType<typeof openScene>> | undefined
    let delivery: Running | undefined

    await fuzz({
      // More at once would trip the breaker, which is for a person to decide.
      ...{ name: 'posts', cases, count, batch: 5, lifetime: 40 },
      async reset() {
        delivery?.crash()
        await delivery?.running.catch(() => {})
        scene = undefined
      },
      async play(all) {
        if (!scene) {
          const clock = leapingClock()
          date.mockImplementation(() => clock.now().epochMilliseconds)
          scene = await openScene({ clock, timeoutMs: 1000 })
          await fill(scene.url, 'telegram', CHATS)
          await fill(scene.url, 'discord', CHATS)
          delivery = await scene.begin()
        }
        const { store, telegram, discord, finished, rows } = scene
        const bad = all.filter(of => !of.isDiscord)
        const worse = all.filter(of => of.isDiscord)
        telegram.weather = ({ method }) => {
          const of = bad.shift()
          return of && { fault: response => answerBadly(response, method, of) }
        }
        discord.weather = ({ route }) => {
          const of = worse.shift()
          return of && { fault: response => answerBadly(response, route, of) }
        }
        const { id } = await store.broadcasts.create(announcement())
        const ended = delivery?.running.then(() => {
          throw new Error('The delivery has ended.')
        })
        await within(Promise.race([finished(id), ended]))
        expect(faults.splice(0)).toEqual([])
        for (const { state } of await rows(id)) {
          expect(['sent', 'gone', 'failed', 'skipped', 'uncertain']).toContain(state)
        }
      },
    })
  })
}
