import { isDeepStrictEqual } from 'node:util'
import type { Bot, Live, Origin, Reply, RequestText } from '../../bot.ts'
import { ageOf, withWarning } from '../../briefing/footer.ts'
import type { Clock } from '../../clock.ts'
import { isOfPost, type Message, pressedLine } from '../../message.ts'
import { readMarkdown } from '../../parsing/discord.ts'
import { PICTURE_BYTES } from '../../picture.ts'
import { renderText } from '../../render/text.ts'
import type { Ask } from '../answer-queue.ts'
import type { ShowVersion } from '../live-replies.ts'
import { isPassing, mayReplace } from '../placement.ts'
import { typedMarkdown } from '../typed-markdown.ts'
import { answerBodies } from './bodies.ts'
import type { History, Kept, Shown } from './history.ts'
import type { PageBodies, ShownPictures } from './pictures.ts'
import type {
  Answered,
  DiscordBody,
  DiscordComponent,
  Entry,
  FormRequest,
  LineRequest,
  PlatformName,
  PressRequest,
  View,
} from './protocol.ts'
import { circumstancesOf, timeOf } from './view.ts'

/** Most answers that are drawn anew, from the newest one: as many as a reader scrolls through. */
const MAX_REDRAWN = 30

/** Discord, flags of a message: only the user who asked sees it. */
const EPHEMERAL = 1 << 6

const PLATFORMS = ['discord', 'telegram'] as const satisfies readonly PlatformName[]

/** The answers of a conversation. Each of the first three methods resolves when the answer is in the history. */
export interface Conversation {
  type(request: LineRequest): Promise<Answered>
  /** Resolves to undefined if the button is gone. */
  press(request: PressRequest): Promise<Answered | undefined>
  submit(request: FormRequest): Promise<Answered>
  /** Draws the newest answers that change nothing anew, in a view; in the view of each if it is absent. */
  redraw(view?: View): Promise<void>
}

export interface ConversationOptions {
  readonly bot: Bot
  readonly ask: Ask
  readonly clock: Clock
  /** IANA zone of the views' times. */
  readonly timeZone: string
  readonly history: History
  readonly pictures: Pick<ShownPictures, 'measured'>
  /** Shows later versions of an answer: see `LiveReplies.follow`. */
  readonly follow: (live: Live, show: ShowVersion) => void
}

/** The message whose button was pressed, or whose button opened a form. */
interface On {
  readonly kept: Kept
  /** Whether a note for the user may stand in place of a message, as for a pressed button on Telegram. */
  readonly mayPass: boolean
}

interface Question {
  readonly view: View
  readonly line: string
  readonly by: Origin['by']
  readonly text?: RequestText
  readonly on?: On | undefined
}

export function createConversation(options: ConversationOptions): Conversation {
  const { bot, ask, clock, timeZone, history, pictures, follow } = options
  /** Number of the latest redraw. A later one ends the ones before. */
  let redraws = 0

  async function replyTo({ view, line, by, text }: Question) {
    const parsed = bot.parse(line)
    // A change is stored with its time, and the bot acts on it by the real clock.
    const now = parsed.isChange ? undefined : timeOf(view, timeZone)
    // Telegram has no forms, so its users type their text behind the command.
    const textEntry = view.platform === 'telegram' ? 'line' : 'form'
    const origin = { by, textEntry } as const
    const reply = await ask(parsed, { ...circumstancesOf(view), origin, text, now })
    return { parsed, reply, at: (now ?? clock.now()).epochMilliseconds }
  }

  async function render(message: Message, view: View, reply: Reply): Promise<PageBodies> {
    const style = view.tables ?? reply.tableStyle ?? 'grid'
    return pictures.measured(await answerBodies(message, style, bot))
  }

  async function answer(question: Question): Promise<Answered> {
    const { view, line, by, text, on } = question
    const { parsed, reply, at } = await replyTo(question)
    if (!reply || (reply.rush === 'again' && !on)) return {}
    if (reply.form) return { form: { ...reply.form, pictureBytes: PICTURE_BYTES } }
    const bodies = await render(reply.message, view, reply)
    // Only slash commands, presses and forms get answers that one user alone sees.
    const isInteraction = on !== undefined || by === 'form' || line.startsWith('/')
    const isAlone =
      isInteraction && (parsed.isPrivate || !reply.understood || on?.kept.entry.by === 'post')
    const shown: Shown = { line, view, message: reply.message }
    const passes = on?.mayPass === true && isPassing(reply)
    const parsedText = by === 'form' || text ? readText(text, line) : undefined
    // The message may have changed, or been removed, while the bot answered.
    const pressed = on && history.find(on.kept.entry.key)
    place({ shown, reply, bodies, isAlone, passes, on: pressed, at, by, parsed: parsedText })
    if (reply.live) followLive(shown, reply, reply.live)
    return passes ? { note: noteOf(reply.message) } : {}
  }

  /** Puts the bodies in place of the pressed message or at the end, on each platform by its own rule. */
  function place(answered: {
    readonly shown: Shown
    readonly reply: Reply
    readonly bodies: PageBodies
    readonly isAlone: boolean
    readonly passes: boolean
    readonly on: Kept | undefined
    readonly at: number
    readonly by: Origin['by']
    readonly parsed: Kept['parsed']
  }): void {
    const { shown, reply, bodies, isAlone, passes, on, at, by, parsed } = answered
    const replaced = PLATFORMS.filter(
      platform =>
        !(passes && platform === 'telegram') &&
        on?.entry.by !== 'post' &&
        on?.entry[platform].length === 1 &&
        mayReplace(reply, bodies[platform].length),
    )
    const added = PLATFORMS.filter(
      platform => !replaced.includes(platform) && !(passes && platform === 'telegram'),
    )
    if (on && replaced.length > 0) {
      const discord = bodies.discord.map(body => withFlagsOf(on.entry, body))
      history.change(
        on.entry.key,
        { ...pick({ ...bodies, discord }, replaced), isEdited: true },
        { shows: { ...on.shows, ...shows(shown, replaced) }, parsed, isPressed: true },
      )
    }
    if (added.length > 0) {
      const discord = isAlone ? bodies.discord.map(hidden) : bodies.discord
      history.add(
        {
          by: by === 'form' ? 'form' : on ? 'pressed' : 'typed',
          line: shown.line,
          role: shown.view.role,
          at,
          ...{ discord: [], telegram: [] },
          ...pick({ ...bodies, discord }, added),
        },
        { shows: shows(shown, added), parsed },
      )
    }
  }

  /** Shows the versions of an answer in the panes that still show it. */
  function followLive(first: Shown, reply: Reply, live: Live): void {
    let shown = first
    follow(live, async message => {
      const bodies = await render(message, first.view, reply)
      const version = { ...first, message }
      const isKept = replaceShown(shown, version, bodies, { isEdited: true })
      shown = version
      return isKept
    })
  }

  /** Replaces the bodies of the panes that show an answer. Returns whether any pane does. */
  function replaceShown(
    before: Shown,
    after: Shown,
    bodies: PageBodies,
    more: Pick<Entry, 'isEdited'> = {},
  ): boolean {
    let isKept = false
    for (const { entry, shows: shown } of history.entries().filter(isShowing(before))) {
      const panes = PLATFORMS.filter(platform => shown[platform] === before)
      isKept = true
      const discord = bodies.discord.map(body => withFlagsOf(entry, body))
      const fields = pick({ ...bodies, discord }, panes)
      const kept = { shows: { ...shown, ...shows(after, panes) }, isPressed: false }
      const isSame = panes.every(each => isDeepStrictEqual(fields[each], entry[each]))
      if (isSame) history.remember(entry.key, kept)
      else history.change(entry.key, { ...fields, ...more }, kept)
    }
    return isKept
  }

  async function redrawOne(shown: Shown, view: View): Promise<void> {
    const { line, message } = shown
    const { parsed, reply } = await replyTo({ view, line, by: 'typed' })
    if (!reply || reply.form || reply.hasFailed) return
    if (parsed.isChange || parsed.content === 'echo') return
    // The bot warns of old facts once a day, and has done so in this answer.
    const isWarned = ageOf(message) === 'warned' && ageOf(reply.message) === 'old'
    const anew = isWarned ? withWarning(reply.message) : reply.message
    const after: Shown = { line, view, message: anew }
    const isKept = replaceShown(shown, after, await render(anew, view, reply))
    if (isKept && reply.live) followLive(after, reply, reply.live)
  }

  return {
    type: ({ view, line }) => answer({ view, line, by: 'typed', text: typedMarkdown(line) }),
    async press({ view, key, platform, data }) {
      const kept = history.find(key)
      if (!kept || !isOffered(kept.entry, platform, data)) return undefined
      const by = isOfPost(data) ? 'post-button' : 'button'
      return answer({ view, line: pressedLine(data), by, on: { kept, mayPass: true } })
    },
    async submit({ view, line, text, picture, key }) {
      const read = { ...readMarkdown(text), source: text }
      const bytes = picture ? Buffer.from(picture, 'base64') : undefined
      const given = bytes ? { ...read, picture: async () => bytes } : read
      const kept = key === undefined ? undefined : history.find(key)
      return answer({
        ...{ view, line, by: 'form' },
        // The page keeps the text of a form that it sends, so a refusal need not repeat it.
        text: { typed: '', read: () => given },
        on: kept && { kept, mayPass: false },
      })
    },
    async redraw(view) {
      redraws += 1
      const mine = redraws
      const shown = history
        .entries()
        .slice(-MAX_REDRAWN)
        .flatMap(kept => PLATFORMS.flatMap(platform => kept.shows[platform] ?? []))
      for (const each of new Set(shown)) {
        if (mine !== redraws) return
        await redrawOne(each, view ?? each.view)
      }
    },
  }
}

function isShowing(shown: Shown): (kept: Kept) => boolean {
  return ({ shows }) => PLATFORMS.some(platform => shows[platform] === shown)
}

function shows(shown: Shown, platforms: readonly PlatformName[]): Kept['shows'] {
  return Object.fromEntries(platforms.map(platform => [platform, shown]))
}

function pick(bodies: PageBodies, platforms: readonly PlatformName[]): Partial<PageBodies> {
  return Object.fromEntries(platforms.map(platform => [platform, bodies[platform]]))
}

function hidden(body: DiscordBody): DiscordBody {
  return { ...body, flags: (body.flags ?? 0) | EPHEMERAL }
}

/** An edit cannot change who sees a message. */
function withFlagsOf({ discord: [before] }: Entry, body: DiscordBody): DiscordBody {
  return (before?.flags ?? 0) & EPHEMERAL ? hidden(body) : body
}

/** Returns whether a button or a choice of the entry has this data. */
function isOffered({ discord, telegram }: Entry, platform: PlatformName, data: string): boolean {
  return platform === 'discord'
    ? discord.flatMap(({ components }) => components.flatMap(offeredBy)).includes(data)
    : telegram.some(({ reply_markup }) =>
        reply_markup?.inline_keyboard.flat().some(button => button.callback_data === data),
      )
}

function offeredBy({ custom_id, options, components = [] }: DiscordComponent): string[] {
  const own = options ? options.map(({ value }) => value) : (custom_id ?? [])
  return [own, components.flatMap(offeredBy)].flat()
}

/** Reads the text that a user wrote for a command. */
function readText(text: RequestText | undefined, line: string): Kept['parsed'] {
  const read = text?.read(text.typed === '' ? 0 : (/^\S*\s*/.exec(line)?.[0].length ?? 0))
  return read && { body: read.body, lost: read.lost }
}

/** Returns the words that Telegram shows in passing: at most 200 UTF-16 units (Bot API, answerCallbackQuery). */
function noteOf({ body }: Message): string {
  return renderText({ body }, { columns: 200, style: 'cards', colour: false })
    .slice(0, 200)
    .toWellFormed()
}
