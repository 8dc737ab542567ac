import type { CheckResult } from '../../check-result.ts'
import { modulesOf } from '../platforms.ts'
import { type Opened, rowsOf } from './database.ts'
import type { DoctorContext } from './doctor-context.ts'
import { judgeClock } from './judge-clock.ts'
import type { DoctorCheck } from './run-checks.ts'

/** The checks of all platforms, and that of this machine's clock, which compares it with theirs. */
export function platformChecks(context: DoctorContext, store: Promise<Opened>): DoctorCheck[] {
  const reports = modulesOf(context.config).flatMap(({ name, check }) => {
    const chats = store.then(opened =>
      (rowsOf(opened)?.chats ?? []).filter(({ platform }) => platform === name),
    )
    return check ? [{ name, report: check({ ...context, chats }) }] : []
  })
  async function compare(): Promise<CheckResult[]> {
    // The check of the platform itself reports its failure.
    const settled = await Promise.allSettled(reports.map(({ report }) => report))
    return judgeClock(
      settled.flatMap((each, index) => {
        const aheadMs = each.status === 'fulfilled' ? each.value.aheadMs : undefined
        return aheadMs === undefined ? [] : [{ platform: reports[index]?.name ?? '', aheadMs }]
      }),
    )
  }
  return [
    ...reports.map(({ name, report }) => ({
      part: name,
      run: async () => (await report).results,
    })),
    ...(reports.length > 0 ? [{ part: 'clock', run: compare }] : []),
  ]
}
