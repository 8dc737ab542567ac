import { overview } from '../briefing/overview.ts'
import { withFallbacks } from '../briefing/search-results.ts'
import { ACTION_BYTES, type Action, type Message, message, paragraph } from '../message.ts'
import type { Reply } from '../platform.ts'
import { texts } from '../texts.ts'
import { isForModerators } from './authority.ts'
import { type Call, type Command, changes, type Registry, type Values } from './command.ts'
import { usage } from './help.ts'
import { type ParsedLine, parseLine } from './parse-line.ts'

/** All that an answer depends on beside the words. */
export type Circumstances = Omit<Call, 'values'>

/** Most that is said back of a misunderstood line, in code points: a command's name is as long. */
const ECHO_LENGTH = 32

/** Choices offered where none was understood: what somebody looks through. */
const OFFERED = 20

/** Answers kept: more than a briefing has. Those of yesterday go with the rest. */
const REMEMBERED = 2000

/**
 * Answers one typed line, or a pressed button's. Never throws, whatever the line holds, but where the
 * store fails: then a {@link StoreError}.
 */
export async function answer(circumstances: Circumstances): Promise<Reply> {
  const { registry, request } = circumstances
  const read = parseLine(registry, request.line)
  if (read.kind !== 'call') return { message: explain(registry, read), understood: false }
  const { command, values } = read
  if (request.isSuggested && changes(command)) {
    return { message: askFirst(circumstances, command, values), understood: true }
  }
  const call = { ...circumstances, values }
  const answered = command.keeps
    ? await command.run(call)
    : remember(command, call, () => command.run(call))
  if ('refused' in answered) return { message: answered.refused, understood: false, refused: true }
  if ('note' in answered) return { message: answered.note, understood: true, isNote: true }
  if ('form' in answered) return { ...answered, understood: true }
  return { message: answered, understood: true }
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

/** The same call has the same answer all day long: it is made, and rendered, once. */
function remember(
  command: Command,
  { registry, today, request, moderators, values }: Call,
  run: () => Message,
): Message {
  // Of free words there is no end.
  const choices = command.parameters.filter(parameter => parameter.choices)
  if (choices.length < command.parameters.length) return run()
  const key = [
    today,
    request.member,
    isForModerators(request, moderators),
    command.name,
    ...choices.map(({ name }) => values[name]),
  ].join(' ')
  const known = registry.answerCache.get(key)
  if (known) return known
  if (registry.answerCache.size >= REMEMBERED) registry.answerCache.clear()
  const message = run()
  registry.answerCache.set(key, message)
  return message
}

function explain(registry: Registry, request: Exclude<ParsedLine, { kind: 'call' }>): Message {
  switch (request.kind) {
    case 'misused': {
      const { command, given } = request
      const fault = given
        ? texts.valueUnknown(command.name, shorten(given))
        : texts.valueMissing(command.name)
      const needsWords = command.parameters.some(({ required }) => required)
      const actions = needsWords
        ? withFallbacks([])
        : [plain(command), ...choices(registry, command)]
      const form = texts.misused(usage(command, registry.edition))
      return message([paragraph(fault), paragraph(form)], actions)
    }
    case 'unknown': {
      const nearest = registry.nearest(request.name)
      const body = [paragraph(texts.unknownCommand(shorten(request.name)))]
      if (nearest.length === 0) return message(body, withFallbacks([]))
      return message([...body, paragraph(texts.didYouMean)], nearest.map(plain))
    }
    case 'empty':
      return message([paragraph(texts.nothingTyped)], withFallbacks([]))
    case 'long':
      return message([paragraph(texts.tooLong(request.length, request.most))])
    case 'unreadable':
      return message([paragraph(texts.unreadable(request.code))])
  }
}

function choices({ edition }: Registry, { name, parameters }: Command): Action[] {
  const choices = parameters[0]?.choices?.(edition) ?? []
  return choices.slice(0, OFFERED).map(({ value, title }) => ({
    label: title,
    command: `/${name} ${value}`,
  }))
}

/** What is said back of something long that was typed: enough to know it again. */
function shorten(typed: string): string {
  const characters = [...typed]
  return characters.length > ECHO_LENGTH ? `${characters.slice(0, ECHO_LENGTH).join('')}…` : typed
}

function plain({ name, title }: Command): Action {
  return { label: title, command: `/${name}` }
}
