import type { z } from 'zod'
import { blankForbidden, directionLeftOut, findForbidden, withoutDirection } from './characters.ts'
import type { Edition } from './edition.ts'
import { checkFields } from './fields.ts'
import { brokenLink, resolveLocalLinks } from './local-links.ts'
import { limitPerFile, type Problem } from './problem.ts'
import { editionSchema, exercisesSchema, validate } from './schema.ts'
import { type Claim, type ParsedSection, parseSection } from './section.ts'
import { withTableIds } from './tables.ts'
import { parseYaml, type YamlSource } from './yaml.ts'

/** A file of the content folder: its path below the folder, with `/`, and its text. */
export interface SourceFile {
  readonly path: string
  /** Absent if the file exists but could not be read. The caller then reports the problem. */
  readonly text?: string | undefined
}

export type ParseResult =
  | {
      readonly edition: Edition
      readonly warnings: readonly Problem[]
      readonly problems?: never
    }
  | {
      readonly edition?: never
      readonly warnings?: never
      readonly problems: readonly Problem[]
    }

/**
 * Parses files into an edition, or returns the problems of all files, with a limit for each file. Pure.
 *
 * @param builtin the names of built-in commands. No section may take one that the edition does not leave out.
 * @param onFile called with the path of each file before work on it begins.
 * @param hasDrafts whether the edition may be a draft.
 */
export function parseEdition(
  sources: readonly SourceFile[],
  builtin: ReadonlySet<string>,
  onFile: (path: string) => void = () => {},
  hasDrafts = false,
): ParseResult {
  let problems: Problem[] = []
  // Reports forbidden characters once. The later checks then find only those written as an escape.
  const files = sources.map(file => {
    onFile(file.path)
    problems = problems.concat(checkCharacters(file))
    return { path: file.path, text: file.text && blankForbidden(withoutDirection(file.text)) }
  })
  const collect = <T extends { problems: readonly Problem[] }>(result: T): T => {
    problems = problems.concat(result.problems)
    return result
  }

  onFile('edition.yaml')
  const head = collect(readYaml(files, 'edition.yaml', editionSchema(builtin)))
  onFile('exercises.yaml')
  const exercises = collect(readYaml(files, 'exercises.yaml', exercisesSchema))
  const sectionFiles = sectionFilesOf(files)
  if (sectionFiles.length === 0) {
    const fix = 'Add one, such as 01-summary.md; content/README.md shows how.'
    problems.push({ file: 'sections', line: 1, message: 'There is no section.', fix })
  }
  const sections = sectionFiles.flatMap(({ path, text }) => {
    onFile(path)
    return text === undefined ? [] : collect(parseSection(path, text))
  })
  const claims = [...renamed(head), ...sections.flatMap(section => section.claims)]
  const taken = reserved(head, builtin)
  problems = problems.concat(
    repeatedIds(exercises),
    sectionFiles.flatMap(checkFileName),
    clashes(claims, taken),
    hasDrafts ? [] : draftEdition(head),
    brokenLinks(sections, [...claims.map(({ name }) => name), ...taken]),
  )

  const warnings = problems.filter(({ isWarning }) => isWarning)
  if (problems.length > warnings.length || !head.value || !exercises.value) {
    return { problems: limitPerFile(problems.filter(({ isWarning }) => !isWarning)) }
  }
  const { draft: _, ...edition } = head.value
  const parsed = withTableIds(
    sections.flatMap(({ section }) =>
      section ? [{ ...section, asOf: section.asOf ?? edition.asOf }] : [],
    ),
  )
  const lines = linesOf(sections, builtin, edition.commands)
  for (const { section, links } of sections) {
    if (section && links.length > 0) resolveLocalLinks(section.body, lines)
  }
  return {
    edition: { ...edition, sections: parsed, exercises: exercises.value },
    warnings: limitPerFile(warnings),
  }
}

/** Whether a path is that of a draft: its name begins with `_`. Pure. */
export function isDraft(path: string): boolean {
  return /(?:^|\/)_[^/]*$/.test(path)
}

/** The path that a draft has once it is published. Pure. */
export function publishedPath(path: string): string {
  return path.replace(/(^|\/)_(?=[^/]*$)/, '$1')
}

/** Picks the files of sections, in the order of the sections. */
export function sectionFilesOf<T extends SourceFile>(files: readonly T[]): T[] {
  return files
    .filter(({ path }) => path.startsWith('sections/'))
    .sort((a, b) => numberOf(a) - numberOf(b) || (a.path < b.path ? -1 : 1))
}

interface YamlFile<T> {
  /** The path of the file, or of its draft. */
  readonly path: string
  readonly value?: T | undefined
  readonly yaml?: YamlSource
  readonly problems: readonly Problem[]
}

function readYaml<T>(
  files: readonly SourceFile[],
  path: string,
  schema: z.ZodType<T>,
): YamlFile<T> {
  const file = files.find(candidate => publishedPath(candidate.path) === path)
  if (!file) {
    const fix = 'Create it; content/README.md lists its keys.'
    return { path, problems: [{ file: path, line: 1, message: 'The file is missing.', fix }] }
  }
  if (file.text === undefined) return { path: file.path, problems: [] }
  const yaml = parseYaml(file.path, file.text)
  const { value, problems } = validate(schema, file.path, yaml)
  const all = [...problems, ...checkFields(file.path, yaml)]
  return { path: file.path, value, problems: all, yaml }
}

function checkCharacters({ path: file, text = '' }: SourceFile): Problem[] {
  return text.split(/\r?\n/).flatMap((line, index): Problem[] => {
    const leftOut = directionLeftOut(line)
    const warnings = leftOut
      ? [{ file, line: index + 1, ...leftOut, isWarning: true as const }]
      : []
    const found = findForbidden(withoutDirection(line, ' '))
    if (!found) return warnings
    const message = `There is a character that cannot be shown (${found.code}) at column ${found.index + 1}.`
    return [...warnings, { file, line: index + 1, message, fix: 'Delete it.' }]
  })
}

/**
 * The number that a file name begins with, which orders the sections; infinity if there is none.
 */
function numberOf({ path }: SourceFile): number {
  return Number(/^sections\/_?(\d+)/.exec(path)?.[1] ?? Number.POSITIVE_INFINITY)
}

function checkFileName({ path }: SourceFile): Problem[] {
  if (/^sections\/_?\d+-[^/]+\.md$/.test(path)) return []
  const message = 'The name of this file does not say where the section stands.'
  const fix = 'Start it with a number and a hyphen, such as 03-partnerships.md.'
  return [{ file: path, line: 1, message, fix }]
}

function repeatedIds({ path: file, yaml }: YamlFile<unknown>): Problem[] {
  if (!Array.isArray(yaml?.value)) return []
  const seen = new Map<string, number>()
  return yaml.value.flatMap((exercise: { id?: unknown } | null, index) => {
    const id = exercise?.id
    if (typeof id !== 'string') return []
    const line = yaml.lineOf([index, 'id'])
    const first = seen.get(id)
    if (first === undefined) {
      seen.set(id, line)
      return []
    }
    const message = `The id \`${id}\` is taken: line ${first} has it too.`
    return [{ file, line, message, fix: 'Give this exercise an id of its own.' }]
  })
}

type EditionFile = YamlFile<Pick<Edition, 'commands'> & { readonly draft?: boolean | undefined }>

function draftEdition({ path: file, value, yaml }: EditionFile): Problem[] {
  if (!value?.draft) return []
  const message = 'This edition is a draft, which only the local chat and `ask --drafts` show.'
  const fix = 'Take out the line `draft: true` to publish it.'
  return [{ file, line: yaml?.lineOf(['draft']) ?? 1, message, fix }]
}

/** Claims the names that an edition gives to built-in commands. */
function renamed({ path: file, value, yaml }: EditionFile): Claim[] {
  return Object.entries(value?.commands ?? {}).flatMap(([builtin, name]): Claim[] => {
    const line = yaml?.lineOf(['commands', builtin]) ?? 1
    return name === false ? [] : [{ kind: 'name', name, file, line }]
  })
}

/** The names of built-in commands that no section may take. */
function reserved({ value }: EditionFile, builtin: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...builtin].filter(name => value?.commands?.[name] !== false))
}

function clashes(claims: readonly Claim[], reserved: ReadonlySet<string>): Problem[] {
  const taken = new Map<string, Claim>()
  return claims.flatMap(claim => {
    const { kind, name, file, line } = claim
    const key = `${kind} ${name.toLowerCase()}`
    const first = taken.get(key)
    if (!first) taken.set(key, claim)
    if (!first && !(kind === 'name' && reserved.has(name))) return []
    const message =
      first?.file === file
        ? `The ${kind} \`${name}\` stands in this file twice.`
        : `The ${kind} \`${name}\` is taken by ${first ? `${first.file} (line ${first.line})` : 'a built-in command'}.`
    const fix = first?.file === file ? 'Keep one of them.' : `Choose another ${kind}.`
    return [{ file, line, message, fix }]
  })
}

/** Finds the links that lead to no file and no command. A file with problems is a target as well. */
function brokenLinks(sections: readonly ParsedSection[], names: readonly string[]): Problem[] {
  const targets = new Set([
    ...names.map(name => `/${name}`),
    ...sections.flatMap(({ file }) => pathsOf(file)),
  ])
  return sections.flatMap(({ file, links }) =>
    links.filter(({ target }) => !targets.has(target)).map(link => ({ file, ...brokenLink(link) })),
  )
}

/** The paths by which links name a file: for a draft, with `_` and without. */
function pathsOf(file: string): string[] {
  return [file, publishedPath(file)]
}

/** The lines of the commands that links lead to, by the targets of the links. */
function linesOf(
  sections: readonly ParsedSection[],
  builtin: ReadonlySet<string>,
  renamed: Edition['commands'] = {},
): Map<string, string> {
  const lines = new Map<string, string>()
  for (const name of builtin) lines.set(`/${name}`, `/${renamed[name] || name}`)
  for (const name of Object.values(renamed)) if (name) lines.set(`/${name}`, `/${name}`)
  for (const { file, section } of sections) {
    const { command = '', aliases = [] } = section ?? {}
    for (const target of [...pathsOf(file), ...[command, ...aliases].map(name => `/${name}`)]) {
      lines.set(target, `/${command}`)
    }
  }
  return lines
}
