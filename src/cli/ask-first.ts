import { createInterface } from 'node:readline/promises'
import type { Message } from '../message.ts'
import { renderText } from '../render/text.ts'
import { EXIT, fail } from './terminal.ts'

/**
 * Asks on the terminal before something is sent or changed, unless the operator typed `--yes`. Resolves to undefined to
 * go on, and otherwise to an exit code after it has printed `nothing`; without a terminal, `how` says what to type.
 */
export async function askFirst(
  question: string,
  { yes, nothing, how }: { readonly yes: boolean; readonly nothing: string; readonly how: string },
): Promise<number | undefined> {
  if (yes) return undefined
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY) {
    return fail(`${nothing}, because there is no terminal to ask in. ${how}`, EXIT.usage)
  }
  const terminal = createInterface({ input: stdin, output: stdout })
  const closed = new Promise<string>(resolve => terminal.once('close', () => resolve('')))
  const answer = await Promise.race([terminal.question(`${question}? [y/N] `), closed])
  terminal.close()
  if (/^y(?:es)?$/i.test(answer.trim())) return undefined
  console.log(`${nothing}.`)
  return EXIT.ok
}

/** Prints a message as a terminal of at most 100 columns shows it. */
export function printMessage(message: Message): void {
  const columns = Math.min(process.stdout.columns || 80, 100)
  console.log(`${renderText(message, { columns, style: 'grid', colour: false })}\n`)
}
