import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ParseResult, parseEdition, type SourceFile } from './parse.ts'
import { byPlace, type Problem } from './problem.ts'

/** A file of more than this is no section of a briefing: 1 MiB. */
const FILE_BYTES = 1024 * 1024

/** Reads and parses the content folder. Whatever cannot be read is a problem, not a throw. */
export async function loadEdition(
  directory: string,
  reserved: ReadonlySet<string>,
): Promise<ParseResult> {
  const files: SourceFile[] = []
  const problems: Problem[] = []
  try {
    for (const path of await contentPaths(directory)) {
      const bytes = await readFile(join(directory, path))
      const text = new TextDecoder().decode(bytes.subarray(0, FILE_BYTES))
      files.push({ path, text })
      problems.push(...checkBytes(path, bytes, text))
    }
  } catch (error) {
    const { code, path = directory, message } = error as NodeJS.ErrnoException
    const mend = 'Check the folder and its permissions; CONTENT_DIR names it.'
    const reason = `${path} cannot be read (${code ?? message}).`
    return { problems: [{ file: '', line: 1, message: reason, mend }] }
  }
  const result = parseEdition(files, reserved)
  if (problems.length === 0) return result
  return { problems: [...problems, ...(result.problems ?? [])].sort(byPlace) }
}

/** The files that make up the content, sorted: the two YAML files and `sections/*.md`. */
export async function contentPaths(directory: string): Promise<string[]> {
  const top = await readdir(directory)
  const sections = top.includes('sections') ? await readdir(join(directory, 'sections')) : []
  return [
    ...top.filter(name => name === 'edition.yaml' || name === 'exercises.yaml'),
    ...sections
      // A dot or an underscore in front: an editor's own file, or a draft.
      .filter(name => name.endsWith('.md') && !/^[._]/.test(name))
      .map(name => `sections/${name}`),
  ].sort()
}

function checkBytes(file: string, bytes: Buffer, text: string): Problem[] {
  if (bytes.length > FILE_BYTES) {
    const message = `The file has ${bytes.length} bytes; ${FILE_BYTES} is the most.`
    return [{ file, line: 1, message, mend: 'Split it up.' }]
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return []
  } catch {
    const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length
    const message = 'There are bytes here that are not UTF-8 text.'
    return [{ file, line, message, mend: 'Save the file with the encoding UTF-8.' }]
  }
}
