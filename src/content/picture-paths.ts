import { posix } from 'node:path'
import type { Nodes } from 'mdast'
import { isLinkable, isLocalAddress } from './local-links.ts'
import { walk } from './walk.ts'

/** An image of a section whose file is in the content folder. */
export interface PictureUse {
  /** The path of the section's file. */
  readonly file: string
  readonly line: number
  /** The address of the image as the editor has written it. */
  readonly address: string
}

/**
 * Returns the paths below the content folder that the address of an image may name: from the folder of the sections, as
 * Markdown reads it, and from the content folder. None if both are outside; undefined if the address is no path. Pure.
 */
export function picturePaths(address: string): readonly string[] | undefined {
  if (/^(?:\/(?!\/)|\\|[a-z]:|file:)/i.test(address)) return []
  const [path = ''] = address.split(/[?#]/)
  if (path === '' || /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(address)) return undefined
  const typed = decoded(path)
  return [...new Set([posix.join('sections', typed), posix.normalize(typed)])].filter(
    each => !/^(?:\.{0,2}$|\.\.?\/|\/)/.test(each),
  )
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Lists the images of a body whose files may be in the content folder. Pure. */
export function pictureUses(file: string, root: Nodes): PictureUse[] {
  const addresses = new Map<string, string>()
  walk(root, node => {
    if (node.type === 'definition' && !addresses.has(node.identifier)) {
      addresses.set(node.identifier, node.url)
    }
  })
  const uses: PictureUse[] = []
  walk(root, node => {
    if (node.type !== 'image' && node.type !== 'imageReference') return
    const address = 'url' in node ? node.url : (addresses.get(node.identifier) ?? '')
    const isPath = !isLinkable(address) && !isLocalAddress(address) && !address.includes('\\')
    if (!isPath || !picturePaths(address)?.length) return
    uses.push({ file, line: node.position?.start.line ?? 1, address })
  })
  return uses
}
