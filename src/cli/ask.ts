import { extname } from 'node:path'
import { ANONYMOUS } from '../bot.ts'
import type { Config } from '../config.ts'
import type { Problem } from '../content/problem.ts'
import type { Message, TableStyle } from '../message.ts'
import type { DrawnPicture } from '../picture.ts'
import type { Prompt } from './repl.ts'
import { EXIT, fail, HELP, oneOf, readArguments, readEnvironment, UsageError } from './terminal.ts'

/** Formats in which an answer can be printed. */
const FORMATS = ['text', 'telegram', 'discord'] as const
type Format = (typeof FORMATS)[number]

const PICTURE_STYLES: readonly TableStyle[] = ['picture', 'dark-picture']

/** Prints the answer to one line, or opens the prompt if the line is empty. */
export async function ask(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    allowPositionals: true,
    options: {
      as: { type: 'string', default: 'text' },
      style: { type: 'string', default: 'grid' },
      out: { type: 'string' },
      force: { type: 'boolean', default: false },
      drafts: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP.ask)
    return EXIT.ok
  }
  const { TABLE_STYLES } = await import('../message.ts')
  const style = oneOf('style', values.style, TABLE_STYLES)
  const as = oneOf('as', values.as, FORMATS)
  const config = await readEnvironment()
  const { drafts: hasDrafts } = values
  checkOut(values, style, positionals)
  if (positionals.length === 0) return prompt(config, as, style, hasDrafts)

  const { createBriefing } = await import('../app/briefing.ts')
  const { editions, bot } = createBriefing(config, { hasDrafts })
  await editions.load()
  await nameLeftOut(editions.problems(), config.contentDir)
  const reply = await bot.parse(positionals.join(' ')).answer(ANONYMOUS)
  if (!reply) return EXIT.ok
  const { message, understood } = reply
  const render = await renderer(as, style, understood ? process.stdout : process.stderr)
  if (!understood) return fail(render(message), EXIT.usage)
  console.log(render(message))
  const drawings = await drawingsOf(message, style)
  const { out, force } = values
  if (out === undefined) {
    if (drawings.length > 0) console.error('Add --out FILE to save the images.')
    return EXIT.ok
  }
  if (drawings.length === 0) {
    const why = 'this answer has no table or timeline that can be drawn'
    return fail(`Nothing saved, because ${why}.`, EXIT.usage)
  }
  const { saveDrawings } = await import('./save-drawings.ts')
  return saveDrawings(drawings, out, force)
}

/** Throws {@link UsageError} unless the options about files fit the others. */
function checkOut(
  { out, force }: { readonly out?: string | undefined; readonly force: boolean },
  style: TableStyle,
  question: readonly string[],
): void {
  if (out === undefined) {
    if (force) throw new UsageError('--force needs --out FILE.')
    return
  }
  if (['', '-'].includes(out)) throw new UsageError('--out needs the name of a file.')
  if (!/^(?:\.png)?$/i.test(extname(out))) {
    throw new UsageError('--out saves PNG images. Give it a name that ends in .png.')
  }
  if (!PICTURE_STYLES.includes(style)) {
    throw new UsageError('--out saves images. Add --style picture or --style dark-picture.')
  }
  if (question.length === 0) throw new UsageError('--out needs a question.')
}

/** Returns the pictures of a message that are drawn. Those of the content folder are files already. */
async function drawingsOf(message: Message, style: TableStyle): Promise<DrawnPicture[]> {
  if (!PICTURE_STYLES.includes(style)) return []
  const { picturesOf } = await import('../render/pictures.ts')
  return picturesOf(message, style).filter(picture => 'drawing' in picture)
}

async function prompt(
  config: Config,
  as: Format,
  style: TableStyle,
  hasDrafts: boolean,
): Promise<number> {
  const { createBriefing } = await import('../app/briefing.ts')
  const { sentences } = await import('../log.ts')
  const { openPrompt } = await import('./repl.ts')
  const interactive = process.stdin.isTTY && process.stdout.isTTY
  let opened: Prompt | undefined
  const { editions, bot } = createBriefing(config, {
    hasDrafts,
    // In a pipe, a notice on standard output would look like an answer.
    log: sentences(text => (interactive ? opened?.notify(text) : console.error(text))),
  })
  await editions.watch()
  await nameLeftOut(editions.problems(), config.contentDir)
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort())
  opened = openPrompt({
    input: process.stdin,
    output: process.stdout,
    interactive,
    bot,
    render: await renderer(as, style, process.stdout),
    signal: stopping.signal,
  })
  const understood = await opened.run()
  await editions.stop()
  return understood || interactive ? EXIT.ok : EXIT.usage
}

/** Prints the problems of the drafts from which no answer comes. */
async function nameLeftOut(found: readonly Problem[], directory: string): Promise<void> {
  const { formatProblems } = await import('../content/problem.ts')
  const problems = found.filter(({ isLeftOut }) => isLeftOut)
  if (problems.length > 0) console.error(formatProblems(problems, directory))
}

/** Returns a renderer to text, or to the bodies of the requests as JSON. */
async function renderer(as: Format, style: TableStyle, stream: NodeJS.WriteStream) {
  const json = (bodies: unknown) => JSON.stringify(bodies, asSent, 2)
  if (as === 'telegram') {
    const { renderTelegram } = await import('../render/telegram.ts')
    const { withDocument } = await import('../render/telegram-document.ts')
    return (message: Message) => {
      const bodies = renderTelegram(message, style)
      return json(message.file ? withDocument(bodies, message.file) : bodies)
    }
  }
  if (as === 'discord') {
    const { renderDiscord } = await import('../render/discord.ts')
    const { withFile } = await import('../render/discord-file.ts')
    return (message: Message) => {
      const bodies = renderDiscord(message, style)
      return json(message.file ? withFile(bodies, message.file) : bodies)
    }
  }
  return textRenderer(style, stream)
}

/** Shows a body as a platform receives it: its images are other parts of the call. */
function asSent(key: string, value: unknown): unknown {
  if (key === 'photo') return 'attach://photo'
  return ['pictures', 'instead'].includes(key) ? undefined : value
}

/** Returns a renderer to text: with colour and the terminal's width on a terminal, plain and 80 columns in a pipe. */
async function textRenderer(style: TableStyle, stream: NodeJS.WriteStream) {
  const { renderText } = await import('../render/text.ts')
  return (message: Message) => {
    // Longer lines are hard to read.
    const columns = Math.min(stream.columns ?? 80, 100)
    return renderText(message, { columns, style, colour: stream.isTTY && stream.hasColors() })
  }
}
