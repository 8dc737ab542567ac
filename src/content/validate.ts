import { stringify } from 'yaml'
import type { z } from 'zod'
import type { Problem } from './problem.ts'
import { NOTHING_FILLS } from './typed-marks.ts'
import type { YamlSource } from './yaml.ts'

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
  // YAML takes `{{language}}` for a mapping whose key is a mapping.
  if (/^\{ \S+ \}$/.test(inWords(input))) return NOTHING_FILLS
  const text = stringify(inWords(input), { lineWidth: 0 }).trim()
  return `Write ${text} in one line, without brackets.`
}

/** Writes a value of YAML as a person would in a sentence: a list with commas. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(', ')
  if (typeof value !== 'object' || value === null) return String(value ?? '')
  return Object.entries(value)
    .map(([key, of]) => (of === null ? key : `${key}: ${inWords(of)}`))
    .join(', ')
}
