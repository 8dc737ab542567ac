import type { Config } from '../config.ts'
import { EXIT } from './terminal.ts'

/** Says whether the content has problems. Throws {@link ContentError} where it has. */
export async function check(config: Config): Promise<number> {
  const { createApp } = await import('../app/service.ts')
  const app = createApp(config)
  await app.load()
  const { sections, exercises } = app.edition()
  console.log(`Content: ${sections.length} sections, ${exercises.length} exercises, no problem.`)
  return EXIT.ok
}
