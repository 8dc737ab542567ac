import { statSync } from 'node:fs'

/** Rights of the group and of everyone else, and of everyone else alone. */
const OTHERS = 0o077
const STRANGERS = 0o007

/**
 * A sentence about those files that other users of this machine can read or write; undefined if there
 * are none. A group may read a file that belongs to another user, such as one of root: its owner has
 * chosen this group. Windows has no such modes, and no `uid` of this process.
 */
export function exposure(paths: readonly string[], uid = process.getuid?.()): string | undefined {
  if (uid === undefined) return undefined
  const exposed = paths.flatMap(path => {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats || (stats.mode & (stats.uid === uid ? OTHERS : STRANGERS)) === 0) return []
    return [{ path, mode: (stats.mode & 0o7777).toString(8).padStart(4, '0') }]
  })
  if (exposed.length === 0) return undefined
  const named = exposed.map(({ path, mode }) => `${path} (mode ${mode})`).join(', ')
  const all = exposed.map(({ path }) => path).join(' ')
  return `Other users of this machine can open ${named}: run \`chmod 600 ${all}\`.`
}
