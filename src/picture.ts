import { createHash } from 'node:crypto'

/** A picture that platforms can show: from the store, from the content folder, or drawn by Sitrep. */
export type Picture = StoredPicture | ContentPicture | DrawnPicture

export type PictureType = 'jpeg' | 'png' | 'webp'

/** Most bytes of a picture. Discord needs an upload for each chat. Both platforms would accept ten times as much. */
export const PICTURE_BYTES = 1_000_000

/** The content of a picture. */
export interface PictureFile {
  readonly bytes: Uint8Array
  readonly type: PictureType
}

/** The picture of an announcement. `id` is its id in the store. */
export interface StoredPicture {
  readonly id: number
  readonly type: PictureType
}

/** A picture of a section. */
export interface ContentPicture {
  /** The path below the content folder, with `/`. */
  readonly path: string
  /** SHA-256 of the file, in hexadecimal. A file with another hash is another picture. */
  readonly hash: string
  readonly type: PictureType
}

export interface DrawnPicture {
  readonly drawing: Drawing
  readonly type: 'png'
}

export type Theme = 'light' | 'dark'

/** Everything that a drawn picture depends on. */
export type Drawing = (TableDrawing | TimelineDrawing) & {
  readonly theme: Theme
  /** The colour of the edition, `#rrggbb`. */
  readonly accent?: string
}

export interface TableDrawing {
  readonly kind: 'table'
  /** The header first. A header of blank cells is not drawn. */
  readonly rows: readonly (readonly DrawnCell[])[]
  /** The alignment of each column; left if absent. */
  readonly align?: readonly ('left' | 'right' | 'center' | null)[]
}

export type DrawnCell = readonly DrawnRun[]

/** A stretch of text in one style. A line end (`\n`) breaks the line. */
export interface DrawnRun {
  readonly text: string
  readonly bold?: true
  readonly italic?: true
  readonly strike?: true
  readonly code?: true
}

export interface TimelineDrawing {
  readonly kind: 'timeline'
  /** ISO date, and the same date in words: "Today, 30 November 2026". */
  readonly today: string
  readonly todayText: string
  /** By their start. */
  readonly events: readonly DrawnEvent[]
}

export interface DrawnEvent {
  readonly name: string
  /** ISO dates, both included. */
  readonly start: string
  readonly end: string
  /** The dates or times in words. */
  readonly dates: string
  readonly state: EventState
  /** The state in words. */
  readonly stateText: string
}

export type EventState = 'past' | 'running' | 'upcoming' | 'postponed' | 'cancelled'

/** Increases with each change of the drawn form, so that caches draw each picture anew. */
const DRAWING_VERSION = 2

/** Returns a name that no other picture has, of letters, digits and `-`. Pure. */
export function pictureName(picture: Picture): string {
  if ('id' in picture) return String(picture.id)
  if ('hash' in picture) return picture.hash
  const drawn = JSON.stringify([DRAWING_VERSION, picture.drawing])
  return `drawn-${createHash('sha256').update(drawn).digest('hex')}`
}
