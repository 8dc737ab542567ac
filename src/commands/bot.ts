import {
  type Bot,
  type BotRequest,
  type Line,
  type Reply,
  type RequestChat,
  UncheckedError,
} from '../bot.ts'
import { profileOf } from '../briefing/introduction.ts'
import { createReachability, type Reachability } from '../chats/reachability.ts'
import { type Clock, dateOf } from '../clock.ts'
import type { Edition } from '../content/edition.ts'
import type { Log } from '../log.ts'
import { message, paragraph } from '../message.ts'
import type { ReminderSettings } from '../schedule/due-reminders.ts'
import { ignoreStoreError } from '../store/error.ts'
import { texts } from '../texts.ts'
import { createAgeWarnings } from './age-warnings.ts'
import { asDraftEdit } from './announcements/edit.ts'
import { answer, dressed } from './answer.ts'
import { say } from './chat-access.ts'
import type { CommandStore, Moderators, Operations, Registry } from './command.ts'
import { factsOf, parseLine } from './parse-line.ts'
import { createLimit } from './request-limit.ts'
import { welcome } from './welcome.ts'

/** Age in milliseconds after which the bot does not answer a question: after a downtime its user no longer waits. */
const STALE_MS = 10 * 60_000

const NO_MODERATORS: Moderators = { users: [], roles: [] }

/** Least time that the store has for a chat's table style and zone, in milliseconds. The longest wait is twice that. */
const PREFS_WAIT_MS = 300

export interface BotOptions {
  /** Returns the registry of the current edition. */
  readonly registry: () => Registry
  readonly clock: Clock
  readonly log?: Log
  /** IANA zone of new chats, and of answers without a chat. */
  readonly timeZone: string
  /** Absent on the command line. */
  readonly store?: CommandStore
  /** Absent on the command line. */
  readonly reminders?: ReminderSettings
  /** Shared with the delivery; if absent, the bot creates its own. */
  readonly reachability?: Reachability
  readonly moderators?: Moderators
  /** Resolves to undefined if this process may not control posts now; called for each command of moderators. */
  readonly operations?: () => Promise<Operations | undefined>
}

/** Creates the bot that every platform uses to answer requests. */
export function createBot(options: BotOptions): Bot {
  const { registry, clock, log, store } = options
  const zoneOf = ({ timezone }: Edition) => timezone ?? options.timeZone
  const { moderators = NO_MODERATORS } = options
  const limit = createLimit(clock)
  const inTime = createTimeout(clock, PREFS_WAIT_MS)
  const dates = createDates()
  const warnings = createAgeWarnings()

  const { reachability = store && createReachability({ store, now: clock.now, log }) } = options
  const kept = store && reachability && { store, reachability }

  /**
   * Resolves to the table style and the zone of the chat. Restores a chat that is marked as gone, since it can be
   * reached; a suggested line restores nothing. Resolves to undefined if the store does not answer in time: see
   * `PREFS_WAIT_MS`.
   */
  async function loadAnswerPrefs({ ref, barred }: RequestChat, isSuggested: boolean) {
    if (store?.state().status !== 'open') return undefined
    const loading = store.chats.loadAnswerPrefs(ref).catch(ignoreStoreError)
    const prefs = await inTime(loading)
    if (prefs?.isGone && !barred && !isSuggested) {
      await reachability?.returned(ref.platform, [ref.address]).catch(ignoreStoreError)
    }
    return prefs
  }

  function parse(text: string): Line {
    const current = registry()
    const parsed = parseLine(current, text)
    const facts = factsOf(parsed)

    async function answerLine(request: BotRequest): Promise<Reply | undefined> {
      const { actor, chat, origin } = request
      const edit = asDraftEdit(text, request)
      if (edit) return parse(edit.line).answer({ ...request, text: edit.text })
      if (request.text?.answers?.isWordless) return undefined
      const now = request.now ?? clock.now()
      const age = origin.asked && now.epochMilliseconds - origin.asked.epochMilliseconds
      const isSuggested = origin.by === 'suggested'
      if (age && age > STALE_MS && (isSuggested || !facts.isChange)) return undefined
      const turn = actor.user === undefined ? 'granted' : limit.take(actor.user)
      if (turn !== 'granted') {
        const said = message([paragraph(texts.tooMany)])
        return {
          message: said,
          understood: false,
          hasFailed: true,
          rush: turn === 'told' ? 'again' : 'told',
        }
      }
      try {
        const prefs = chat && (await loadAnswerPrefs(chat, isSuggested))
        const timeZone = zoneOf(current.edition)
        const zone = prefs?.zone ?? timeZone
        const date = dates(now, zone)
        const common = { registry: current, today: date, now, request, timeZone, zone }
        const { forModerators, usesOperations } = ('command' in parsed && parsed.command) || {}
        const operations =
          forModerators || usesOperations ? await options.operations?.() : undefined
        const { reminders } = options
        const seen = reachability?.seen
        const circumstances = { ...common, moderators, operations, seen, reminders }
        const answered = await answer(parsed, { ...circumstances, store })
        const said = warnings(answered.message, chat?.ref, common.today)
        const reply = { ...answered, message: said }
        return prefs ? { ...reply, tableStyle: prefs.tableStyle } : reply
      } catch (error) {
        if (error instanceof UncheckedError)
          return {
            message: say(texts.unchecked),
            understood: false,
            hasFailed: true,
            refused: true,
          }
        ignoreStoreError(error)
        return { message: say(texts.notSaved), understood: false, hasFailed: true }
      }
    }

    return { text, ...facts, answer: answerLine }
  }

  return {
    parse,
    menu: () => registry().menu(),
    profile: () => profileOf(registry().edition),
    moderators: platform =>
      moderators.users
        .filter(user => user.startsWith(`${platform}:`))
        .map(user => user.slice(platform.length + 1)),
    find: (words, most) => registry().places(words, most),
    async joined(place) {
      const today = () => dates(clock.now(), zoneOf(registry().edition))
      const options = { registry, now: clock.now, today, kept }
      const said = await welcome(place, options)
      return said && warnings(dressed(registry(), said), place, today())
    },
    left: async (...values) => reachability?.left(...values),
    moved: async (...values) => reachability?.moved(...values),
    seen: async (...values) => reachability?.seen(...values),
    unreachable: async platform => (await reachability?.unreachable(platform)) ?? [],
    groups: async platform => (await store?.chats.groups(platform)) ?? [],
  }
}

/**
 * Creates a function that settles as `work` does, or resolves to undefined after `ms` to 2 × `ms` milliseconds.
 * Concurrent callers share one timer. A race with one shared promise would keep the results of all callers until that
 * promise settles.
 */
function createTimeout(clock: Clock, ms: number) {
  let open: Set<() => void> | undefined

  function begin(): Set<() => void> {
    const waiting = new Set<() => void>()
    clock.pause(2 * ms).then(() => {
      // After a stall of the event loop, results that have arrived are read before the timeout.
      setImmediate(() => {
        for (const end of waiting) end()
      })
    })
    clock.pause(ms).then(() => {
      open = undefined
    })
    return waiting
  }

  return <T>(work: Promise<T>): Promise<T | undefined> => {
    open ??= begin()
    const waiting = open
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>()
    const end = () => resolve(undefined)
    waiting.add(end)
    work.finally(() => waiting.delete(end)).then(resolve, reject)
    return promise
  }
}

/** Creates a function that returns the date of an instant. Caches the dates of a minute: they change on a full minute. */
function createDates(): (instant: Temporal.Instant, zone: string) => Temporal.PlainDate {
  let minute = Number.NaN
  const dates = new Map<string, Temporal.PlainDate>()
  return (instant, zone) => {
    const now = Math.floor(instant.epochMilliseconds / 60_000)
    if (now !== minute) dates.clear()
    minute = now
    const date = dates.get(zone) ?? dateOf(instant, zone)
    dates.set(zone, date)
    return date
  }
}
