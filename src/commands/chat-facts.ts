import type { Edition } from '../content/edition.ts'
import type { Subscription } from '../store/chats/chat.ts'

/** Everything on which it depends whether posts arrive in a chat. */
export interface ChatFacts {
  readonly subscription: Subscription
  readonly edition: Edition
  readonly now: Temporal.Instant
  /** Whether the platform lets the bot post there. */
  readonly mayPost: boolean
  /** The rights that the bot lacks there, by the platform's names; empty if the platform names none. */
  readonly lacking: readonly string[]
  /**
   * Why this process posts nothing: it is the local chat on the database of a bot (`silent`), or a part that posts need
   * is not ready (`fault`).
   */
  readonly process?: 'silent' | 'fault' | undefined
  /** The platform's name for users. */
  readonly platform: string
  /** The ends of the waits that the platform has asked for: for all chats, and for this one. */
  readonly waits: {
    readonly platform?: Temporal.Instant | undefined
    readonly chat?: Temporal.Instant | undefined
  }
  /** The newest post: its topic and its outcome in words, and the result. */
  readonly lastPost?:
    | { readonly topic: string; readonly outcome: string; readonly result: PostResult }
    | undefined
  readonly nextReminder?: { readonly at: Temporal.Instant; readonly name: string } | undefined
  /** Absent unless the user is a moderator who alone reads the answer. */
  readonly moderation?: Moderation | undefined
  /** Returns the line of a command for this chat. Pure. */
  lineOf(command: string): string
}

/** `held`: a moderator or the bot has paused it. */
export type PostResult = 'arrived' | 'failed' | 'unsure' | 'held'

/** Details that only moderators see. */
interface Moderation {
  /** The parts of the process that need attention, in words. */
  readonly parts: readonly { readonly name: string; readonly reason: string }[]
  /** The numbers of the paused announcements. */
  readonly paused: readonly number[]
}

/**
 * The effects of faults, the worst first. `stopped`: nothing arrives before a person acts or the bot tries again.
 * `waiting`: nothing arrives until a time, which may be unknown. `delayed`: only urgent posts arrive until a time.
 * `partial`: a part of the posts is missing.
 */
export const EFFECTS = ['stopped', 'waiting', 'delayed', 'partial'] as const

/** One line of the diagnosis. */
export interface DiagnosisLine {
  readonly label: string
  readonly text: string
  /** Absent if the check found no fault. */
  readonly fault?: Fault
}

interface Fault {
  readonly effect: (typeof EFFECTS)[number]
  /** The first sentence of the answer if this is the worst fault. */
  readonly verdict: string
  /** The known end of a `waiting` fault. */
  readonly until?: Temporal.Instant | undefined
}
