import type { z } from 'zod'
import { allForbidden, blankForbidden, directionLeftOut, withoutDirection } from './characters.ts'
import type { CalendarEvent, Edition } from './edition.ts'
import { checkExceptions, commandOf, eventNamesOf, eventsFile, formerFile } from './event-files.ts'
import { eventsSchema } from './event-schema.ts'
import { checkFields } from './fields.ts'
import {
  checkFileName,
  chooseFiles,
  equalNumbers,
  isDraft,
  isTaken,
  publishedPath,
  type SourceFile,
  sectionFilesOf,
  unreadFiles,
} from './files.ts'
import { addLeftOut, brokenLinks, linesOf } from './link-targets.ts'
import { resolveLocalLinks } from './local-links.ts'
import { type BuiltinNames, clashes, givenNames } from './names.ts'
import type { PictureUse } from './picture-paths.ts'
import { isError, limitPerFile, type Problem } from './problem.ts'
import { editionSchema } from './schema.ts'
import { parseSection } from './section.ts'
import { withTableIds } from './tables.ts'
import { validate } from './validate.ts'
import { parseYaml, type YamlSource } from './yaml.ts'

export type ParseResult = {
  readonly warnings: readonly Problem[]
  /** The images whose files are in the content folder, in the order of the sections. The files are not read yet. */
  readonly pictures: readonly PictureUse[]
} & (
  | { readonly edition: Edition; readonly problems?: never }
  | { readonly edition?: never; readonly problems: readonly Problem[] }
)

/**
 * Parses files into an edition, or returns the problems of all files, with a limit for each file. Pure.
 *
 * @param builtin the names of built-in commands. No section may take one that the edition does not leave out.
 * @param onFile called with the path of each file before work on it begins.
 * @param hasDrafts whether the edition may be a draft.
 * @param leftOut the paths of drafts with problems, which the edition does without.
 * @param hasFeeds see `WorkerInput`.
 */
export function parseEdition(
  sources: readonly SourceFile[],
  builtin: BuiltinNames,
  onFile: (path: string) => void = () => {},
  hasDrafts = false,
  leftOut: readonly string[] = [],
  hasFeeds = false,
): ParseResult {
  const paths = sources.map(({ path }) => path)
  const unread = unreadFiles(paths, hasDrafts)
  let problems: Problem[] = []
  // Reports forbidden characters once. The later checks then find only those written as an escape.
  const files = chooseFiles(sources, hasDrafts, leftOut).map(file => {
    onFile(file.path)
    const conflict = checkConflict(file)
    // What stands between the marks of a conflict is not judged. A file without text is not reported as missing.
    if (conflict) {
      problems.push(conflict)
      return { path: file.path, text: undefined }
    }
    problems = problems.concat(checkCharacters(file))
    return { path: file.path, text: file.text && blankForbidden(withoutDirection(file.text)) }
  })
  const collect = <T extends { problems: readonly Problem[] }>(result: T): T => {
    problems = problems.concat(result.problems)
    return result
  }

  const read = <T>(path: string, schema: z.ZodType<T>) =>
    collect(readYaml(files, paths, path, schema, onFile))
  const head = read('edition.yaml', editionSchema(builtin))
  const { path: eventsPath, isFormer, hasFormer } = eventsFile(files, paths)
  const events = eventsPath === undefined ? NO_EVENTS : read(eventsPath, eventsSchema)
  const sectionFiles = sectionFilesOf(files)
  if (sectionFiles.length === 0) problems.push(noSection(paths, unread))
  const sections = sectionFiles.flatMap(({ path, text }) => {
    onFile(path)
    return text === undefined ? [] : collect(parseSection(path, text))
  })
  const pictures = sections.flatMap(section => section.pictures)
  const hasEvents = events.exists || hasFeeds
  const eventNames = hasEvents ? eventNamesOf(head.value, isFormer) : undefined
  const names = givenNames(head, builtin, eventNames)
  const areNamesKnown = names.isKnown && sections.every(({ hasClaims }) => hasClaims)
  const lines = linesOf(sectionFiles, sections, builtin, names.commands)
  addLeftOut(lines, sources, leftOut)
  problems = problems.concat(
    repeatedIds(events),
    checkExceptions(events.path, events.value, events.yaml),
    hasFormer ? [formerFile(isFormer, paths)] : [],
    sectionFiles.flatMap(checkFileName),
    equalNumbers(sectionFiles),
    clashes(
      sections.flatMap(section => section.claims),
      names,
      builtin,
    ),
    hasDrafts ? [] : draftEdition(head),
    brokenLinks(sections, sources, lines, areNamesKnown),
  )

  const [warnings, errors] = [
    problems.filter(({ isWarning }) => isWarning),
    problems.filter(isError),
  ]
  if (errors.length > 0 || !head.value || !events.value) {
    return {
      pictures,
      problems: limitPerFile(errors),
      warnings: limitPerFile([...unread.filter(file => !isNamed(file, errors)), ...warnings]),
    }
  }
  const { draft, events: _, ...edition } = head.value
  const isWhole = draft === true || isDraft(head.path)
  const marked = (path: string) => (isWhole || isDraft(path)) && { isDraft: true as const }
  const parsed = withTableIds(
    sections.flatMap(({ file, section }) =>
      section ? [{ ...section, asOf: section.asOf ?? edition.asOf, ...marked(file) }] : [],
    ),
  )
  for (const { section, links } of sections) {
    if (section && links.length > 0) resolveLocalLinks(section.body, lines)
  }
  return {
    edition: {
      ...edition,
      commands: names.commands,
      ...(eventNames && { eventNames: { ...eventNames, command: commandOf(names, eventNames) } }),
      ...marked(head.path),
      ...(marked(events.path) && { hasDraftEvents: true }),
      sections: parsed,
      events: events.value,
    },
    warnings: limitPerFile([...unread, ...warnings]),
    pictures,
  }
}

/** The file of an edition without events. */
const NO_EVENTS: YamlFile<readonly CalendarEvent[]> = {
  path: 'events.yaml',
  exists: false,
  value: [],
  problems: [],
}

interface YamlFile<T> {
  /** The path of the file, or of its draft. */
  readonly path: string
  /** Whether the file exists, at least as a draft that is not read. */
  readonly exists: boolean
  readonly value?: T | undefined
  readonly yaml?: YamlSource
  readonly problems: readonly Problem[]
}

function readYaml<T>(
  files: readonly SourceFile[],
  all: readonly string[],
  path: string,
  schema: z.ZodType<T>,
  onFile: (path: string) => void,
): YamlFile<T> {
  const found = files.find(candidate => publishedPath(candidate.path) === path)
  const file = found?.path ?? path
  onFile(file)
  const exists = all.some(candidate => publishedPath(candidate) === path)
  if (!found) return { path, exists, problems: [missingFile(path, all)] }
  if (found.text === undefined) return { path: file, exists, problems: [] }
  const yaml = parseYaml(file, found.text)
  const { value, problems } = validate(schema, file, yaml)
  return {
    path: file,
    exists,
    value,
    problems: [...problems, ...checkFields(file, yaml)],
    yaml,
  }
}

/** Reports a file that is missing. Another name may be meant for it. */
function missingFile(path: string, all: readonly string[]): Problem {
  const missing = { file: path, line: 1, message: 'The file is missing.' }
  if (all.includes(`_${path}`)) {
    const fix = `Take the \`_\` off the name of the draft \`_${path}\` to publish it.`
    return { ...missing, fix, isDraft: true }
  }
  const other = all.find(each => each.toLowerCase().replace(/ya?ml$/, 'yaml') === path)
  const fix = 'Create it; content/README.md lists its keys.'
  return { ...missing, fix: other ? `Rename \`${other}\` to it.` : fix }
}

/** Reports a folder without sections, and the files that may be meant as such. */
function noSection(paths: readonly string[], unread: readonly Problem[]): Problem {
  const missing = { file: 'sections', line: 1, message: 'There is no section.' }
  const draft = paths.find(path => path.startsWith('sections/') && isTaken(path))
  if (draft) {
    return { ...missing, fix: `Take the \`_\` off the name of \`${draft}\`.`, isDraft: true }
  }
  const other = unread.find(({ file }) => !/ya?ml$/i.test(file))
  const fix = 'Add one, such as 01-summary.md; content/README.md shows how.'
  return { ...missing, fix: other?.fix.replace(/\bit(?=[ ,])/, `\`${other.file}\``) ?? fix }
}

/** Whether a problem names a file that is not read, so that its warning would repeat the problem. */
function isNamed({ file }: Problem, errors: readonly Problem[]): boolean {
  return errors.some(({ message, fix }) => `${message} ${fix}`.includes(`\`${file}\``))
}

/** Finds the first mark of a merge conflict that Git has left in a file. */
function checkConflict({ path: file, text = '' }: SourceFile): Problem | undefined {
  const mark = /^(?:<{7}|>{7})(?: .*)?\r?$/m.exec(text)
  if (!mark) return undefined
  const line = text.slice(0, mark.index).split('\n').length
  const message = 'Git has left the marks of a merge conflict here.'
  const fix =
    'Keep one of the two versions, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`.'
  return { file, line, message, fix }
}

function checkCharacters({ path: file, text = '' }: SourceFile): Problem[] {
  return text.split(/\r?\n/).flatMap((line, index): Problem[] => {
    const leftOut = directionLeftOut(line)
    const warnings = leftOut
      ? [{ file, line: index + 1, ...leftOut, isWarning: true as const }]
      : []
    const found = [...allForbidden(withoutDirection(line, ' '))]
    if (found.length === 0) return warnings
    return [...warnings, { file, line: index + 1, ...forbiddenHere(found) }]
  })
}

/** Most characters that one problem names. */
const NAMED = 5

function forbiddenHere(found: readonly { code: string; index: number }[]) {
  const [first] = found
  if (first && found.length === 1) {
    const message = `There is a character that cannot be shown (${first.code}) at column ${first.index + 1}.`
    return { message, fix: 'Delete it.' }
  }
  const named = found.slice(0, NAMED).map(({ code, index }) => `${code} at column ${index + 1}`)
  const more = found.length > NAMED ? [`${found.length - NAMED} more`] : []
  const message = `There are ${found.length} characters that cannot be shown (${[...named, ...more].join(', ')}).`
  return { message, fix: 'Delete them.' }
}

function repeatedIds({ path: file, yaml }: YamlFile<unknown>): Problem[] {
  if (!Array.isArray(yaml?.value)) return []
  const seen = new Map<string, number>()
  return yaml.value.flatMap((event: { id?: unknown } | null, index) => {
    const id = event?.id
    if (typeof id !== 'string') return []
    const line = yaml.lineOf([index, 'id'])
    const first = seen.get(id)
    if (first === undefined) {
      seen.set(id, line)
      return []
    }
    const message = `The id \`${id}\` is taken: line ${first} has it too.`
    return [{ file, line, message, fix: 'Give this event an id of its own.' }]
  })
}

/** Reports a whole edition that is a draft, which no bot can serve. */
function draftEdition({ path: file, yaml }: YamlFile<unknown>): Problem[] {
  if (!isMarkedDraft(yaml)) return []
  const message = 'This edition is a draft, which only the local chat and `ask --drafts` show.'
  const fix = 'Take out the line `draft: true` to publish it.'
  return [{ file, line: yaml?.lineOf(['draft']) ?? 1, message, fix, isDraft: true }]
}

function isMarkedDraft(yaml: YamlSource | undefined): boolean {
  return (Object(yaml?.value) as { draft?: unknown }).draft === true
}
