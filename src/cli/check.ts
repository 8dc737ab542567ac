import type { Config } from '../config.ts'
import { count } from '../texts/dates.ts'
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
  const found = warnings.length > 0 ? count(warnings.length, 'warning') : 'no problem'
  const size = `${count(sections.length, 'section')}, ${count(exercises.length, 'exercise')}`
  console.log(`Content: ${size}, ${found}.`)
  return EXIT.ok
}
