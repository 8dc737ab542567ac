import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { type Action, type Message, message, paragraph } from '../message.ts'
import type { Bot } from '../platform.ts'
import { suggestions } from '../suggestions.ts'
import { texts } from '../texts.ts'

export interface PromptOptions {
  readonly input: Readable
  readonly output: Writable
  /** Whether a person types: then there is a greeting, a prompt, and completion with Tab. */
  readonly interactive: boolean
  readonly bot: Pick<Bot, 'answer' | 'menu'>
  readonly render: (message: Message) => string
  readonly signal: AbortSignal
}

export interface Prompt {
  /** Answers until the input ends; resolves to whether there was a line and all were understood. */
  run(): Promise<boolean>
  /** Says something in between, and gives the person back what they were typing. */
  notify(text: string): void
}

/**
 * The briefing in a terminal or a pipe: a line is a command, plain words, or the number of a button
 * under the last answer.
 */
export function openPrompt(options: PromptOptions): Prompt {
  const { input, output, interactive, bot, render, signal } = options
  const say = (said: Message) => output.write(`${render(said)}\n\n`)
  const tell = (text: string) => say(message(text.split('\n').map(line => paragraph(line))))
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
  // The input may end while lines that it brought still wait for their answers.
  let open = true
  lines.once('close', () => {
    open = false
  })
  lines.on('SIGINT', () => {
    // As in a shell: the first Ctrl-C takes back what was typed, one on an empty line ends.
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
    // A number of more digits, such as a year, is looked for.
    if (number && number.length <= 2 && !button && buttons.length > 0) {
      tell(texts.noSuchButton(number, buttons.length))
      return false
    }
    if (button && 'url' in button) {
      tell(button.url)
      return true
    }
    const given = await bot.answer({ line: button?.command ?? line })
    if (!given) return false
    buttons = given.message.actions ?? []
    say(given.message)
    return given.understood
  }

  return {
    async run() {
      let count = 0
      let misunderstood = 0
      if (interactive) tell(texts.promptGreeting)
      ask()
      for await (const line of lines) {
        count += 1
        if (!(await reply(line))) misunderstood += 1
        ask()
      }
      if (count === 0 && !interactive && !signal.aborted) tell(texts.nothingTyped)
      return count > 0 && misunderstood === 0
    },
    notify(text) {
      // Back to the start of the line and clear it: the prompt and what was typed come again below.
      if (interactive) output.write('\r\x1b[K')
      tell(text)
      ask()
    },
  }
}
