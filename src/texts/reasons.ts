import { plural } from './plurals.ts'

/** The words for one chat, and the words for several. */
type Words = readonly [one: string, many: string]

/** Advice that only a moderator can follow; {@link reason} removes it for others. */
const CORRECT = 'correct it, or '

/** Reasons why a post was not sent or changed, by the column `deliveries.error`. The number of chats precedes them. */
const WORDS: Readonly<Record<string, Words>> = {
  blocked: ['blocked the bot', 'blocked the bot'],
  removed: ['removed the bot', 'removed the bot'],
  deleted: ['can’t be found', 'can’t be found'],
  forbidden: ['doesn’t let the bot post', 'don’t let the bot post'],
  unwanted: ['unsubscribed', 'unsubscribed'],
  expired: ['expired', 'expired'],
  cancelled: ['not reached before it was stopped', 'not reached before it was stopped'],
  retracted: ['never received it', 'never received it'],
  empty: ['had nothing to show', 'had nothing to show'],
  restored: [
    'may have got it before a backup was restored',
    'may have got it before a backup was restored',
  ],
  lost: ['deleted it, or it’s too old to edit', 'deleted it, or it’s too old to edit'],
  archived: [
    'is an archived thread that the bot can’t reopen, so it stays as it was',
    'are archived threads that the bot can’t reopen, so it stays as it was there',
  ],
  unpublished: [
    'got it, but it couldn’t be published to followers',
    'got it, but it couldn’t be published to followers',
  ],
  content: [
    `rejected its content (${CORRECT}report it to the operator)`,
    `rejected its content (${CORRECT}report it to the operator)`,
  ],
  length: ['rejected it as too long or empty', 'rejected it as too long or empty'],
  picture: ['rejected its image', 'rejected its image'],
  place: ['rejected it for a reason of its own', 'rejected it for reasons of their own'],
  fault: [
    'failed inside Sitrep (report it to the operator)',
    'failed inside Sitrep (report it to the operator)',
  ],
  unanswered: ['gave no clear answer', 'gave no clear answer'],
}

const UNKNOWN: Words = [
  'rejected it without a reason that the bot knows',
  'rejected it without a reason that the bot knows',
]

/**
 * Keys of {@link WORDS} by the platforms' codes, which older versions stored, and by the codes of calls without an
 * answer.
 */
const CODES: readonly (readonly [RegExp, string])[] = [
  [/\b50083$/, 'archived'],
  [/\b(50001|50007|50008|50013|50278|40094|160002|160005)$/, 'forbidden'],
  [/\b(10003|10004)$/, 'deleted'],
  [/\b(50035|50006|50109|240000|40005)$/, 'content'],
  [/\b(50045|50046)$/, 'picture'],
  [/^403/, 'forbidden'],
  [/^(5\d\d|strange|timeout|E[A-Z]+|UND_ERR\w*|\w*Error|aborted|over)\b/, 'unanswered'],
]

/**
 * Returns the missing right that an error of the ledger names; undefined if it names none. Pure.
 */
export function rightIn(error: string): string | undefined {
  return /^right: (.{1,100})$/.exec(error)?.[1]
}

/**
 * Explains why a post was not sent to `count` chats. `error` is the code in the ledger. `mayCorrect` adds advice that
 * only a moderator can follow. Pure.
 */
export function reason(error: string, count: number, mayCorrect: boolean): string {
  const right = rightIn(error)
  const code = CODES.find(([pattern]) => pattern.test(error))?.[1] ?? ''
  const [one, many] = right === undefined ? (own(error) ?? own(code) ?? UNKNOWN) : lacking(right)
  const said = plural(count, one, many)
  return mayCorrect ? said : said.replace(CORRECT, '')
}

/**
 * Looks up an own property, because a code in the ledger may equal an inherited name such as
 * `constructor`.
 */
function own(key: string): Words | undefined {
  return Object.hasOwn(WORDS, key) ? WORDS[key] : undefined
}

function lacking(right: string): Words {
  return [
    `doesn’t give the bot the permission “${right}”`,
    `don’t give the bot the permission “${right}”`,
  ]
}

/** Reasons that a report names without an explanation, by the column `deliveries.error`. */
const PLAIN = [
  'blocked',
  'removed',
  'unwanted',
  'expired',
  'cancelled',
  'retracted',
  'empty',
  'lost',
]

/** Returns the words of a reason that needs no explanation, after the number of chats; undefined for others. Pure. */
export function outcome(error: string, count: number): string | undefined {
  return PLAIN.includes(error) ? reason(error, count, true) : undefined
}

/** Reasons why a broadcast is paused, by its note. */
const NOTES: Readonly<Record<string, string>> = {
  gone: 'Paused because over half of the chats were unreachable, which suggests an outage. No chat was marked unreachable.',
  rejected:
    'Paused because chats of different kinds reject its content. Correct it, then resume it.',
  refused:
    'Paused because no chat accepted it, and several reject its content. Correct it, then resume it.',
  fault:
    'Paused because it fails inside Sitrep. Report the errors in the log, then resume or stop it.',
  restored:
    'Paused because a backup was restored, and it may have been changed or undone since. Resume or stop it.',
  unreadable: 'Paused because it’s damaged in the database.',
}

/** Explains the note of a paused broadcast. An unknown note is returned as it is. Pure. */
export function pausedBecause(note: string): string {
  return Object.hasOwn(NOTES, note) ? (NOTES[note] ?? note) : note
}
