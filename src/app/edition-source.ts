import { type Clock, today } from '../clock.ts'
import { reservedNames } from '../commands/builtin.ts'
import type { Registry } from '../commands/command.ts'
import { createRegistry } from '../commands/registry.ts'
import type { Edition } from '../content/edition.ts'
import { isDraft } from '../content/files.ts'
import { contentPaths, type LoadOptions, type LoadResult, loadEdition } from '../content/load.ts'
import { loadDrafts } from '../content/load-drafts.ts'
import {
  byPlace,
  ContentError,
  formatProblems,
  isError,
  keyOf,
  type Problem,
} from '../content/problem.ts'
import { watchContent } from '../content/watch.ts'
import type { Log } from '../log.ts'
import type { ComponentHealth } from '../server/health.ts'
import { texts } from '../texts.ts'

export interface EditionSourceOptions {
  /** Folder of the content. */
  readonly directory: string
  readonly clock: Clock
  /** IANA zone of the day that relative dates count from, and of events whose edition names none. */
  readonly timeZone: string
  readonly log: Log
  /** See `Registry`. */
  readonly publicUrl?: string | undefined
  /** Whether answers may come from drafts: in the local chat and on the command line. */
  readonly hasDrafts?: boolean
  /** Called when a changed edition is in use. */
  readonly onChange: () => void
  /** Called when an edit has been read, whether it is in use or has problems. */
  readonly onRead?: () => void
}

/**
 * Loads the content, watches it, and keeps the last valid edition. An edition with relative dates is read again after
 * midnight: its dates count from the day on which it was read.
 */
export interface EditionSource {
  /** Reads the content. Throws {@link ContentError}. */
  load(): Promise<void>
  /** Reads the content, and then watches it until `stop` is called. Throws {@link ContentError}. */
  watch(): Promise<void>
  stop(): Promise<void>
  /** Returns the commands of the last valid edition, with its drafts. Throws if no edition is loaded. */
  registry(): Registry
  /**
   * Returns the edition from which posts are made: the last valid one without drafts. Undefined if no edition without
   * drafts has been valid yet.
   */
  published(): Edition | undefined
  /** Returns the problems of the last edit, also those that drafts alone have, and the warnings of the edition. */
  problems(): readonly Problem[]
  /** Returns the state of the content, for operators. */
  part(): ComponentHealth
}

/** A valid edition. `digest` identifies its content. */
interface LoadedEdition {
  readonly registry: Registry
  readonly digest: string
  readonly warnings: readonly Problem[]
  /** Undefined if no edition without drafts has been valid yet. */
  readonly published: Edition | undefined
  readonly publishedDigest: string | undefined
}

interface BrokenContent {
  readonly problems: readonly Problem[]
}

export function openEditions({
  directory,
  clock,
  timeZone,
  log,
  publicUrl,
  hasDrafts = false,
  onChange,
  onRead = () => {},
}: EditionSourceOptions): EditionSource {
  let current: LoadedEdition | undefined
  let problems: readonly Problem[] = []
  let part: ComponentHealth = { status: 'loading', ready: false }
  const stopping = new AbortController()
  let readOn: Temporal.PlainDate | undefined

  /** Whether the day of the relative dates is over. False after a read on the same day, even if that had problems. */
  function isOutdated(): boolean {
    const isRelative = [current?.registry.edition, current?.published].some(
      each => each?.relativeTo,
    )
    return isRelative && readOn !== undefined && !readOn.equals(today(clock, timeZone))
  }

  /** Reads the content. Indexes the registry of a changed edition before it is used. */
  async function read(): Promise<LoadedEdition | BrokenContent> {
    const { signal } = stopping
    const day = today(clock, timeZone)
    readOn = day
    const load = (options: LoadOptions) =>
      loadEdition(directory, reservedNames, undefined, { signal, today: day, timeZone, ...options })
    const published = await load({})
    // A folder that cannot be read is a problem of the edition already.
    const paths = hasDrafts ? await contentPaths(directory).catch(() => []) : []
    const isMore = hasDrafts && (published.problems || paths.some(isDraft))
    const { result: loaded, leftOut } = isMore
      ? await loadDrafts(published, paths, leftOut => load({ hasDrafts, leftOut }))
      : { result: published, leftOut: [] }
    const found = problemsOf(published, loaded, leftOut)
    if (loaded.problems) return { problems: found }
    const rest = {
      warnings: found,
      published: published.edition ?? current?.published,
      publishedDigest: published.digest ?? current?.publishedDigest,
    }
    if (current && loaded.digest === current.digest) return { ...current, ...rest }
    const registry = createRegistry(loaded.edition, publicUrl)
    if (current) await registry.ready()
    return { registry, digest: loaded.digest, ...rest }
  }

  function use(edition: LoadedEdition): void {
    current = edition
    problems = edition.warnings
    if (problems.length > 0) {
      const text = texts.contentWarnings(formatProblems(problems, directory))
      log.warn({ event: 'content.warnings', warnings: problems.length }, text)
    }
    part = { status: 'loaded', ready: true }
  }

  const watcher = watchContent({
    directory,
    clock,
    hasDrafts,
    load: read,
    isOutdated,
    onChange(result) {
      if (stopping.signal.aborted) return
      if ('problems' in result) {
        const text = texts.contentBroken(new ContentError(result.problems, directory).message)
        // Moderators of a chat need no path of the server.
        const errors = result.problems.filter(each => isError(each) && !each.isDraft)
        const causes = errors.length > 0 ? errors : result.problems
        const first = formatProblems(causes.slice(0, 1), '.').replace(/^\.: /, '')
        const reason = texts.contentStale(first, causes.length)
        part = { status: 'stale', reason, ready: true }
        problems = result.problems
        log.error({ event: 'content.broken', problems: result.problems.length }, text)
      } else if (
        result.digest !== current?.digest ||
        result.publishedDigest !== current.publishedDigest
      ) {
        use(result)
        log.info({ event: 'content.changed' }, texts.contentChanged)
        onChange()
      } else use(result)
      onRead()
    },
  })

  async function load(): Promise<void> {
    const result = await watcher.load()
    if ('problems' in result) throw new ContentError(result.problems, directory)
    use(result)
  }

  function loaded(): LoadedEdition {
    if (!current) throw new Error('The app has not loaded its content.')
    return current
  }

  return {
    load,
    async watch() {
      await load()
      await current?.registry.ready()
      watcher.start()
    },
    async stop() {
      stopping.abort()
      await watcher.stop()
    },
    registry: () => loaded().registry,
    published: () => current?.published,
    problems: () => problems,
    part: () => part,
  }
}

/**
 * Returns the problems and warnings of an edition, and those that it has only with its drafts. If the whole edition is a
 * draft, all of them are of the draft.
 */
function problemsOf(
  published: LoadResult,
  all: LoadResult,
  leftOut: readonly Problem[],
): Problem[] {
  const [own, others] = [published, all].map(({ problems = [], warnings = [] }) => [
    ...problems,
    ...warnings,
  ]) as [Problem[], Problem[]]
  const isWhole = own.some(({ isDraft }) => isDraft)
  const known = new Set(own.map(keyOf))
  const drafted = others.filter(problem => !known.has(keyOf(problem)))
  return [
    ...own.map(problem => ({
      ...problem,
      ...(isWhole && { isDraft: true as const }),
      ...(problem.isDraft && { isWarning: true as const }),
    })),
    ...drafted.map(problem => ({ ...problem, isDraft: true as const })),
    ...leftOut,
  ].sort(byPlace)
}
