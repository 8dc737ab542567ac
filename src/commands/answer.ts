import type { Reply } from '../bot.ts'
import { withAccent } from '../briefing/accent.ts'
import { isLeftOut, withoutLeftOut } from '../briefing/left-out.ts'
import { overview } from '../briefing/overview.ts'
import { withFallbacks } from '../briefing/search-results.ts'
import { knownZone } from '../clock.ts'
import { clockKey, localEdition } from '../content/occurrences.ts'
import { ACTION_BYTES, type Action, leading, type Message, message, paragraph } from '../message.ts'
import { perObject } from '../per-object.ts'
import { texts } from '../texts.ts'
import { named } from './choices.ts'
import {
  type Call,
  type Choice,
  type Command,
  changes,
  type Registry,
  type Values,
} from './command.ts'
import { usage } from './help.ts'
import { withLiveCommands } from './live-commands.ts'
import { isForModerators } from './moderators.ts'
import type { ParsedLine } from './parse-line.ts'

/** Everything that an answer depends on, except the line. */
export type Circumstances = Omit<Call, 'values' | 'isPlain' | 'edition'>

/** Most code points of a misunderstood line that an answer quotes: as long as a command's name. */
const ECHO_LENGTH = 32

/** Most choices offered after an unknown value: as many as a user looks through. */
const OFFERED = 20

/**
 * Answers a parsed line. Throws {@link StoreError} if the store fails, and
 * {@link UncheckedError} if the platform did not say in time what the user may do.
 */
export async function answer(parsed: ParsedLine, circumstances: Circumstances): Promise<Reply> {
  const reply = await answerAll(parsed, circumstances)
  const { live } = reply
  const { registry } = circumstances
  const shown = shownBy(registry)
  return {
    ...reply,
    message: shown(reply.message),
    ...(live && { live: { ...live, message: async now => shown(await live.message(now)) } }),
  }
}

/** Prepares the messages of a registry for users. Cached, because most answers are the same message each time. */
const shownBy = perObject((registry: Registry) =>
  perObject((message: Message) => dressed(registry, withoutLeftOut(message, registry.edition))),
)

async function answerAll(parsed: ParsedLine, circumstances: Circumstances): Promise<Reply> {
  const { registry, request } = circumstances
  if (parsed.kind !== 'call') {
    return { message: explain(registry, parsed), understood: parsed.kind === 'thanks' }
  }
  const { command, values, isPlain } = parsed
  if (request.origin.by === 'suggested' && changes(command)) {
    return { message: askFirst(circumstances, command, values), understood: true }
  }
  const call: Call = {
    ...circumstances,
    // Only answers with events need it, and a calendar may have thousands.
    get edition() {
      const { now, zone } = circumstances
      return localEdition(registry.edition, now.toZonedDateTimeISO(knownZone(zone)))
    },
    values,
    ...(isPlain && { isPlain }),
  }
  const answered = command.usesStore
    ? await command.run(call)
    : ((await command.runStored?.(call)) ?? cached(command, call, () => command.run(call)))
  if ('refused' in answered) return { message: answered.refused, understood: false, refused: true }
  if ('note' in answered) return { message: answered.note, understood: true, isNote: true }
  if ('message' in answered) return { ...answered, understood: true }
  return { message: answered, understood: true }
}

/** Makes the commands in a message live, and gives it the edition's colour. A dressed message stays the same object. Pure. */
export function dressed(registry: Registry, said: Message): Message {
  const live = withLiveCommands(said, name => registry.find(name) !== undefined)
  return withAccent(live, registry.edition)
}

/** Shows the line of a link or a forwarded message with a button that runs it. Another person chose its words. */
function askFirst(
  { registry: { edition }, today, request, moderators }: Circumstances,
  { name, title, description, forModerators }: Command,
  values: Values,
): Message {
  const line = [`/${name}`, ...Object.values(values)].join(' ')
  const isOffered = !forModerators || isForModerators(request, moderators)
  if (!isOffered || Buffer.byteLength(line) > ACTION_BYTES) return overview(edition, today)
  return message(
    [
      paragraph(texts.suggested),
      paragraph({ type: 'inlineCode', value: line }, `: ${description}.`),
      paragraph(texts.suggestedHow),
    ],
    [
      { label: title, command: line },
      { label: texts.overview, command: '/briefing' },
    ],
  )
}

/** Caches the answer to a call for the day, or for the minute if events have times, so that each message is built and rendered once. */
function cached(
  command: Command,
  { registry, now, zone, today, request, moderators, values }: Call,
  run: () => Message,
): Message {
  // Free words would fill the cache.
  const choices = command.parameters.filter(parameter => parameter.choices)
  if (choices.length < command.parameters.length) return run()
  const key = [
    clockKey(registry.edition, { now, zone, today }),
    request.chat?.ref.kind,
    request.chat?.barred,
    isForModerators(request, moderators),
    command.name,
    ...choices.map(({ name }) => values[name]),
  ].join(' ')
  const hit = registry.answerCache.get(key)
  if (hit) return hit
  const message = run()
  registry.answerCache.set(key, message)
  return message
}

function explain(registry: Registry, parsed: Exclude<ParsedLine, { kind: 'call' }>): Message {
  switch (parsed.kind) {
    case 'misused': {
      const { command, given } = parsed
      const fault = given
        ? texts.valueUnknown(command.name, shorten(given))
        : texts.valueMissing(command.name)
      const needsWords = command.parameters.some(({ required }) => required)
      const meant = given ? namedChoiceButtons(registry, command, given) : []
      if (meant.length > 1) {
        return message([leading(fault), paragraph(texts.didYouMean)], meant)
      }
      const actions = needsWords
        ? withFallbacks([])
        : [commandButton(command), ...choiceButtons(registry, command)]
      const syntax = texts.misused(usage(command, registry.edition))
      return message([leading(fault), paragraph(syntax)], actions)
    }
    case 'unknown':
    case 'unclear': {
      const typed = parsed.kind === 'unknown' ? parsed.name : parsed.words
      const explain = parsed.kind === 'unknown' ? texts.unknownCommand : texts.unknownWords
      const fitting = registry.fitting(typed)
      const meant = fitting.length > 0 ? fitting : registry.nearest(typed).map(commandButton)
      const fault = explain(shorten(typed))
      if (meant.length === 0) return message([paragraph(fault)], withFallbacks([]))
      return message([leading(fault), paragraph(texts.didYouMean)], meant)
    }
    case 'thanks':
      return message([paragraph(texts.thanked)], withFallbacks([]))
    case 'empty':
      return message([paragraph(nothingTyped(registry))], withFallbacks([]))
    case 'long':
      return message([paragraph(texts.tooLong(parsed.length, parsed.most))])
    case 'unreadable':
      return message([paragraph(texts.unreadable(parsed.code))])
  }
}

function nothingTyped({ edition }: Registry): string {
  return isLeftOut(edition, 'search') ? texts.nothingTypedChoice : texts.nothingTyped
}

function choiceButtons({ edition }: Registry, command: Command): Action[] {
  return buttonsOf(command, command.parameters[0]?.choices?.(edition) ?? [])
}

/** Returns buttons for the choices of a command whose titles have the words of a line. */
function namedChoiceButtons({ edition }: Registry, command: Command, given: string): Action[] {
  return buttonsOf(command, named(command.parameters[0]?.choices?.(edition) ?? [], given))
}

function buttonsOf({ name }: Command, choices: readonly Choice[]): Action[] {
  return choices.slice(0, OFFERED).map(({ value, title }) => ({
    label: title,
    command: `/${name} ${value}`,
  }))
}

/** Shortens a quoted line to `ECHO_LENGTH` code points, enough for the user to recognize it. */
function shorten(typed: string): string {
  const characters = [...typed]
  return characters.length > ECHO_LENGTH ? `${characters.slice(0, ECHO_LENGTH).join('')}…` : typed
}

function commandButton({ name, title }: Command): Action {
  return { label: title, command: `/${name}` }
}
