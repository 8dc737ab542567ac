import { hash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { type ContentPicture, PICTURE_BYTES, type PictureType } from '../picture.ts'

/** Reads the images of sections from the content folder. */
export interface PictureFiles {
  /**
   * Resolves to the bytes of an image, of at most {@link PICTURE_BYTES}. Undefined if the file cannot be read, is another
   * one now, or is outside the content folder.
   */
  read(
    picture: ContentPicture,
  ): Promise<{ readonly bytes: Uint8Array; readonly type: PictureType } | undefined>
}

export function createPictureFiles(directory: string): PictureFiles {
  return {
    async read({ path, hash, type }) {
      // The watch finds the change, and the next load reports it.
      const bytes = await readPicture(directory, path).catch(() => undefined)
      return bytes instanceof Uint8Array && hashOf(bytes) === hash ? { bytes, type } : undefined
    },
  }
}

/** Hashes an image for {@link ContentPicture}. Pure. */
export function hashOf(bytes: Uint8Array): string {
  return hash('sha256', bytes)
}

/** Why a file is no image, before its bytes are looked at. */
export type UnreadPicture = 'outside' | 'no-file' | { readonly bytes: number }

/**
 * Reads a file of the content folder. Resolves to its size if it is larger than {@link PICTURE_BYTES}. Rejects as the
 * file system does. Links may lead to other places in the folder, as in a volume of Kubernetes.
 *
 * @param path the path below the folder, with `/`.
 */
export async function readPicture(
  directory: string,
  path: string,
): Promise<Uint8Array | UnreadPicture> {
  const [root, real] = await Promise.all([realpath(directory), realpath(join(directory, path))])
  const way = relative(root, real)
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || join(root, way) !== real) {
    return 'outside'
  }
  // An open of a device may have effects.
  if (!(await stat(real)).isFile()) return 'no-file'
  // The file may have been replaced by a link or a pipe, whose open would wait for ever.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
  const file = await open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const facts = await file.stat()
    if (!facts.isFile()) return 'no-file'
    return facts.size > PICTURE_BYTES ? { bytes: facts.size } : await readWhole(file)
  } finally {
    await file.close()
  }
}

/** Reads a file to its end, which may be further off than its size was. */
async function readWhole(file: FileHandle): Promise<Uint8Array | UnreadPicture> {
  const bytes = Buffer.alloc(PICTURE_BYTES + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length)
    length += bytesRead
    if (length > PICTURE_BYTES) return { bytes: length }
    if (bytesRead === 0) return new Uint8Array(bytes.subarray(0, length))
  }
}

/** The states of files, by their paths below the content folder. A written, replaced or removed file has another. */
export type FileStates = Readonly<Record<string, string>>

/** Reads the states of files, also of those that are missing. */
export async function fileStates(directory: string, paths: readonly string[]): Promise<FileStates> {
  const states = paths.map(async path => {
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(join(directory, path))
      return [path, `${mtimeMs} ${ctimeMs} ${size} ${ino}`]
    } catch (error) {
      return [path, `${(error as NodeJS.ErrnoException).code}`]
    }
  })
  return Object.fromEntries(await Promise.all(states))
}
