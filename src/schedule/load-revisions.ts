import type { Editions } from '../store/schedule/editions.ts'
import { type Revisions, readFirstSeen, revisionsOf } from './first-seen.ts'

/** The revisions of events. `key` is the same if they are. */
export interface LoadedRevisions {
  readonly key: string
  readonly revisionOf: Revisions
  /** Whether an edition was published before. */
  readonly isPublished: boolean
}

/** Reads the revisions of the events in use. Throws {@link StoreError}. */
export async function loadRevisions(
  editions: Pick<Editions, 'published' | 'pending'>,
): Promise<LoadedRevisions> {
  const [published, pending] = [await editions.published(), await editions.pending()]
  const known = published?.known ?? '{}'
  return {
    key: `${known} ${pending?.at ?? ''}`,
    revisionOf: revisionsOf(readFirstSeen(known), pending?.at),
    isPublished: published !== undefined,
  }
}
