import type { Update } from 'telegraf/types'
import { systemClock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { isUpdate } from './updates.ts'

/** Keeps the updates that Telegram will not bring again. Rejects if the store fails. */
export interface Inbox {
  /** Replaces everything that was written before. */
  write(updates: string): Promise<void>
  read(): Promise<string | undefined>
}

/** Most updates that are passed over at once. */
const MOST_PASSED = 1000

/** Longest wait for the inbox, in milliseconds. A question that waits behind it must be answered within a second. */
const WRITE_MS = 200

/** Pause before done updates are taken out of the inbox, in milliseconds: one write for all of them. */
const TIDY_MS = 200

/** Names of people and chats. No part of the bot reads them, so the inbox does not keep them. */
const NAMES = ['first_name', 'last_name', 'username', 'title', 'author_signature', 'contact']

/** In real time: a clock that does not wait would make a busy loop of them. */
const { pause } = systemClock

export interface TakenOptions {
  /** Resolves when what an update asks for is done: to false if it has to come again. Never rejects. */
  readonly onUpdate: (update: Update) => Promise<boolean>
  readonly inbox: Inbox
  readonly log: Log
}

export type Taken = ReturnType<typeof createTaken>

/**
 * Updates that were handed over. `open` are those that are not done: the offset stays at the lowest of them.
 * Telegram shows 100 updates from there on and no newer one, so the open ones can be passed over into the inbox.
 */
export function createTaken({ onUpdate, inbox, log }: TakenOptions) {
  const open = new Map<number, Update>()
  const passed = new Map<number, Update>()
  let next = 0
  let done = Promise.withResolvers<void>()
  let written = Promise.resolve(true)
  let isDirty = false
  let isTidying = false
  let isClosed = false
  let isAway = false
  let isTold = false

  async function hand(update: Update, among: Map<number, Update>): Promise<void> {
    among.set(update.update_id, update)
    if (!(await onUpdate(update))) return
    open.delete(update.update_id)
    if (passed.delete(update.update_id)) {
      isDirty = true
      void tidy()
    }
    if (open.size === 0) done.resolve()
  }

  /** One write after another, so that the last one stays. False if it failed: the store logs that. */
  function write(): Promise<boolean> {
    written = written
      .then(() => inbox.write(JSON.stringify([...passed.values()], withoutNames)))
      .then(
        () => {
          isAway = false
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
      await pause(TIDY_MS)
      isDirty = false
      if (!(await write())) isDirty = true
    }
    isTidying = false
  }

  return {
    areDone: () => open.size === 0,
    count: () => open.size,
    /** The lowest that is not done; else behind all. */
    offset: () => Math.min(next, ...open.keys()),
    /** Hands over each that is new; whether there was one. */
    take(updates: readonly Update[]): boolean {
      const fresh = updates.filter(({ update_id }) => update_id >= next)
      if (open.size === 0) done = Promise.withResolvers()
      for (const update of fresh) {
        next = Math.max(next, update.update_id + 1)
        void hand(update, open)
      }
      return fresh.length > 0
    },
    /** Hands over what an earlier process has passed over and not done. Rejects if the store fails. */
    async resume(): Promise<void> {
      for (const update of readUpdates(await inbox.read())) void hand(update, passed)
    },
    /** Writes down what is not done, and lets the offset pass it. */
    async pass(): Promise<void> {
      if (passed.size + open.size > MOST_PASSED) return
      const ids = [...open.keys()]
      for (const [id, update] of open) passed.set(id, update)
      // A store that was late is not waited for again before it has written something.
      const late = pause(isAway ? 0 : WRITE_MS).then(() => false)
      const isKept = await Promise.race([write(), late])
      isAway = !isKept
      if (!isKept && !isTold) {
        const fields = { event: 'updates.unkept', platform: 'telegram', count: ids.length }
        log.warn(
          fields,
          'Requests that are not done cannot be written down; a crash would lose them.',
        )
      }
      isTold = !isKept
      for (const id of ids) open.delete(id)
    },
    /** Resolves when all are done, or after `ms` milliseconds. */
    async done(ms: number): Promise<void> {
      if (open.size === 0) return
      const patience = new AbortController()
      const { signal } = patience
      await Promise.race([done.promise, pause(ms, signal)])
      patience.abort()
    },
    /** Leaves in the inbox only what is not done. */
    async close(): Promise<void> {
      isClosed = true
      if (isTidying) await Promise.race([write(), pause(WRITE_MS)])
    },
  }
}

function withoutNames(key: string, value: unknown): unknown {
  return NAMES.includes(key) ? undefined : value
}

function readUpdates(text = '[]'): Update[] {
  try {
    const kept: unknown = JSON.parse(text)
    return Array.isArray(kept) ? kept.filter(isUpdate) : []
  } catch {
    // Only a damaged database holds this.
    return []
  }
}
