import type { Config } from '../config.ts'
import { EXIT } from './terminal.ts'

/** Says whether the content has problems. Throws {@link ContentError} where it has. */
export async function check(config: Config): Promise<number> {
  const { createBriefing } = await import('../app/briefing.ts')
  const { editions } = createBriefing(config)
  await editions.load()
  const { sections, exercises } = editions.registry().edition
  console.log(`Content: ${sections.length} sections, ${exercises.length} exercises, no problem.`)
  return EXIT.ok
}
