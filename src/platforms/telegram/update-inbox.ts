import type { Update } from 'telegraf/types'
import { atMost } from '../../async/at-most.ts'
import { systemClock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { isUpdate } from './updates.ts'

/** The store for updates that Telegram will not redeliver. Each method rejects if the store fails. */
export interface Inbox {
  /** Replaces the whole content. */
  write(updates: string): Promise<void>
  read(): Promise<string | undefined>
}

/** Most pending updates in the inbox. */
const MOST_PASSED = 1000

/** Longest wait for the inbox, in milliseconds: the requests that wait behind it must be answered within a second. */
const WRITE_MS = 200

/** Pause before done updates are removed from the inbox, in milliseconds, so that one write removes several. */
const TIDY_MS = 200

/** Fields with names of people and chats. No part of the bot reads them, so the inbox does not store them. */
const NAMES = ['first_name', 'last_name', 'username', 'title', 'author_signature', 'contact']

/** The real clock: with a test clock that does not wait, the pauses would become a busy loop. */
const clock = systemClock

export interface PendingOptions {
  /** Handles an update. Resolves when its request is done; to false if it has to be redelivered. Never rejects. */
  readonly onUpdate: (update: Update) => Promise<boolean>
  readonly inbox: Inbox
  readonly log: Log
}

export type PendingUpdates = ReturnType<typeof createPendingUpdates>

/**
 * Creates the list of pending updates. The offset stays at the lowest update in `open`, so that a crash loses none.
 * Telegram returns only 100 updates from the offset on, so open updates can move to `passed`. Those are in the inbox,
 * and the offset passes them.
 */
export function createPendingUpdates({ onUpdate, inbox, log }: PendingOptions) {
  const open = new Map<number, Update>()
  const passed = new Map<number, Update>()
  let next = 0
  let done = Promise.withResolvers<void>()
  let written = Promise.resolve(true)
  let isDirty = false
  let isTidying = false
  let isClosed = false
  let isLate = false
  let isLogged = false

  async function handle(update: Update, list: Map<number, Update>): Promise<void> {
    list.set(update.update_id, update)
    if (!(await onUpdate(update))) return
    open.delete(update.update_id)
    if (passed.delete(update.update_id)) {
      isDirty = true
      void tidy()
    }
    if (open.size === 0) done.resolve()
  }

  /** Writes the inbox after earlier writes, so that the last one counts. Resolves to false if the store failed. */
  function write(): Promise<boolean> {
    written = written
      .then(() => inbox.write(JSON.stringify([...passed.values()], withoutNames)))
      .then(
        () => {
          isLate = false
          return true
        },
        () => false,
      )
    return written
  }

  async function tidy(): Promise<void> {
    if (isTidying) return
    isTidying = true
    while (isDirty && !isClosed) {
      await clock.pause(TIDY_MS)
      isDirty = false
      if (!(await write())) isDirty = true
    }
    isTidying = false
  }

  return {
    areDone: () => open.size === 0,
    count: () => open.size,
    /** Returns the lowest id of an open update, or else the id after the last update. */
    offset: () => Math.min(next, ...open.keys()),
    /** Handles each new update. Returns whether there was one. */
    take(updates: readonly Update[]): boolean {
      const fresh = updates.filter(({ update_id }) => update_id >= next)
      if (open.size === 0) done = Promise.withResolvers()
      for (const update of fresh) {
        next = Math.max(next, update.update_id + 1)
        void handle(update, open)
      }
      return fresh.length > 0
    },
    /** Handles the updates that an earlier process left in the inbox. Rejects if the store fails. */
    async resume(): Promise<void> {
      for (const update of readUpdates(await inbox.read())) void handle(update, passed)
    },
    /** Moves the open updates into the inbox, so that the offset passes them, even if the write fails or is late. */
    async pass(): Promise<void> {
      if (passed.size + open.size > MOST_PASSED) return
      const ids = [...open.keys()]
      for (const [id, update] of open) passed.set(id, update)
      // After a late write, the following writes are not awaited until the store has written again.
      const isStored = await atMost(isLate ? 0 : WRITE_MS, write(), clock)
      isLate = !isStored
      if (!isStored && !isLogged) {
        const fields = { event: 'updates.unkept', platform: 'telegram', count: ids.length }
        log.warn(fields, 'Couldn’t save unfinished requests. A crash would lose them.')
      }
      isLogged = !isStored
      for (const id of ids) open.delete(id)
    },
    /** Resolves when all open updates are done, or after `ms` milliseconds. */
    async done(ms: number): Promise<void> {
      if (open.size > 0) await atMost(ms, done.promise, clock)
    },
    /** Removes done updates from the inbox a last time. */
    async close(): Promise<void> {
      isClosed = true
      if (isTidying) await atMost(WRITE_MS, write(), clock)
    },
  }
}

function withoutNames(key: string, value: unknown): unknown {
  return NAMES.includes(key) ? undefined : value
}

function readUpdates(text = '[]'): Update[] {
  try {
    const stored: unknown = JSON.parse(text)
    return Array.isArray(stored) ? stored.filter(isUpdate) : []
  } catch {
    // Only a damaged database contains such a text.
    return []
  }
}
