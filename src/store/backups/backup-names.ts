const NAME = /^sitrep-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z(?:-([2-9]|[1-9]\d+))?\.db$/

/**
 * Returns the name of a backup that is made now: `sitrep-20261130T1300Z.db`, in UTC. Later ones of the same minute have a
 * number, from 2 on: `sitrep-20261130T1300Z-2.db`. Pure.
 */
export function backupName(now: Temporal.Instant, number = 1): string {
  const text = now.round({ smallestUnit: 'minute', roundingMode: 'floor' }).toString()
  const suffix = number === 1 ? '' : `-${number}`
  return `sitrep-${text.slice(0, 16).replace(/[-:]/g, '')}Z${suffix}.db`
}

/** Reads the minute of a backup from its name; undefined if the name is not Sitrep's. Pure. */
export function backupTime(name: string): Temporal.Instant | undefined {
  return readName(name)?.at
}

function readName(name: string) {
  const [, year, month, day, hour, minute, number = 1] = NAME.exec(name) ?? []
  if (year === undefined) return undefined
  try {
    const at = Temporal.Instant.from(`${year}-${month}-${day}T${hour}:${minute}Z`)
    return { name, at, number: Number(number) }
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
  return names
    .map(readName)
    .filter(each => each !== undefined)
    .filter(({ name }) => name !== made)
    .sort((a, b) => Temporal.Instant.compare(b.at, a.at) || b.number - a.number)
    .slice(keep - 1)
    .map(({ name }) => name)
}
