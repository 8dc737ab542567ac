import type { Nodes } from 'mdast'
import { yieldToEventLoop } from '../async/yield.ts'
import { type ContentPicture, PICTURE_BYTES } from '../picture.ts'
import { type PictureFault, pictureOf } from '../picture-check.ts'
import type { Edition } from './edition.ts'
import { type FileStates, fileStates, hashOf, readPicture } from './picture-files.ts'
import { createPictureLookup, type PictureLookup } from './picture-lookup.ts'
import { type PictureUse, picturePaths } from './picture-paths.ts'
import { limitPerFile, type Problem } from './problem.ts'
import { walk } from './walk.ts'

/** Most images of an edition. Each is a file that is read with each edit, and a message or a part of one. */
const PICTURES = 100

/** Missing images for which a similar name is looked for, because each is compared with all names. */
const COMPARED = 50

interface LoadedPictures {
  /** By the addresses that the sections write. */
  readonly pictures: ReadonlyMap<string, ContentPicture>
  readonly problems: readonly Problem[]
  /** The states that the files had before they were read, also files that are missing. */
  readonly states: FileStates
}

type Fault = Pick<Problem, 'message' | 'fix'>

/** Reads and checks the images of sections, one after the other. Never rejects: every failure is a problem. */
export async function loadPictures(
  directory: string,
  uses: readonly PictureUse[],
): Promise<LoadedPictures> {
  const lookup = createPictureLookup(directory)
  const taken = uses.slice(0, PICTURES)
  const addresses = [...new Set(taken.map(({ address }) => address))]
  const states = await fileStates(
    directory,
    addresses.flatMap(address => picturePaths(address) ?? []),
  )
  const pictures = new Map<string, ContentPicture>()
  const faults = new Map<string, Fault>()
  for (const address of addresses) {
    const read = await readAddress(directory, lookup, address, faults.size < COMPARED)
    if ('hash' in read) pictures.set(address, read)
    else faults.set(address, read)
    await yieldToEventLoop()
  }
  const problems = taken.flatMap(({ file, line, address }) => {
    const fault = faults.get(address)
    return fault ? [{ file, line, ...fault }] : []
  })
  const next = uses[PICTURES]
  if (next) {
    const message = `The sections have ${uses.length} images; ${PICTURES} is the most.`
    problems.push({ file: next.file, line: next.line, message, fix: 'Take some of them out.' })
  }
  return { pictures, problems: limitPerFile(problems), states }
}

async function readAddress(
  directory: string,
  lookup: PictureLookup,
  address: string,
  isCompared: boolean,
): Promise<ContentPicture | Fault> {
  const paths = picturePaths(address) ?? []
  const found = await Promise.all(paths.map(lookup.find))
  const file = found.find(each => each?.isExact) ?? found.find(each => each !== undefined)
  if (!file) {
    const nearest = isCompared ? await lookup.nearest(paths.at(-1) ?? '') : undefined
    return {
      message: `There is no file \`${address}\` in the content folder.`,
      fix: nearest
        ? `Write \`${addressOf(nearest)}\`, if you mean that.`
        : 'Put the image there, or take it out here.',
    }
  }
  const { path, isExact } = file
  if (!isExact) {
    const message = `Letters of \`${address}\` differ in case from the name of the file.`
    return { message, fix: `Write \`${addressOf(path)}\`.` }
  }
  try {
    const bytes = await readPicture(directory, path)
    if (bytes === 'outside') {
      const message = `The file \`${path}\` is a link that leads out of the content folder.`
      return { message, fix: 'Put the image itself in its place.' }
    }
    if (bytes === 'no-file') {
      return { message: `\`${path}\` is not a file.`, fix: 'Put an image in its place.' }
    }
    if (!(bytes instanceof Uint8Array)) return faultOf('large', path, bytes.bytes)
    const checked = pictureOf(bytes)
    if (typeof checked === 'string') return faultOf(checked, path, bytes.length, bytes)
    return { path, hash: hashOf(bytes), type: checked.type }
  } catch (error) {
    const { code, message: cause } = error as NodeJS.ErrnoException
    const message = `The file \`${path}\` cannot be read (${code ?? cause}).`
    return { message, fix: 'Check its permissions.' }
  }
}

/** Returns the address of a file as an editor writes it in a section. */
function addressOf(path: string): string {
  const encoded = (letter: string) => Buffer.from(letter).toString('hex').replace(/../g, '%$&')
  return path.replace(/^sections\//, '').replace(/[\s()<>%#?\\:`]/g, encoded)
}

function faultOf(fault: PictureFault, path: string, size: number, bytes?: Uint8Array): Fault {
  const file = `The file \`${path}\``
  switch (fault) {
    case 'large':
      return {
        message: `${file} has ${grouped(size)} bytes; ${grouped(PICTURE_BYTES)} is the most.`,
        fix: 'Make the image smaller.',
      }
    case 'unknown':
      return {
        message: `${file} is ${kindOf(bytes ?? new Uint8Array())}, not a JPEG, PNG or WebP image.`,
        fix: 'Save the image as JPEG, PNG or WebP.',
      }
    case 'misshapen':
      return {
        message: `Telegram does not accept the width and height of \`${path}\`.`,
        fix: 'Keep both sides together at 10,000 pixels or less, and the longer one at 20 times the shorter one or less.',
      }
    case 'broken':
      return { message: `${file} is damaged, or a part of it is missing.`, fix: 'Copy it again.' }
    case 'animated':
      return { message: `${file} is an animation.`, fix: 'Save one of its frames as an image.' }
  }
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}

/** Beginnings of files, in Latin-1, that may have the name of an image. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'empty'],
  [/^GIF8/, 'a GIF'],
  [/^BM/, 'a BMP'],
  [/^(?:II\*\0|MM\0\*)/, 'a TIFF'],
  [/^....ftypavi[fs]/s, 'an AVIF'],
  [/^....ftyp(?:hei|hev|mif1)/s, 'a HEIC'],
  [/^\x89PNG/, 'a variant of PNG'],
  [/^%PDF/, 'a PDF'],
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS'],
  [/^(?:ï»¿)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*>\s*)?(?:<!doctype svg[^>]*>\s*)?<svg/i, 'an SVG'],
  [/^(?:ï»¿)?\s*<(?:!doctype html|html|head|body)/i, 'a web page'],
]

/** Names the kind of a file by its first bytes. Pure. */
function kindOf(bytes: Uint8Array): string {
  const beginning = Buffer.from(bytes.subarray(0, 512)).toString('latin1')
  return KINDS.find(([pattern]) => pattern.test(beginning))?.[1] ?? 'another kind of file'
}

/** Adds the files to the images of an edition. */
export function addPictures(edition: Edition, pictures: LoadedPictures['pictures']): void {
  const add = (node: Nodes) => {
    const picture = node.type === 'image' && pictures.get(node.url)
    if (picture) node.data = { picture }
  }
  for (const { body } of edition.sections) walk(body, add)
}
