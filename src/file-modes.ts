import { statSync } from 'node:fs'

/** The mode bits of the group and of other users, and those of other users alone. */
const GROUP_AND_OTHERS = 0o077
const OTHERS = 0o007

/** A warning, in a sentence, and the advice to the operator, in another. */
export interface Exposure {
  readonly text: string
  readonly fix: string
}

/**
 * Returns a warning that names the files that other users of this machine can read or write; undefined if there are
 * none. Folders, pipes and devices do not count. A file that belongs to another user, such as root, may be open to its
 * group, because its owner chose that group. Windows has neither such modes nor a `uid` of this process, so the result is
 * always undefined there.
 */
export function exposure(paths: readonly string[], uid = process.getuid?.()): Exposure | undefined {
  if (uid === undefined) return undefined
  const exposed = paths.flatMap(path => {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats?.isFile() || (stats.mode & (stats.uid === uid ? GROUP_AND_OTHERS : OTHERS)) === 0)
      return []
    return [{ path, mode: (stats.mode & 0o7777).toString(8).padStart(4, '0') }]
  })
  if (exposed.length === 0) return undefined
  const named = exposed.map(({ path, mode }) => `${path} (mode ${mode})`).join(', ')
  const all = exposed.map(({ path }) => quoted(path)).join(' ')
  return {
    text: `Other users of this machine can open ${named}.`,
    fix: `Run \`chmod 600 ${all}\`.`,
  }
}

/** Quotes a path for a shell, if a shell would not read it as one word. Pure. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
