import { open, stat } from 'node:fs/promises'
import { FeedError } from './error.ts'
import type { FetchedCalendar, Validators } from './fetch-calendar.ts'
import { CALENDAR_BYTES, decodeCalendar, readBytes } from './read-body.ts'

/** Reads the file of a calendar, unless it is still as `known` says. Throws {@link FeedError}. */
export async function readCalendarFile(path: string, known: Validators): Promise<FetchedCalendar> {
  try {
    const etag = await stampOf(path)
    if (etag === known.etag) return { etag }
    await using file = await open(path)
    const bytes = await readBytes(file.createReadStream({ autoClose: false }))
    const text = decodeCalendar(bytes)
    // A file that was written during the read is read again at the next check.
    return { text, ...(etag === (await stampOf(path)) && { etag }) }
  } catch (error) {
    if (error instanceof FeedError) throw error
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new FeedError(isMissing ? 'missing' : 'unreadable', { cause: error })
  }
}

async function stampOf(path: string): Promise<string> {
  const facts = await stat(path)
  // A read of a pipe would wait for ever.
  if (!facts.isFile()) throw new FeedError('unreadable')
  if (facts.size > CALENDAR_BYTES) throw new FeedError('too-large')
  return `${facts.mtimeMs} ${facts.size} ${facts.ino}`
}
