import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { Overrides } from '../app/context.ts'
import type { Config } from '../config.ts'
import { oneOf } from './terminal.ts'

const ROOT = join(import.meta.dirname, '../..')
const EXAMPLES = join(ROOT, 'examples')

/** The name of the briefing in `content/`. The others have the names of their folders in `examples/`. */
const SHIPPED = 'shipped'

/** Lists the names of the briefings that come with Sitrep, `shipped` first. */
function names(): string[] {
  // An installation may have left the examples out.
  const entries = existsSync(EXAMPLES) ? readdirSync(EXAMPLES, { withFileTypes: true }) : []
  const folders = entries.filter(each => each.isDirectory())
  return [SHIPPED, ...folders.map(({ name }) => name).sort()]
}

/** Returns the folder of a briefing. It is relative to the current folder, because problems name it to editors. */
function folderOf(name: string): string {
  const folder = name === SHIPPED ? join(ROOT, 'content') : join(EXAMPLES, name)
  return relative(process.cwd(), folder) || '.'
}

/** Returns the folder of the briefing that `--example` names. Throws {@link UsageError}. */
export function exampleFolder(name: string): string {
  return folderOf(oneOf('example', name, names()))
}

/**
 * Creates the choice of briefings in the page of the local chat.
 *
 * @param onChosen called with the content folder of another briefing, which has no problems.
 */
export function editionChoice(
  config: Config,
  onChosen: (contentDir: string) => void,
): NonNullable<Overrides['editionChoice']> {
  const current = names().find(name => resolve(folderOf(name)) === resolve(config.contentDir)) ?? ''
  return {
    async list() {
      const all = names().map(async name => ({ name, title: await titleOf(name) }))
      return { current, all: await Promise.all(all) }
    },
    async choose(name) {
      const contentDir = folderOf(name)
      const { createBriefing } = await import('../app/briefing.ts')
      const { ContentError } = await import('../content/problem.ts')
      try {
        await createBriefing({ ...config, contentDir }, { hasDrafts: true }).editions.load()
      } catch (error) {
        if (error instanceof ContentError) return error.message
        throw error
      }
      // The response must leave before the server stops.
      setImmediate(onChosen, contentDir)
      return undefined
    },
  }
}

/** Resolves to the title of a briefing; to its name if the title cannot be read. */
async function titleOf(name: string): Promise<string> {
  const { parseYaml } = await import('../content/yaml.ts')
  const { withRelativeDates } = await import('../content/relative-dates.ts')
  const path = join(folderOf(name), 'edition.yaml')
  const text = await readFile(path, 'utf8').catch(() => '')
  // Only the form of the dates matters here: a relative one is no plain text in YAML.
  const dated = withRelativeDates(text, Temporal.PlainDate.from('2000-01-01'))
  const { title } = Object(parseYaml('edition.yaml', dated.text).value) as { title?: unknown }
  return typeof title === 'string' ? title : name
}
