import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { ANONYMOUS, type Bot } from '../bot.ts'
import { type Action, type Message, message, paragraph } from '../message.ts'
import { suggestions } from '../suggestions.ts'
import { texts } from '../texts.ts'

export interface PromptOptions {
  readonly input: Readable
  readonly output: Writable
  /** Whether a person types. The prompt then shows a greeting and `> `, and completes lines with Tab. */
  readonly interactive: boolean
  readonly bot: Pick<Bot, 'parse' | 'menu'>
  readonly render: (message: Message) => string
  readonly signal: AbortSignal
}

export interface Prompt {
  /** Answers until the input ends. Resolves to true if there was a line and all lines were understood. */
  run(): Promise<boolean>
  /** Prints a notice, and restores the line that the user is typing. */
  notify(text: string): void
}

/**
 * Opens the prompt in a terminal or a pipe. A line is a command, plain words, or the number of a button under the last
 * answer.
 */
export function openPrompt(options: PromptOptions): Prompt {
  const { input, output, interactive, bot, render, signal } = options
  const say = (said: Message) => output.write(`${render(said)}\n\n`)
  const print = (text: string) => say(message(text.split('\n').map(line => paragraph(line))))
  const lines = createInterface({
    input,
    ...(interactive && {
      output,
      terminal: true,
      prompt: '> ',
      completer: (line: string) => {
        const known = suggestions(bot.menu()).map(suggestion => suggestion.line)
        return [known.filter(each => each.startsWith(line)), line]
      },
    }),
    signal,
  })
  // The input may end while its last lines still wait for their answers.
  let open = true
  lines.once('close', () => {
    open = false
  })
  lines.on('SIGINT', () => {
    // As in a shell, Ctrl-C clears the line, and on an empty line it ends the prompt.
    if (lines.line === '') lines.close()
    else lines.write(null, { ctrl: true, name: 'u' })
  })
  const ask = () => {
    if (interactive && open) lines.prompt(true)
  }
  let buttons: readonly Action[] = []

  async function reply(line: string): Promise<boolean> {
    const number = /^\s*(\d+)\s*$/.exec(line)?.[1]
    const button = buttons[Number(number) - 1]
    // A number of three or more digits, such as a year, is a search.
    if (number && number.length <= 2 && !button && buttons.length > 0) {
      print(texts.noSuchButton(number, buttons.length))
      return false
    }
    if (button && 'url' in button) {
      print(button.url)
      return true
    }
    const answer = await bot.parse(button?.command ?? line).answer(ANONYMOUS)
    if (!answer) return false
    buttons = answer.message.actions ?? []
    say(answer.message)
    return answer.understood
  }

  return {
    async run() {
      let count = 0
      let misunderstood = 0
      if (interactive) print(texts.promptGreeting(commandsOf(bot)))
      ask()
      for await (const line of lines) {
        count += 1
        if (!(await reply(line))) misunderstood += 1
        ask()
      }
      if (count === 0 && !interactive && !signal.aborted) print(texts.nothingTyped)
      return count > 0 && misunderstood === 0
    },
    notify(text) {
      // Clears the line. `ask` prints the prompt and the typed text again below the notice.
      if (interactive) output.write('\r\x1b[K')
      print(text)
      ask()
    },
  }
}

/** Returns which of the commands in the greeting the edition has. */
function commandsOf(bot: Pick<Bot, 'menu' | 'parse'>): { hasHelp: boolean; canSearch: boolean } {
  return {
    hasHelp: bot.parse('/help').isKnown,
    canSearch: bot.menu().some(({ parameters }) => parameters.some(({ finds }) => finds)),
  }
}
