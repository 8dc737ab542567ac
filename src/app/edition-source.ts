import { yieldToEventLoop } from '../async/yield.ts'
import { type Clock, today } from '../clock.ts'
import { reservedNames } from '../commands/builtin.ts'
import type { Registry } from '../commands/command.ts'
import { createRegistry } from '../commands/registry.ts'
import type { CalendarEvent, Edition } from '../content/edition.ts'
import { type Feed, withFeeds } from '../content/feed-events.ts'
import { isDraft } from '../content/files.ts'
import { contentPaths, type LoadOptions, type LoadResult, loadEdition } from '../content/load.ts'
import { loadDrafts } from '../content/load-drafts.ts'
import { occurrenceAt } from '../content/occurrences.ts'
import type { FileStates } from '../content/picture-files.ts'
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
  /** See `WorkerInput`. */
  readonly hasFeeds?: boolean
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
  /** Adds the events of these calendars to the content, in place of those of the last call. Reads no file again. */
  useFeeds(feeds: readonly Feed[]): Promise<void>
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
interface LoadedContent {
  readonly edition: Edition
  readonly digest: string
  readonly warnings: readonly Problem[]
  /** Undefined if no edition without drafts has been valid yet. */
  readonly published: Edition | undefined
  readonly publishedDigest: string | undefined
}

/** A valid edition in use, with the events of calendars. */
interface LoadedEdition extends Pick<LoadedContent, 'published'> {
  readonly content: LoadedContent
  readonly feeds: readonly Feed[]
  readonly registry: Registry
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
  hasFeeds = false,
  onChange,
  onRead = () => {},
}: EditionSourceOptions): EditionSource {
  let current: LoadedEdition | undefined
  let feeds: readonly Feed[] = []
  let problems: readonly Problem[] = []
  let part: ComponentHealth = { status: 'loading', ready: false }
  const stopping = new AbortController()
  let readOn: Temporal.PlainDate | undefined
  let pictureStates: FileStates = {}

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
    const common = { signal, today: day, timeZone, hasFeeds }
    pictureStates = {}
    const load = async (options: LoadOptions) => {
      const result = await loadEdition(directory, reservedNames, undefined, {
        ...common,
        ...options,
      })
      // The earliest states: if an image has changed since, the watch reads it again.
      pictureStates = { ...result.pictureStates, ...pictureStates }
      return result
    }
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
      published: published.edition ?? current?.content.published,
      publishedDigest: published.digest ?? current?.content.publishedDigest,
    }
    const { edition, digest } = loaded
    return build({ edition, digest, ...rest }, feeds)
  }

  /** Adds the events of calendars to the content. Indexes the registry of a changed edition before it is used. */
  async function build(content: LoadedContent, used: readonly Feed[]): Promise<LoadedEdition> {
    const isSame = current?.content.digest === content.digest && current.feeds === used
    const published =
      content.published &&
      (content.published === current?.content.published && isSame
        ? current.published
        : withFeeds(content.published, used, timeZone))
    if (current && isSame) return { ...current, content, published }
    const isWhole = content.published === content.edition
    const edition = isWhole && published ? published : withFeeds(content.edition, used, timeZone)
    await findOccurrences(edition.events)
    const registry = createRegistry(edition, publicUrl)
    if (current) await registry.ready()
    return { content, feeds: used, registry, published }
  }

  /** Finds the next occurrences of calendars in steps: the first search of a long repetition takes some milliseconds. */
  async function findOccurrences(events: readonly CalendarEvent[]): Promise<void> {
    const now = clock.now().toZonedDateTimeISO(timeZone)
    for (const event of events) {
      if (event.feed === undefined || event.repeat === undefined) continue
      occurrenceAt(event, now)
      await yieldToEventLoop()
    }
  }

  function use(edition: LoadedEdition): void {
    current = edition
    problems = edition.content.warnings
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
    pictureStates: () => pictureStates,
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
        result.content.digest !== current?.content.digest ||
        result.content.publishedDigest !== current.content.publishedDigest
      ) {
        use(result)
        log.info({ event: 'content.changed' }, texts.contentChanged)
        onChange()
      } else use(result)
      // Calendars have changed since the edit was read.
      if ('feeds' in result && result.feeds !== feeds) void useFeeds(feeds)
      onRead()
    },
  })

  async function load(): Promise<void> {
    const result = await watcher.load()
    if ('problems' in result) throw new ContentError(result.problems, directory)
    use(result)
  }

  async function useFeeds(next: readonly Feed[]): Promise<void> {
    feeds = next
    if (!current || stopping.signal.aborted) return
    const { content } = current
    const built = await build(content, feeds)
    // An edit that was read in the meantime may be older than the calendars, or the other way round.
    if (feeds !== next) return
    if (current.content !== content) return useFeeds(next)
    current = built
    onChange()
  }

  function loaded(): LoadedEdition {
    if (!current) throw new Error('The app has not loaded its content.')
    return current
  }

  return {
    load,
    async watch() {
      await load()
      // Not awaited, so that the first answers need not wait: an early search completes the index itself.
      void current?.registry.ready()
      watcher.start()
    },
    async stop() {
      stopping.abort()
      await watcher.stop()
    },
    registry: () => loaded().registry,
    published: () => current?.published,
    useFeeds,
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
