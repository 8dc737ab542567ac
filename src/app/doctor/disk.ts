import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type CheckResult, resultsOf } from '../../check-result.ts'
import { type Exposure, exposure } from '../../file-modes.ts'
import { figure } from '../../texts/plurals.ts'

const { ok, warning, error } = resultsOf('disk')

/** Free space below which Sitrep may fail soon, and below which the operator should make room, in bytes. */
const FREE = { least: 50e6, little: 500e6 } as const

/** Facts about a folder that Sitrep writes to. */
export interface FolderFacts {
  readonly path: string
  /** The content of the folder, for the operator: the database, drawn images. */
  readonly has: string
  /** Free bytes for this user; undefined if they cannot be read. */
  readonly free: number | undefined
  /**
   * Why this user can't write to the folder, or create it: the folder above it is `missing`, there is a `file` in the place of
   * either, or the `rights` are missing.
   */
  readonly obstacle?: 'missing' | 'file' | 'rights' | undefined
  /** The paths of existing files in it that this user cannot read and write. */
  readonly locked: readonly string[]
  /** A warning about files that other users can open. */
  readonly exposed?: Exposure | undefined
}

/** Reads the facts of a folder and of its `files`. Changes nothing. */
export function readFolder(path: string, has: string, files: readonly string[] = []): FolderFacts {
  const existing = files.filter(file => existsSync(file))
  // Sitrep creates the last folder of a path alone.
  const place = existsSync(path) ? path : dirname(path)
  return {
    path,
    has,
    free: freeAt(place),
    obstacle: obstacleAt(place),
    locked: existing.filter(file => !isAccessible(file, constants.R_OK | constants.W_OK)),
    exposed: exposure(existing),
  }
}

function obstacleAt(place: string): FolderFacts['obstacle'] {
  try {
    const stats = statSync(place, { throwIfNoEntry: false })
    if (!stats) return 'missing'
    if (!stats.isDirectory()) return 'file'
  } catch {
    // A folder above it can't be entered.
    return 'rights'
  }
  return isAccessible(place, constants.W_OK | constants.X_OK) ? undefined : 'rights'
}

function freeAt(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return undefined
  }
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

const OWN = 'Let the bot’s user own it, and run this as that user.'

/** The finding for each obstacle, and its fix. */
const BLOCKED: Record<
  NonNullable<FolderFacts['obstacle']>,
  (path: string, has: string) => [string, string]
> = {
  missing: (path, has) => [
    `There is no folder ${dirname(path)}, in which Sitrep creates the folder of ${has}.`,
    `Create it for the bot’s user, or choose another path for ${has}.`,
  ],
  file: (path, has) => [
    `The folder of ${has} can’t be ${path}, because a part of this path is a file.`,
    `Choose another path for ${has}.`,
  ],
  rights: (path, has) => [`This user can’t write to ${path}, the folder of ${has}.`, OWN],
}

/** Judges a folder. Without one that `isVital`, a bot cannot run. Pure. */
export function judgeFolder(facts: FolderFacts, isVital: boolean): CheckResult[] {
  const { path, has, free, obstacle, locked, exposed } = facts
  const fail = isVital ? error : warning
  const makeRoom = 'Make room on that disk.'
  const room = `The disk of ${has} (${path}) has ${sizeOf(free ?? 0)} free.`
  return [
    ...(free === undefined
      ? []
      : free < FREE.least
        ? [fail(room, makeRoom)]
        : free < FREE.little
          ? [warning(room, makeRoom)]
          : [ok(room)]),
    ...(obstacle === undefined ? [] : [fail(...BLOCKED[obstacle](path, has))]),
    ...locked.map(file => fail(`This user can’t write ${file}.`, OWN)),
    ...(exposed === undefined ? [] : [warning(exposed.text, exposed.fix)]),
  ]
}

function sizeOf(bytes: number): string {
  return bytes < 1e10
    ? `${figure(Math.floor(bytes / 1e6))} MB`
    : `${figure(Math.floor(bytes / 1e9))} GB`
}
