import { ANONYMOUS } from '../bot.ts'
import { answer } from '../commands/answer.ts'
import type { Command } from '../commands/command.ts'
import { parseLine } from '../commands/parse-line.ts'
import { createRegistry } from '../commands/registry.ts'
import { diffEditions } from '../content/diff.ts'
import type { Edition } from '../content/edition.ts'
import { publishedPath, type SourceFile, sectionFilesOf } from '../content/files.ts'
import type { Problem } from '../content/problem.ts'
import type { Message } from '../message.ts'
import { TABLE_STYLES } from '../message.ts'
import { renderDiscord } from '../render/discord.ts'
import { renderTelegram } from '../render/telegram.ts'
import { renderText } from '../render/text.ts'

/**
 * Most messages that one answer may take on a platform. A section of 64 KiB of prose takes 20; Telegram allows 20
 * messages a minute in a group.
 */
const MOST_MESSAGES = 64

/**
 * Most CPU time of one step, in milliseconds: the main thread repeats the step later, and other answers wait for it.
 * Indexing, the longest step for 64 KiB of prose, takes 40 to 120 ms.
 */
const STEP_MS = 400

/** Functions that render an answer in one form each, and return the number of messages. */
const FORMS: Record<string, (message: Message) => number> = {}
for (const style of TABLE_STYLES) {
  // A dark image has the layout of a light one.
  if (style === 'dark-picture') continue
  FORMS[`Telegram (${style})`] = message => renderTelegram(message, style).length
  FORMS[`Discord (${style})`] = message => renderDiscord(message, style).length
  FORMS[`a terminal (${style})`] = message =>
    Math.sign(renderText(message, { columns: 80, style, colour: true }).length)
}

/** The context of a request by a reader without rights, without a store. */
const READER = {
  today: Temporal.PlainDate.from('2026-01-01'),
  now: Temporal.Instant.from('2026-01-01T00:00:00Z'),
  timeZone: 'UTC',
  zone: 'UTC',
  moderators: { users: [], roles: [] },
  operations: undefined,
  store: undefined,
}

const SIMPLIFY = 'Split the file up, or simplify its formatting.'

/**
 * Runs each step that the main thread runs later for an edition. Returns a problem, under its file, for each step that
 * exceeds a limit.
 *
 * @param files the files that the edition was parsed from.
 * @param isLarge whether a file is large enough to be checked; `edition.yaml` stands for all files together.
 * @param onFile called with the path of a file before each of its steps.
 */
export async function dryRun(
  edition: Edition,
  files: readonly SourceFile[],
  isLarge: (path: string) => boolean,
  onFile: (path: string) => void,
): Promise<Problem[]> {
  const sections = sectionFilesOf(files)
  const registry = createRegistry(edition)
  /** The path of a file, or of the draft in its place. */
  const pathOf = (file: string) =>
    files.find(({ path }) => publishedPath(path) === file)?.path ?? file
  const problems: Problem[] = []

  async function step<T>(file: string, what: string, work: () => T): Promise<Awaited<T>> {
    const before = cpu()
    const result = await work()
    if (cpu() - before > STEP_MS * 1000) {
      refuse(file, `${what} takes longer than ${STEP_MS} ms.`)
    }
    return result
  }

  function refuse(file: string, message: string): void {
    problems.push({ file, line: 1, message, fix: SIMPLIFY })
  }

  /** Returns the file that an answer comes from, by its command or by the id of one of its tables. */
  function fileOf({ name, aliases }: Command, value?: string): string {
    const index = edition.sections.findIndex(
      ({ command, tables }) => command === name || tables.some(({ id }) => id === value),
    )
    const isOfEvents = [name, ...aliases].some(each => ['events', 'next'].includes(each))
    const other = isOfEvents ? 'events.yaml' : 'edition.yaml'
    return sections[index]?.path ?? pathOf(other)
  }

  for (const [index, section] of edition.sections.entries()) {
    const file = sections[index]?.path ?? ''
    if (!isLarge(file)) continue
    onFile(file)
    const alone = { ...edition, sections: [section] }
    const body = { ...section.body, children: section.body.children.toReversed() }
    const reversed = { ...alone, sections: [{ ...section, body }] }
    await step(file, 'Indexing', () => createRegistry(alone).ready())
    await step(file, 'Comparing', () => diffEditions(alone, reversed))
  }
  for (const command of registry.commands) {
    if (command.usesStore || command.parameters.some(({ choices }) => !choices)) continue
    const [choices] = command.parameters.map(parameter => parameter.choices?.(edition) ?? [])
    for (const value of [undefined, ...(choices ?? []).map(choice => choice.value)]) {
      const file = fileOf(command, value)
      if (!isLarge(file)) continue
      onFile(file)
      const line = value ? `/${command.name} ${value}` : `/${command.name}`
      const { message } = await step(file, `Answering \`${line}\``, () =>
        answer(parseLine(registry, line), { ...READER, registry, request: ANONYMOUS }),
      )
      for (const [form, render] of Object.entries(FORMS)) {
        const count = await step(file, `Showing \`${line}\` on ${form}`, () => render(message))
        if (count > MOST_MESSAGES) {
          refuse(
            file,
            `\`${line}\` takes ${count} messages on ${form}; ${MOST_MESSAGES} is the most.`,
          )
        }
      }
    }
  }
  return problems
}

/** CPU time of this thread, in microseconds. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}
