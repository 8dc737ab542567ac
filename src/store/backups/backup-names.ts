const NAME = /^sitrep-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z\.db$/

/** Returns the name of a backup that is made now: `sitrep-20261130T1300Z.db`, in UTC. Pure. */
export function backupName(now: Temporal.Instant): string {
  const text = now.round({ smallestUnit: 'minute', roundingMode: 'floor' }).toString()
  return `sitrep-${text.slice(0, 16).replace(/[-:]/g, '')}Z.db`
}

/** Reads the minute of a backup from its name; undefined if the name is not Sitrep's. Pure. */
export function backupTime(name: string): Temporal.Instant | undefined {
  const [, year, month, day, hour, minute] = NAME.exec(name) ?? []
  if (year === undefined) return undefined
  try {
    return Temporal.Instant.from(`${year}-${month}-${day}T${hour}:${minute}Z`)
  } catch {
    return undefined
  }
}

/** Returns the newest backup of a folder's files; a clock that ran ahead may have named some, which do not count. Pure. */
export function newestBackup(
  names: readonly string[],
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  return names
    .map(backupTime)
    .filter(at => at !== undefined)
    .filter(at => Temporal.Instant.compare(at, now) <= 0)
    .sort(Temporal.Instant.compare)
    .at(-1)
}

/** Returns the backups to remove after `made` was written, so that it and the newest others stay: `keep` in all. Pure. */
export function expiredBackups(names: readonly string[], made: string, keep: number): string[] {
  const others = names.filter(name => backupTime(name) !== undefined && name !== made)
  // The names sort by their times.
  return others
    .sort()
    .reverse()
    .slice(keep - 1)
}
