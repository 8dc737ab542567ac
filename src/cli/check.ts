import type { Config } from '../config.ts'
import { counted } from '../texts/plurals.ts'
import { EXIT } from './terminal.ts'

/**
 * Checks the content with its drafts, and prints its size. Problems that only drafts have are warnings, because a bot
 * serves the edition without them. Throws {@link ContentError} if the content has other problems.
 */
export async function check(config: Config): Promise<number> {
  const { createBriefing } = await import('../app/briefing.ts')
  const { ContentError, formatProblems } = await import('../content/problem.ts')
  const { editions } = createBriefing(config, { hasDrafts: true })
  const found = await editions.load().then(editions.problems, error => {
    if (error instanceof ContentError) return error.problems
    throw error
  })
  const warnings = found.filter(({ isWarning, isDraft }) => isWarning || isDraft)
  if (warnings.length > 0) console.error(formatProblems(warnings, config.contentDir))
  const problems = found.filter(problem => !warnings.includes(problem))
  if (problems.length > 0) throw new ContentError(problems, config.contentDir)
  const edition = editions.published()
  const size = edition
    ? `${counted(edition.sections.length, 'section', 'sections')}, ${counted(edition.events.length, edition.eventNames?.one ?? 'event', edition.eventNames?.many ?? 'events')}`
    : 'a draft, which no bot can serve'
  const trouble =
    warnings.length > 0 ? counted(warnings.length, 'warning', 'warnings') : 'no problem'
  console.log(`Content: ${size}, ${trouble}.`)
  return EXIT.ok
}
