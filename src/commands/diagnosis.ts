import { texts } from '../texts.ts'
import { accessLines, processLines, waitLines } from './bot-lines.ts'
import { type ChatFacts, type DiagnosisLine, EFFECTS } from './chat-facts.ts'
import { nextLines, subscriptionLines } from './chat-lines.ts'
import { kindsOf } from './post-kinds.ts'

const words = texts.diagnosis

/** Why nothing arrives in a chat, or what arrives next. */
export interface Diagnosis {
  readonly verdict: string
  /** A line for each check, the worst first. */
  readonly lines: readonly DiagnosisLine[]
}

/** Explains why nothing arrives in a chat, or says what arrives next. Pure. */
export function diagnose(facts: ChatFacts): Diagnosis {
  const arrives = (but?: string) => words.arrives(kindsOf(facts), but)
  const found = [
    ...accessLines(facts, arrives),
    ...subscriptionLines(facts, arrives),
    ...processLines(facts, arrives),
    ...waitLines(facts),
  ]
  const isStopped = found.some(({ fault }) => fault?.effect === 'stopped')
  // No time of a next post if none would arrive.
  const all = [...found, ...(isStopped ? [] : nextLines(facts))]
  const lines = all.toSorted((one, other) => rankOf(one) - rankOf(other) || byEnd(one, other))
  const worst = lines[0]?.fault
  return { verdict: worst ? words.bad(worst.verdict) : words.good(arrives()), lines }
}

function rankOf({ fault }: DiagnosisLine): number {
  return fault ? EFFECTS.indexOf(fault.effect) : EFFECTS.length
}

/** Of two waits, the one that ends last decides. */
function byEnd({ fault: one }: DiagnosisLine, { fault: other }: DiagnosisLine): number {
  const [first, second] = [one, other].map(fault =>
    fault?.effect === 'waiting' && !fault.until
      ? Number.MAX_SAFE_INTEGER
      : (fault?.until?.epochMilliseconds ?? 0),
  )
  return (second ?? 0) - (first ?? 0)
}
