import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { type Action, type Message, message, paragraph } from './message.ts'
import { texts } from './texts.ts'

export interface PromptOptions {
  readonly input: Readable
  readonly output: Writable
  /** Whether a person types: then there is a greeting, a prompt, and completion with Tab. */
  readonly interactive: boolean
  readonly answer: (line: string) => { message: Message; understood: boolean }
  readonly render: (message: Message) => string
  /** What Tab completes: `/threats`, `/tables`, … */
  readonly completions: () => readonly string[]
  readonly signal: AbortSignal
}

/**
 * The briefing in a terminal or a pipe: a line is a command, plain words, or the number of a button
 * under the last answer. Ends with the input; resolves to whether every line was understood.
 */
export async function runPrompt(options: PromptOptions): Promise<boolean> {
  const { input, output, interactive, answer, render, completions, signal } = options
  const say = (said: Message) => output.write(`${render(said)}\n\n`)
  const tell = (sentence: string) => say(message([paragraph(sentence)]))
  const lines = createInterface({
    input,
    ...(interactive && {
      output,
      terminal: true,
      prompt: '> ',
      completer: (line: string) => [completions().filter(name => name.startsWith(line)), line],
    }),
    signal,
  })
  // The input may end while lines that it brought still wait for their answers.
  let open = true
  lines.once('close', () => {
    open = false
  })
  const ask = () => {
    if (interactive && open) lines.prompt()
  }
  let buttons: readonly Action[] = []
  let understood = true

  if (interactive) tell(texts.promptGreeting)
  ask()
  for await (const line of lines) {
    const pressed = /^\s*\d{1,2}\s*$/.test(line) ? Number(line) : undefined
    const button = pressed === undefined ? undefined : buttons[pressed - 1]
    if (pressed !== undefined && !button && buttons.length > 0) {
      understood = false
      tell(texts.noSuchButton(pressed, buttons.length))
    } else if (button && 'url' in button) {
      tell(button.url)
    } else {
      const reply = answer(button?.command ?? line)
      understood &&= reply.understood
      buttons = reply.message.actions ?? []
      say(reply.message)
    }
    ask()
  }
  return understood
}
