import type { Config } from '../config.ts'
import { EXIT } from './terminal.ts'

/** Checks the content and prints its size. Throws {@link ContentError} if the content has problems. */
export async function check(config: Config): Promise<number> {
  const { createBriefing } = await import('../app/briefing.ts')
  const { editions } = createBriefing(config)
  await editions.load()
  const { sections, exercises } = editions.registry().edition
  console.log(`Content: ${sections.length} sections, ${exercises.length} exercises, no problem.`)
  return EXIT.ok
}
