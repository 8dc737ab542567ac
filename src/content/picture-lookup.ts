import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { yieldToEventLoop } from '../async/yield.ts'
import { IMAGE_NAME } from './files.ts'
import { distance } from './typos.ts'

/** Finds files of the content folder by the paths that editors write. Reads each folder once. */
export interface PictureLookup {
  /**
   * Resolves to the path of a file as its folders spell it; undefined if there is none. `isExact` is false if letters
   * differ in case, so that only some systems would find the file. Composed and decomposed accents are the same.
   */
  find(path: string): Promise<{ readonly path: string; readonly isExact: boolean } | undefined>
  /** Resolves to the path of the image whose name is most like that of a missing one. */
  nearest(path: string): Promise<string | undefined>
}

/** Most entries that are compared with the name of a missing image, and most folders that are read for it. */
const ENTRIES = 2000
const FOLDERS = 100

/** Names that are compared before other work may run: 5 ms. */
const BATCH = 200

/** Longest name for which a similar one is looked for, in UTF-16 units. */
const MEASURED = 48

export function createPictureLookup(directory: string): PictureLookup {
  const folders = new Map<string, Promise<FolderNames>>()
  let images: Promise<string[]> | undefined

  function namesIn(folder: string): Promise<FolderNames> {
    const names = folders.get(folder) ?? readNames(join(directory, folder))
    folders.set(folder, names)
    return names
  }

  return {
    async find(path) {
      let found = ''
      let isExact = true
      for (const segment of path.split('/')) {
        const { composed, lower } = await namesIn(found)
        const same = composed.get(segment) ?? composed.get(segment.normalize())
        const name = same ?? lower.get(folded(segment))
        if (name === undefined) return undefined
        isExact &&= same !== undefined
        found = found === '' ? name : `${found}/${name}`
      }
      return { path: found, isExact }
    },
    async nearest(path) {
      images ??= listImages(directory)
      const all = await images
      const best: string[] = []
      for (let start = 0; start < all.length; start += BATCH) {
        best.push(...nearestOf(path, all.slice(start, start + BATCH)))
        await yieldToEventLoop()
      }
      return nearestOf(path, best)[0]
    },
  }
}

/** The names in a folder, by their forms. */
interface FolderNames {
  /** By themselves, and with composed accents. */
  readonly composed: ReadonlyMap<string, string>
  /** With composed accents, in lower case. */
  readonly lower: ReadonlyMap<string, string>
}

/** Reads the names in a folder. */
async function readNames(folder: string): Promise<FolderNames> {
  // The images of a folder that cannot be read are reported as missing.
  const names = await readdir(folder).catch(() => [])
  // Of equal forms, the first name counts, and each name counts for itself.
  const first = names.toReversed()
  return {
    composed: new Map([
      ...first.map(name => [name.normalize(), name] as const),
      ...first.map(name => [name, name] as const),
    ]),
    lower: new Map(first.map(name => [folded(name), name])),
  }
}

function folded(name: string): string {
  return name.normalize().toLowerCase()
}

/** Lists the files below a folder that look like images. Follows no links. */
async function listImages(directory: string): Promise<string[]> {
  const images: string[] = []
  const open = ['']
  let entries = 0
  // The list grows while it is read.
  for (const [index, folder] of open.entries()) {
    if (index >= FOLDERS || entries >= ENTRIES) break
    // A folder that cannot be read has no image to suggest.
    const found = await readdir(join(directory, folder), { withFileTypes: true }).catch(() => [])
    entries += found.length
    for (const entry of found.slice(0, ENTRIES)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && !/^(?:\.|node_modules$)/.test(entry.name)) open.push(path)
      else if (IMAGE_NAME.test(entry.name)) images.push(path)
    }
  }
  return images
}

/**
 * Returns the path with the same name in another folder or with another ending, or with few letters different; none if no
 * path is like that. Pure.
 */
function nearestOf(path: string, images: readonly string[]): string[] {
  const nameOf = (each: string) => folded(each.replace(/^.*\//, ''))
  const stemOf = (name: string) => name.replace(/\.[^.]*$/, '')
  const name = nameOf(path)
  if (name.length > MEASURED) return []
  const most = Math.max(1, stemOf(name).length / 3)
  let best: { readonly each: string; readonly edits: number } | undefined
  for (const each of images) {
    const other = nameOf(each)
    if (Math.abs(other.length - name.length) > name.length / 3) continue
    const edits = stemOf(other) === stemOf(name) ? Number(other !== name) : distance(name, other)
    if (edits <= most && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) {
      best = { each, edits }
    }
  }
  return best ? [best.each] : []
}
