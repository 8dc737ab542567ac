import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { format, parse } from 'node:path'
import { knownCauseOf } from '../file-causes.ts'
import type { DrawnPicture } from '../picture.ts'
import { listed } from '../texts/plurals.ts'
import { EXIT, fail } from './terminal.ts'

/** Errors of a write to a disk. All others concern the name of the file. */
const DISK_ERRORS = ['ENOSPC', 'EDQUOT', 'EIO']

/**
 * Draws pictures into files: the first one into `file`, the others with `-2`, `-3` … before its extension. Replaces no
 * file unless `isForced`. Resolves to the exit code, and says on standard error which files it wrote.
 */
export async function saveDrawings(
  pictures: readonly DrawnPicture[],
  file: string,
  isForced: boolean,
): Promise<number> {
  const files = pictures.map((_, index) => numbered(file, index + 1))
  // The advice to add --force would be wrong.
  if (existsSync(`${file}/.`)) return fail(unwritable(file, { code: 'EISDIR' }), EXIT.cantCreate)
  const taken = isForced ? [] : files.filter(each => existsSync(each))
  if (taken.length > 0) {
    const how = 'Choose another name, or add --force to replace files.'
    return fail(`Nothing saved, because there is already ${listed(taken)}. ${how}`, EXIT.cantCreate)
  }
  const { draw } = await import('../drawing/draw.ts')
  const drawn: [string, Buffer][] = []
  for (const [index, { drawing }] of pictures.entries()) {
    try {
      drawn.push([numbered(file, index + 1), draw(drawing)])
    } catch (error) {
      return fail(
        `Nothing saved, because drawing failed. ${(error as Error).message}`,
        EXIT.software,
      )
    }
  }
  for (const [path, bytes] of drawn) {
    try {
      await writeFile(path, bytes, { flag: isForced ? 'w' : 'wx' })
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      const exit = DISK_ERRORS.includes(code) ? EXIT.io : EXIT.cantCreate
      return fail(unwritable(path, { code }), exit)
    }
  }
  console.error(`Saved ${listed(files)}.`)
  return EXIT.ok
}

function unwritable(path: string, error: { readonly code: string }): string {
  const cause = knownCauseOf(error, 'folder')
  return `Can’t write ${path}${cause === undefined ? ` (${error.code})` : `: ${cause}`}.`
}

function numbered(file: string, number: number): string {
  const { dir, name, ext } = parse(file)
  return number === 1 ? file : format({ dir, name: `${name}-${number}`, ext })
}
