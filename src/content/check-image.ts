import type { Image, ImageReference } from 'mdast'
import { withoutHidden } from './characters.ts'
import { isLinkable, isLocalAddress } from './local-links.ts'
import { picturePaths } from './picture-paths.ts'
import type { Finding } from './problem.ts'
import { COMMENTS, comment } from './typed-marks.ts'

/** Most UTF-16 units of the words of an image. Discord's description of a file has 1,024, and a caption on Telegram as well. */
const WORDS = 1000

/** The surroundings of an image. */
interface Place {
  /** The address of the image, or of the definition that it refers to. */
  readonly address: string
  /** Whether the text is a section, whose images may be files of the content folder. */
  readonly hasSections: boolean
  /** Whether the image stands in a table or a note, where it can only be its words. */
  readonly isWords: boolean
}

/** Finds faults of an image that the text alone shows. The file is checked when it is read. Pure. */
export function* checkImage(
  node: Image | ImageReference,
  { address, hasSections, isWords }: Place,
): Generator<Omit<Finding, 'line'>> {
  const paths = hasSections ? picturePaths(address) : undefined
  const fix = hasSections
    ? `Write the path of an image, such as \`map.png\`, or a whole address, https://… or http://…`
    : WHOLE
  if (hasSections ? isLocalAddress(address) || MAIL.test(address) : MAIL.test(address)) {
    yield { message: `The address \`${address}\` is not that of an image.`, fix }
  } else if (paths?.length === 0 || (paths && address.includes('\\'))) {
    yield outside(address, paths.length > 0)
  } else if (!paths && node.type === 'image' && !isLinkable(address)) {
    yield { message: `The address \`${address}\` cannot be offered to readers.`, fix }
  } else if (paths && isWords) {
    const message =
      'Readers see only the words of this image, because it stands in a table or a note.'
    yield { message, fix: 'Put it above or below, on a line of its own.', isWarning: true }
  }
  const length = node.alt?.length ?? 0
  if (paths && length > WORDS) {
    const message = `The words of this image have ${length} characters; ${WORDS} is the most.`
    yield { message, fix: 'Keep the most important ones, and write the others below the image.' }
  }
  const [mark] = COMMENTS.exec(node.alt ?? '') ?? []
  if (mark) yield comment(mark)
  if (withoutHidden(node.alt ?? '').trim() === '') {
    yield { message: 'This image has no words.', fix: 'Write what it shows: `![words](…)`.' }
  }
}

const WHOLE = 'Write a whole address, https://… or http://…'
const MAIL = /^mailto:/i

function outside(address: string, isInside: boolean) {
  if (isInside) {
    const message = `The address \`${address}\` has a backslash.`
    return { message, fix: `Write \`${address.replaceAll('\\', '/')}\`.` }
  }
  const message = `The address \`${address}\` leads out of the content folder.`
  return { message, fix: 'Put the image in the content folder, and write its path from there.' }
}
