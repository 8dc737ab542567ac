import type { z } from 'zod'
import { blankForbidden, findForbidden } from './characters.ts'
import type { Edition } from './edition.ts'
import { limitPerFile, type Problem } from './problem.ts'
import { editionSchema, exercisesSchema, validate } from './schema.ts'
import { type Claim, type ParsedSection, parseSection } from './section.ts'
import { parseYaml, type YamlSource } from './yaml.ts'

/** A file of the content folder: its path below the folder, with `/`, and its text. */
export interface SourceFile {
  readonly path: string
  /** Absent if the file exists but could not be read. The caller then reports the problem. */
  readonly text?: string | undefined
}

export type ParseResult =
  | { readonly edition: Edition; readonly problems?: never }
  | { readonly edition?: never; readonly problems: readonly Problem[] }

/**
 * Parses files into an edition, or returns the problems of all files, with a limit for each file. Pure.
 *
 * @param reserved the names of built-in commands, which no section may take.
 * @param onFile called with the path of each file before work on it begins.
 */
export function parseEdition(
  sources: readonly SourceFile[],
  reserved: ReadonlySet<string>,
  onFile: (path: string) => void = () => {},
): ParseResult {
  let problems: Problem[] = []
  // Reports forbidden characters once. The later checks then find only those written as an escape.
  const files = sources.map(file => {
    onFile(file.path)
    problems = problems.concat(checkCharacters(file))
    return { path: file.path, text: file.text && blankForbidden(file.text) }
  })
  const collect = <T extends { problems: readonly Problem[] }>(result: T): T => {
    problems = problems.concat(result.problems)
    return result
  }

  onFile('edition.yaml')
  const edition = collect(readYaml(files, 'edition.yaml', editionSchema)).value
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
  problems = problems.concat(
    repeatedIds(exercises.yaml),
    sectionFiles.flatMap(checkFileName),
    clashes(sections, reserved),
  )

  if (problems.length > 0 || !edition || !exercises.value) {
    return { problems: limitPerFile(problems) }
  }
  return {
    edition: {
      ...edition,
      sections: sections.flatMap(({ section }) =>
        section ? [{ ...section, asOf: section.asOf ?? edition.asOf }] : [],
      ),
      exercises: exercises.value,
    },
  }
}

/** Picks the files of sections, in the order of the sections. */
export function sectionFilesOf<T extends SourceFile>(files: readonly T[]): T[] {
  return files
    .filter(({ path }) => path.startsWith('sections/'))
    .sort((a, b) => numberOf(a) - numberOf(b) || (a.path < b.path ? -1 : 1))
}

interface YamlFile<T> {
  readonly value?: T | undefined
  readonly yaml?: YamlSource
  readonly problems: readonly Problem[]
}

function readYaml<T>(
  files: readonly SourceFile[],
  path: string,
  schema: z.ZodType<T>,
): YamlFile<T> {
  const file = files.find(candidate => candidate.path === path)
  if (!file) {
    const fix = 'Create it; content/README.md lists its keys.'
    return { problems: [{ file: path, line: 1, message: 'The file is missing.', fix }] }
  }
  if (file.text === undefined) return { problems: [] }
  const yaml = parseYaml(path, file.text)
  return { ...validate(schema, path, yaml), yaml }
}

function checkCharacters({ path: file, text = '' }: SourceFile): Problem[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const found = findForbidden(line)
    if (!found) return []
    const message = `There is a character that cannot be shown (${found.code}) at column ${found.index + 1}.`
    return [{ file, line: index + 1, message, fix: 'Delete it.' }]
  })
}

/**
 * The number that a file name begins with, which orders the sections; infinity if there is none.
 */
function numberOf({ path }: SourceFile): number {
  return Number(/^sections\/(\d+)/.exec(path)?.[1] ?? Number.POSITIVE_INFINITY)
}

function checkFileName({ path }: SourceFile): Problem[] {
  if (/^sections\/\d+-[^/]+\.md$/.test(path)) return []
  const message = 'The name of this file does not say where the section stands.'
  const fix = 'Start it with a number and a hyphen, such as 03-partnerships.md.'
  return [{ file: path, line: 1, message, fix }]
}

function repeatedIds(yaml: YamlSource | undefined): Problem[] {
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
    return [{ file: 'exercises.yaml', line, message, fix: 'Give this exercise an id of its own.' }]
  })
}

function clashes(sections: readonly ParsedSection[], reserved: ReadonlySet<string>): Problem[] {
  const taken = new Map<string, Claim>()
  return sections
    .flatMap(({ claims }) => claims)
    .flatMap(claim => {
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
