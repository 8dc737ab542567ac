import { withFallbacks } from '../briefing/found.ts'
import { type Action, type Message, message, paragraph } from '../message.ts'
import type { Reply } from '../platform.ts'
import { texts } from '../texts.ts'
import type { Command, Registry } from './command.ts'
import { usage } from './help.ts'
import { type Request, readRequest } from './request.ts'

/** Most that is said back of a misunderstood line, in code points: a command's name is as long. */
const ECHO_LENGTH = 32

/** Answers one typed line, or a pressed button's. Pure; never throws, whatever the line holds. */
export function answer(
  registry: Registry,
  line: string,
  today: Temporal.PlainDate,
  member = true,
): Reply {
  const request = readRequest(registry, line)
  return request.kind === 'call'
    ? {
        message: request.command.run({ registry, values: request.values, today, member }),
        understood: true,
      }
    : { message: explain(registry, request), understood: false }
}

function explain(registry: Registry, request: Exclude<Request, { kind: 'call' }>): Message {
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
  return (parameters[0]?.choices?.(edition) ?? []).map(({ value, title }) => ({
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
