import { type Action, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import type { Command, Registry } from './command.ts'
import { usage } from './help.ts'
import { type Request, readRequest } from './request.ts'

export interface Answer {
  readonly message: Message
  /** False where the line could not be taken for anything: the message says what to type. */
  readonly understood: boolean
}

/** Longest unknown name that is said back, in code points: no command's name is longer. */
const NAME_LENGTH = 32

/** Answers one typed line, or a pressed button's. Pure; never throws, whatever the line holds. */
export function answer(registry: Registry, line: string, today: Temporal.PlainDate): Answer {
  const request = readRequest(registry, line)
  return request.kind === 'call'
    ? {
        message: request.command.run({ registry, values: request.values, today }),
        understood: true,
      }
    : { message: explain(registry, request), understood: false }
}

function explain(registry: Registry, request: Exclude<Request, { kind: 'call' }>): Message {
  switch (request.kind) {
    case 'misused': {
      const { command } = request
      const form = usage(command, registry.edition)
      const needsWords = command.parameters.some(({ required }) => required)
      const actions = needsWords
        ? fallbacks(registry)
        : [plain(command), ...choices(registry, command)]
      return message([paragraph(texts.misused(command.name, form))], actions)
    }
    case 'unknown': {
      const nearest = registry.nearest(request.name)
      const name = [...request.name].slice(0, NAME_LENGTH).join('')
      const body = [paragraph(texts.unknownCommand(name))]
      if (nearest.length === 0) return message(body, fallbacks(registry))
      return message([...body, paragraph(texts.didYouMean)], nearest.map(plain))
    }
    case 'empty':
      return message([paragraph(texts.nothingTyped)], fallbacks(registry))
    case 'long':
      return message([paragraph(texts.tooLong(request.length, request.most))])
    case 'unreadable':
      return message([paragraph(texts.unreadable(request.code))])
  }
}

function choices({ edition }: Registry, { name, parameters }: Command): Action[] {
  return (parameters[0]?.choices?.(edition) ?? []).map(({ value, title }) => ({
    label: title,
    command: `/${name} ${value}`,
  }))
}

function fallbacks(registry: Registry): Action[] {
  return ['briefing', 'help'].flatMap(name => registry.find(name) ?? []).map(plain)
}

function plain({ name, title }: Command): Action {
  return { label: title, command: `/${name}` }
}
