import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
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

/** Longest name for which a similar one is looked for, in UTF-16 units. */
const MEASURED = 48

export function createPictureLookup(directory: string): PictureLookup {
  const folders = new Map<string, Promise<readonly string[]>>()
  let images: Promise<string[]> | undefined

  function namesIn(folder: string): Promise<readonly string[]> {
    // The images of a folder that cannot be read are reported as missing.
    const names = folders.get(folder) ?? readdir(join(directory, folder)).catch(() => [])
    folders.set(folder, names)
    return names
  }

  return {
    async find(path) {
      let found = ''
      let isExact = true
      for (const segment of path.split('/')) {
        const names = await namesIn(found)
        const same = names.includes(segment)
          ? segment
          : names.find(name => name.normalize() === segment.normalize())
        const name = same ?? names.find(each => folded(each) === folded(segment))
        if (name === undefined) return undefined
        isExact &&= same !== undefined
        found = found === '' ? name : `${found}/${name}`
      }
      return { path: found, isExact }
    },
    async nearest(path) {
      images ??= listImages(directory)
      return nearestOf(path, await images)
    },
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

/** Returns the path with the same name in another folder or with another ending, or with few letters different. Pure. */
function nearestOf(path: string, images: readonly string[]): string | undefined {
  const nameOf = (each: string) => folded(each.replace(/^.*\//, ''))
  const stemOf = (name: string) => name.replace(/\.[^.]*$/, '')
  const name = nameOf(path)
  if (name.length > MEASURED) return undefined
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
  return best?.each
}
