import { z } from 'zod'
import { findForbidden } from './characters.ts'
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
  'Use only a–z, 0–9 and _, at most 32 of them.',
)

const asOf = checked(
  value => isDate(value) || isDate(`${value}-01`),
  value => `\`${value}\` is neither a date nor a month.`,
  'Write 2023-09-15 or 2023-09.',
)

const date = checked(
  isDate,
  value => `\`${value}\` is not a date of the calendar.`,
  'Write year, month and day, such as 2023-06-01.',
)

const language = checked(
  value => Intl.DateTimeFormat.supportedLocalesOf(wellFormedTag(value)).length > 0,
  value => `\`${value}\` is not a language that this runtime knows.`,
  'Write a language tag such as en or sr-Latn.',
)

export const editionSchema = z.strictObject({
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
})

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
      `Use only a–z, 0–9 and -, at most 40 of them, and not ${RESERVED_IDS.join(', ')}.`,
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
    params: { fix: 'Swap `start` and `end`, or mend the year.' },
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
        fix: `Mend its spelling or take it out. ${LIST_OF_KEYS}`,
      }))
    case 'invalid_type':
      if (issue.input === undefined || issue.input === null) {
        const fix = last === undefined ? LIST_OF_KEYS : `Add a line \`${String(last)}: …\`.`
        return [{ path, message: `${key} is ${last === undefined ? 'empty' : 'missing'}.`, fix }]
      }
      return [
        {
          path,
          message: `${key} must be ${KINDS[issue.expected] ?? issue.expected}.`,
          fix: FIXES[issue.expected] ?? LIST_OF_KEYS,
        },
      ]
    case 'invalid_value':
      return [
        {
          path,
          message: `\`${issue.input ?? ''}\` is not a value of ${key}.`,
          fix: `Write one of ${issue.values.join(', ')}.`,
        },
      ]
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
  boolean: 'true or false',
  object: 'a set of keys and values',
}

const FIXES: Record<string, string> = {
  string: 'Put it in quotes.',
  array: 'Write [one, two], or a line starting with `- ` for each.',
  boolean: 'Write true or false, without quotes.',
  object: `Write \`key: value\` lines. ${LIST_OF_KEYS}`,
}

/** A schema of one line of text of at most `limit` characters (code points). */
function text(limit: number) {
  return z
    .string()
    .transform(value => value.replace(/\s+/g, ' ').trim())
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

function checked(
  accepts: (value: string) => boolean,
  message: (value: string) => string,
  fix: string,
) {
  return z.string().check(({ value, issues }) => {
    if (accepts(value)) return
    issues.push({ code: 'custom', input: value, message: message(value), params: { fix } })
  })
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
