import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { reservedNames } from '../src/commands/builtin.ts'
import { createRegistry } from '../src/commands/registry.ts'
import type { SourceFile } from '../src/content/files.ts'
import { loadEdition } from '../src/content/load.ts'
import { largeFolder, queries } from '../tests/content/large.ts'
import { WORST_BODIES } from '../tests/content/worst.ts'
import { type Figure, percentile, time, watchLoop } from './measure.ts'

/** Searches in 60 large sections, and the event loop while the worst file is read. */
export async function search(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sitrep-bench-'))
  try {
    write(folder, largeFolder())
    const reading = watchLoop()
    const { edition, problems } = await loadEdition(folder, reservedNames, join(folder, 'cache'))
    if (!edition) throw new Error(JSON.stringify(problems))
    const registry = createRegistry(edition)
    await registry.ready()
    const read = reading()
    const given = queries(400)
    const took = await time(given.length, run => registry.search(given[run] ?? '', 5))
    const worst = WORST_BODIES['headings below a letter'] ?? ''
    const text = `---\ncommand: worst\ntitle: Worst\nsummary: S\n---\n\n${worst}`
    write(join(folder, 'worst'), [...largeFolder(1), { path: 'sections/99-worst.md', text }])
    const refusing = watchLoop()
    await loadEdition(join(folder, 'worst'), reservedNames, join(folder, 'cache'))
    const refused = refusing()
    const ms = 'ms'
    return [
      { what: 'search, 60 large sections, p50', value: percentile(took, 0.5), unit: ms },
      { what: 'search, 60 large sections, p99', value: percentile(took, 0.99), aim: 50, unit: ms },
      { what: 'search, 60 large sections, max', value: Math.max(...took), unit: ms },
      { what: 'reading and indexing them', value: read.tookMs, unit: ms },
      { what: 'a question during that waits at most', value: read.stallMs, aim: 200, unit: ms },
      { what: 'refusing the worst file', value: refused.tookMs, unit: ms },
      { what: 'a question during that waits at most', value: refused.stallMs, aim: 200, unit: ms },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function write(folder: string, files: readonly SourceFile[]): void {
  for (const { path, text = '' } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
