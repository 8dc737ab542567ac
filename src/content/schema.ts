import { stringify } from 'yaml'
import { z } from 'zod'
import { findForbidden, withoutDirection } from './characters.ts'
import {
  EXERCISE_FILTERS,
  type Exercise,
  OPTIONAL_FACT_NAMES,
  OPTIONAL_FACTS,
  type OptionalFact,
} from './edition.ts'
import type { Problem } from './problem.ts'
import type { YamlSource } from './yaml.ts'

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
  value => `Write ${yearOf(value)}-03-15 or ${yearOf(value)}-03.`,
)

const date = checked(
  isDate,
  value => `\`${value}\` is not a date of the calendar.`,
  value => `Write year, month and day, such as ${yearOf(value)}-06-01.`,
)

const language = checked(
  value => Intl.DateTimeFormat.supportedLocalesOf(wellFormedTag(value)).length > 0,
  value => `\`${value}\` is not a language that this runtime knows.`,
  () => 'Write a language tag such as en or sr-Latn.',
)

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
    commands: builtinNames(builtin).optional(),
    draft: z.boolean().optional(),
  })

/** The command that no edition can leave out, because Telegram opens each chat with it. */
const OPENING = 'briefing'

/** Other names of built-in commands; `false` leaves a command out. */
function builtinNames(builtin: ReadonlySet<string>) {
  return z
    .record(z.string(), z.unknown())
    .check(({ value, issues }) => {
      const add = (path: string, message: string, fix: string) =>
        issues.push({ code: 'custom', input: value, path: [path], message, params: { fix } })
      for (const [key, to] of Object.entries(value)) {
        if (!builtin.has(key)) {
          add(
            key,
            `\`${key}\` is not a built-in command.`,
            `Write one of ${[...builtin].join(', ')}.`,
          )
        } else if (to === false && key === OPENING) {
          add(key, `\`${key}\` opens each chat.`, 'Give it another name, or take this line out.')
        } else if (to !== false && !(typeof to === 'string' && NAME.test(to))) {
          const fix =
            'Write false to leave it out, or a name of a–z, 0–9 and _, at most 32 of them.'
          add(key, `\`${inWords(to)}\` cannot be the name of a command.`, fix)
        }
      }
    })
    .transform(value => value as Readonly<Record<string, string | false>>)
}

export const frontMatterSchema = z.strictObject({
  command: name,
  title: text(TITLE_LENGTH),
  summary: text(300),
  aliases: z.array(name).default([]),
  asOf: asOf.optional(),
  exercises: z.boolean().default(false),
})

const RESERVED_IDS: readonly string[] = EXERCISE_FILTERS

const optionalFacts = Object.fromEntries(
  OPTIONAL_FACT_NAMES.map(fact => [fact, text(OPTIONAL_FACTS[fact].maxLength).optional()]),
) as Record<OptionalFact, z.ZodOptional<ReturnType<typeof text>>>

const exerciseSchema = z
  .strictObject({
    id: checked(
      value => /^[a-z0-9-]{1,40}$/.test(value) && !RESERVED_IDS.includes(value),
      value => `\`${value}\` cannot be the id of an exercise.`,
      () => `Use only a–z, 0–9 and -, at most 40 of them, and not ${RESERVED_IDS.join(', ')}.`,
    ),
    name: text(100),
    start: date,
    end: date,
    participants: text(200),
    status: z.enum(['scheduled', 'postponed', 'cancelled']),
    ...optionalFacts,
  })
  .refine(({ start, end }) => !(isDate(start) && isDate(end)) || start <= end, {
    path: ['end'],
    error: 'The exercise ends before it starts.',
    params: { fix: 'Swap `start` and `end`, or fix the year.' },
    // Runs even if another key of the exercise is wrong, so that all problems are reported at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  }) satisfies z.ZodType<Exercise>

/** The list of exercises. An empty file is an empty list. */
export const exercisesSchema = z.preprocess(value => value ?? [], z.array(exerciseSchema))

/** Validates the value of a YAML source. Each issue becomes a problem on its line. */
export function validate<T>(
  schema: z.ZodType<T>,
  file: string,
  yaml: YamlSource,
): { value?: T; problems: Problem[] } {
  if (yaml.problems.length > 0) return { problems: [...yaml.problems] }
  const result = schema.safeParse(yaml.value, { reportInput: true })
  if (result.success) return { value: result.data, problems: [] }
  const problems = result.error.issues.flatMap(issue =>
    explain(issue).map(({ path, message, fix }) => ({
      file,
      line: yaml.lineOf(path),
      message,
      fix,
    })),
  )
  return { problems }
}

function explain(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string; fix: string }[] {
  const { path } = issue
  const last = path.at(-1)
  const key =
    typeof last === 'string' ? `\`${last}\`` : last === undefined ? 'The file' : 'The entry'
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(unknown => ({
        path: [...path, unknown],
        message: `\`${unknown}\` is not a key that is known here.`,
        fix: `Fix its spelling or take it out. ${LIST_OF_KEYS}`,
      }))
    case 'invalid_type':
    case 'invalid_value': {
      const { input } = issue
      const values = issue.code === 'invalid_value' ? issue.values.join(', ') : undefined
      if (input === undefined) {
        const value = values ? ` It is one of ${values}.` : ''
        const fix = last === undefined ? LIST_OF_KEYS : `Add a line \`${String(last)}: …\`.${value}`
        return [{ path, message: `${key} is missing.`, fix }]
      }
      const fix = values ? `Write one of ${values}.` : fixOf(issue as z.core.$ZodIssueInvalidType)
      if (input === null) return [{ path, message: `${key} is empty.`, fix }]
      const kind = 'expected' in issue ? (KINDS[issue.expected] ?? issue.expected) : ''
      const message = values
        ? `\`${inWords(input)}\` is not a value of ${key}.`
        : `${key} must be ${kind}.`
      return [{ path, message, fix }]
    }
    case 'custom':
      return [
        {
          path,
          message: issue.params?.ofKey ? `${key} ${issue.message}` : issue.message,
          fix: String(issue.params?.fix),
        },
      ]
    default:
      return [{ path, message: `${key}: ${issue.message}.`, fix: LIST_OF_KEYS }]
  }
}

const LIST_OF_KEYS = 'content/README.md lists the keys and shows how they are written.'

const KINDS: Record<string, string> = {
  string: 'text',
  array: 'a list',
  record: 'a set of names',
  boolean: 'true or false',
  object: 'a set of keys and values',
}

const FIXES: Record<string, string> = {
  array: 'Write [one, two], or a line starting with `- ` for each.',
  boolean: 'Write true or false, without quotes.',
  object: `Write \`key: value\` lines. ${LIST_OF_KEYS}`,
  record: 'Write `name: other_name` lines, or `name: false`.',
}

function fixOf({ expected, input }: z.core.$ZodIssueInvalidType): string {
  if (expected !== 'string') return FIXES[expected] ?? LIST_OF_KEYS
  if (input === null || input === undefined) return 'Write some text behind it.'
  if (typeof input !== 'object') return 'Put it in quotes.'
  const text = stringify(inWords(input), { lineWidth: 0 }).trim()
  return `Write ${text} in one line, without brackets.`
}

/** Writes a value of YAML as a person would in a sentence: a list with commas. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(', ')
  if (typeof value !== 'object' || value === null) return String(value ?? '')
  return Object.entries(value)
    .map(([key, of]) => (of === null ? key : `${key}: ${inWords(of)}`))
    .join(', ')
}

/** A schema of one line of text of at most `limit` characters (code points). */
function text(limit: number) {
  return z
    .string()
    .transform(value => withoutDirection(value).replace(/\s+/g, ' ').trim())
    .check(({ value, issues }) => {
      const length = [...value].length
      const add = (message: string, fix: string) =>
        issues.push({ code: 'custom', input: value, message, params: { fix, ofKey: true } })
      const forbidden = findForbidden(value)
      if (forbidden) add(`has a character that cannot be shown (${forbidden.code}).`, 'Delete it.')
      if (length === 0) add('is empty.', 'Write some text.')
      if (length > limit) {
        add(`has ${length} characters; ${limit} is the most.`, `Shorten it by ${length - limit}.`)
      }
    })
}

/** A schema of a text that `accepts` takes. For any other value, the problem names a text that is accepted. */
function checked(
  accepts: (value: string) => boolean,
  message: (value: string) => string,
  fix: (value: string) => string,
) {
  return z
    .unknown()
    .check(({ value: input, issues }) => {
      const words = inWords(input)
      const add = (message: string, fix: string) =>
        issues.push({ code: 'custom', input, message, params: { fix, ofKey: true } })
      if (input === undefined) issues.push({ code: 'invalid_type', expected: 'string', input })
      else if (input === null) add('is empty.', fix(words))
      else if (!accepts(words)) {
        issues.push({
          code: 'custom',
          input,
          message: message(words),
          params: { fix: fix(words) },
        })
      } else if (typeof input === 'object')
        add('must be text.', `Write ${words}, without brackets.`)
      else if (typeof input !== 'string') add('must be text.', 'Put it in quotes.')
    })
    .transform(value => String(value))
}

/** The year that a mistyped date begins with, for the example in a fix. */
function yearOf(value: string): string {
  return /^[12]\d{3}/.exec(value)?.[0] ?? '2026'
}

function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  try {
    Temporal.PlainDate.from(value)
    return true
  } catch {
    return false
  }
}

function wellFormedTag(value: string): string[] {
  try {
    return Intl.getCanonicalLocales(value)
  } catch {
    return []
  }
}
