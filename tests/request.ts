import type {
  Actor,
  Bot,
  BotRequest,
  Line,
  Origin,
  Reply,
  RequestChat,
  RequestText,
  UserText,
} from '../src/bot.ts'
import type { ChatRef } from '../src/platform.ts'

/** The facts of a request that a test states, without the groups that `BotRequest` puts them in. */
export type Facts = Actor &
  Omit<RequestChat, 'ref'> &
  Partial<Origin> & {
    readonly place?: ChatRef
    readonly text?: RequestText
    /** A text that came in a form or by a quote. */
    readonly written?: () => UserText | undefined
    /** The buttons of the message that is replied to, and the reply. */
    readonly answers?: {
      readonly lines: readonly string[]
      readonly written: () => UserText | undefined
      readonly isWordless?: boolean
    }
  }

/** Returns the request that a platform makes of these facts. Without facts the request has no user and no chat. */
export function requestOf(facts: Facts = {}): BotRequest {
  const { user, operator, roles, place, barred, lacking, mayManage, reach, ...others } = facts
  const { mayCreateEvents, text, written, answers, ...rest } = others
  return {
    actor: {
      ...(user !== undefined && { user }),
      ...(operator !== undefined && { operator }),
      ...(roles && { roles }),
    },
    chat: place && {
      ...{ ref: place, barred, mayManage, ...(reach && { reach }) },
      ...(lacking && { lacking }),
      ...(mayCreateEvents !== undefined && { mayCreateEvents }),
    },
    origin: { by: 'typed', textEntry: 'line', ...rest },
    text: answers
      ? {
          ...{ typed: '', read: answers.written },
          answers: { isWordless: false, ...answers, offset: 0 },
        }
      : written
        ? { typed: '', read: written }
        : text,
  }
}

/** Asks a bot for the answer to a line. */
export function askBot(bot: Pick<Bot, 'parse'>, line: string, facts?: Facts) {
  return bot.parse(line).answer(requestOf(facts))
}

/** Returns a bot whose answers `answer` gives, which may ask the bot that it stands before. */
export function answering(
  bot: Bot,
  answer: (
    line: string,
    ask: () => Promise<Reply | undefined>,
    request: BotRequest,
  ) => Promise<Reply | undefined>,
): Bot {
  return {
    ...bot,
    parse(text) {
      const line = bot.parse(text)
      return { ...line, answer: request => answer(text, () => line.answer(request), request) }
    },
  }
}

/** Returns a line with this answer. */
export function lineOf(answer: Line['answer'], text = '/next'): Line {
  return {
    ...{ text, isKnown: true, isChange: false, content: 'briefing' },
    ...{ isPrivate: false, asksForm: false, answer },
  }
}
