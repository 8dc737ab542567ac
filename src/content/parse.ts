import type { z } from 'zod'
import type { Edition } from './edition.ts'
import { byPlace, type Problem } from './problem.ts'
import { editionSchema, exercisesSchema, validate } from './schema.ts'
import { type Claim, type ParsedSection, parseSection } from './section.ts'
import { parseYaml, type YamlSource } from './yaml.ts'

/** A file of the content folder: its path below the folder, with `/`, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

export type ParseResult =
  | { readonly edition: Edition; readonly problems?: never }
  | { readonly edition?: never; readonly problems: readonly Problem[] }

/**
 * Files to an edition, or to everything that is wrong with them at once. Pure.
 *
 * @param reserved the names of built-in commands, which no section may take.
 */
export function parseEdition(
  files: readonly SourceFile[],
  reserved: ReadonlySet<string>,
): ParseResult {
  const problems = files.flatMap(checkCharacters)
  const collect = <T extends { problems: readonly Problem[] }>(result: T): T => {
    problems.push(...result.problems)
    return result
  }

  const edition = collect(readYaml(files, 'edition.yaml', editionSchema)).value
  const exercises = collect(readYaml(files, 'exercises.yaml', exercisesSchema))
  problems.push(...repeatedIds(exercises.yaml))

  const sectionFiles = files
    .filter(({ path }) => path.startsWith('sections/'))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  if (sectionFiles.length === 0) {
    const mend = 'Add one, such as 01-summary.md; content/README.md shows how.'
    problems.push({ file: 'sections', line: 1, message: 'There is no section.', mend })
  }
  problems.push(...sectionFiles.flatMap(checkFileName))
  const sections = sectionFiles.map(({ path, text }) => collect(parseSection(path, text)))
  problems.push(...clashes(sections, reserved))

  if (problems.length > 0 || !edition || !exercises.value) {
    return { problems: problems.sort(byPlace) }
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
    const mend = 'Create it; content/README.md lists its keys.'
    return { problems: [{ file: path, line: 1, message: 'The file is missing.', mend }] }
  }
  const yaml = parseYaml(path, file.text)
  return { ...validate(schema, path, yaml), yaml }
}

/** Control characters steer a terminal and vanish on platforms: no text needs them. */
function checkCharacters({ path, text }: SourceFile): Problem[] {
  return text.split('\n').flatMap((line, index) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    const found = /[\0-\b\v\f\x0e-\x1f\x7f-\x9f]|\r(?!$)/.exec(line)
    if (!found) return []
    const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    const message = `There is a control character (U+${code}) at column ${found.index + 1}.`
    return [{ file: path, line: index + 1, message, mend: 'Delete it.' }]
  })
}

function checkFileName({ path }: SourceFile): Problem[] {
  if (/^sections\/\d+-[^/]+\.md$/.test(path)) return []
  const message = 'The name of this file does not say where the section stands.'
  const mend = 'Start it with a number and a hyphen, such as 03-partnerships.md.'
  return [{ file: path, line: 1, message, mend }]
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
    return [{ file: 'exercises.yaml', line, message, mend: 'Give this exercise an id of its own.' }]
  })
}

function clashes(sections: readonly ParsedSection[], reserved: ReadonlySet<string>): Problem[] {
  const taken = new Map<string, Claim>()
  return sections
    .flatMap(({ claims }) => claims)
    .flatMap(claim => {
      const { name, file, line } = claim
      const first = taken.get(name)
      if (!first) taken.set(name, claim)
      if (!first && !reserved.has(name)) return []
      const owner = first ? `${first.file} (line ${first.line})` : 'a built-in command'
      const message = `The name \`${name}\` is taken by ${owner}.`
      return [{ file, line, message, mend: 'Choose another name.' }]
    })
}
