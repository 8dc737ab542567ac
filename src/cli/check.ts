import type { Config } from '../config.ts'
import { EXIT } from './terminal.ts'

/** Checks the content and prints its size. Throws {@link ContentError} if the content has problems. */
export async function check(config: Config): Promise<number> {
  const { createBriefing } = await import('../app/briefing.ts')
  const { formatProblems } = await import('../content/problem.ts')
  const { editions } = createBriefing(config)
  await editions.load()
  const { sections, exercises } = editions.registry().edition
  const warnings = editions.problems()
  if (warnings.length > 0) console.error(formatProblems(warnings, config.contentDir))
  const found = warnings.length > 0 ? `warnings: ${warnings.length}` : 'no problem'
  console.log(`Content: ${sections.length} sections, ${exercises.length} exercises, ${found}.`)
  return EXIT.ok
}
