import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take the longest, the slowest first. */
const LONGEST = [
  'schedule/slots.long.ts',
  'delivery/crash.long.ts',
  'schedule/year.long.ts',
  'store/migrate.long.ts',
  'delivery/outage.long.ts',
  'takeover.long.ts',
]

/**
 * Begins with {@link LONGEST}. In a fresh clone, vitest has no durations and begins with the largest files; these are
 * small, because each calls a function of another file.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b))
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const index = LONGEST.findIndex(file => moduleId.endsWith(`/tests/${file}`))
  return index === -1 ? LONGEST.length : index
}
