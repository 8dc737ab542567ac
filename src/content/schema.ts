import { z } from 'zod'
import { checked, hyphenated, isDate, leads, text, yearOf, zone } from './schema-parts.ts'
import { inWords } from './validate.ts'

/** Names of commands that both Discord and Telegram accept. */
const NAME = /^[a-z0-9_]{1,32}$/

/**
 * Most characters of a title. With a word before it, a title labels a button; Discord allows 80
 * characters.
 */
export const TITLE_LENGTH = 60

const name = checked(
  value => NAME.test(value),
  value => `\`${value}\` cannot be the name of a command on Discord and Telegram.`,
  () => 'Use only a–z, 0–9 and _, at most 32 of them.',
)

const asOf = checked(
  value => isDate(value) || isDate(`${value}-01`),
  value => `\`${value}\` is neither a date nor a month.`,
  value => hyphenated(value) ?? `Write ${yearOf(value)}-03-15 or ${yearOf(value)}-03.`,
)

const language = checked(
  value => Intl.DateTimeFormat.supportedLocalesOf(wellFormedTag(value)).length > 0,
  value => `\`${value}\` is not a language that this runtime knows.`,
  () => 'Write a language tag such as en or sr-Latn.',
)

const accent = checked(
  value => /^#[0-9a-f]{6}$/i.test(value),
  value => `\`${value}\` is not a colour.`,
  () => 'Write # and six hexadecimal digits in quotes, such as "#1d4ed8".',
)

/** One emoji. Keyboards add or leave out the mark of emoji where others do not, so both forms are taken. */
const icon = checked(
  value => asEmoji(value) !== undefined,
  value => `\`${value}\` is not one emoji.`,
  () => 'Write one emoji, such as 🚢.',
).transform(value => asEmoji(value) ?? value)

const EMOJI = /^\p{RGI_Emoji}$/v

function asEmoji(value: string): string | undefined {
  return [value, `${value}\uFE0F`, value.replaceAll('\uFE0F', '')].find(form => EMOJI.test(form))
}

const noun = text(40)

/** The schema of what an edition calls its events. */
const eventNamesSchema = z.strictObject({
  command: name.optional(),
  aliases: z.array(name).optional(),
  one: noun.optional(),
  many: noun.optional(),
  columns: z.strictObject({ name: noun.optional(), participants: noun.optional() }).optional(),
  icon: icon.optional(),
})

/** The schema of `edition.yaml`. `builtin` has the names of the built-in commands. */
export const editionSchema = (builtin: ReadonlySet<string>) =>
  z.strictObject({
    id: text(64),
    title: text(TITLE_LENGTH),
    summary: text(300),
    publisher: text(100),
    source: text(300),
    asOf,
    language,
    notKnown: z.array(text(300)).default([]),
    naming: text(600).optional(),
    licence: text(600),
    accent: accent.optional(),
    timezone: zone.optional(),
    reminders: leads,
    events: eventNamesSchema.optional(),
    commands: builtinNamesSchema(builtin).optional(),
    draft: z.boolean().optional(),
  })

/** The commands that no edition can leave out, with the reason. */
const KEPT: Readonly<Record<string, string>> = {
  briefing: 'opens each chat',
  ...Object.fromEntries(
    ['stop', 'unsubscribe', 'privacy', 'forget'].map(name => [
      name,
      'must be there, because people can leave at any time',
    ]),
  ),
}

/** The schema of other names for built-in commands; `false` leaves a command out. */
export function builtinNamesSchema(builtin: ReadonlySet<string>) {
  return z
    .record(z.string(), z.unknown())
    .check(({ value, issues }) => {
      for (const [key, to] of Object.entries(value)) {
        const [message, fix] = faultOfName(key, to, builtin) ?? []
        if (message === undefined) continue
        issues.push({ code: 'custom', input: value, path: [key], message, params: { fix } })
      }
    })
    .transform(value => withCurrentNames(value as Readonly<Record<string, string | false>>))
}

/** The names of built-in commands in earlier releases. */
const FORMER_NAMES: Readonly<Record<string, string>> = { exercises: 'events' }

function withCurrentNames(
  commands: Readonly<Record<string, string | false>>,
): Readonly<Record<string, string | false>> {
  return Object.fromEntries(
    Object.entries(commands).map(([own, name]) => [FORMER_NAMES[own] ?? own, name]),
  )
}

/** Returns what is wrong with the other name of a built-in command, and the fix; undefined if nothing is. */
function faultOfName(
  key: string,
  to: unknown,
  builtin: ReadonlySet<string>,
): readonly [string, string] | undefined {
  const form = 'Write false to leave it out, or a name of a–z, 0–9 and _, at most 32 of them.'
  if (!builtin.has(FORMER_NAMES[key] ?? key)) {
    return [`\`${key}\` is not a built-in command.`, `Write one of ${[...builtin].join(', ')}.`]
  }
  if (to === false) {
    const reason = KEPT[key]
    return reason ? [`\`${key}\` ${reason}.`, 'Rename it, or take this line out.'] : undefined
  }
  if (to === null) return [`\`${key}\` is empty.`, form]
  // YAML 1.2 takes these words for text.
  if (typeof to === 'string' && /^(?:no|off)$/i.test(to)) {
    return [`\`${to}\` is text here, not false.`, 'Write false to leave the command out.']
  }
  if (typeof to !== 'string' || !NAME.test(to)) {
    return [`\`${inWords(to)}\` cannot be the name of a command.`, form]
  }
  if (to === key || !builtin.has(to)) return undefined
  // Buttons in chats type the names of built-in commands.
  return [`The name \`${to}\` is taken by a built-in command.`, 'Choose another name.']
}

export const frontMatterSchema = z.strictObject({
  command: name,
  title: text(TITLE_LENGTH),
  summary: text(300),
  aliases: z.array(name).default([]),
  icon: icon.optional(),
  asOf: asOf.optional(),
  events: z.boolean().optional(),
  /** The key in earlier releases. */
  exercises: z.boolean().optional(),
})

function wellFormedTag(value: string): string[] {
  try {
    return Intl.getCanonicalLocales(value)
  } catch {
    return []
  }
}
