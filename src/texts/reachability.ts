import { chats as countChats, counted, figure } from './plurals.ts'

const WHY = {
  blocked: 'this chat blocked me',
  removed: 'I was removed from it',
  deleted: 'I can’t find this chat any more',
  forbidden: 'I’m not allowed to post',
} as const

const WHY_THEN = {
  blocked: 'this chat had blocked me',
  removed: 'I wasn’t in it',
  deleted: 'I couldn’t find this chat',
  forbidden: 'I wasn’t allowed to post',
} as const

const HOW = {
  blocked: 'Unblock me.',
  removed: 'Add me again.',
  deleted: 'Check that it still exists and that I am in it.',
  forbidden: 'Let me send messages here.',
} as const

type Why = keyof typeof WHY

/** Says why a chat cannot be reached: "this chat blocked me". Pure. */
function because(why: Why, right?: string): string {
  return right === undefined ? WHY[why] : `I lack the permission “${right}”`
}

/** Texts about chats that the bot cannot reach: the cause and the fix. */
export const reachability = {
  nothing: (since: string, why: Why, right?: string) =>
    `Nothing has arrived here since ${since}: ${because(why, right)}.`,
  because,
  how: (why: Why, right?: string) =>
    right === undefined ? HOW[why] : `Give me the permission “${right}”.`,
  tryAt: (next: string) => `I try again on ${next}, or as soon as you write to me here.`,
  tryNext: 'I try again with the next post.',
  noTry: 'I won’t try again automatically.',
  missed: (since: string, until: string, why: Why, right?: string) =>
    `${since === until ? `On ${since}` : `From ${since} until ${until}`} nothing arrived here: ` +
    `${right === undefined ? WHY_THEN[why] : `I lacked the permission “${right}”`}.`,
  over: 'I post here again. I won’t send again what you missed.',

  title: 'Unreachable',
  counts: (suspected: number, left: number) =>
    `${countChats(suspected)} to try again, ${figure(left)} given up`,

  /** This text and the following ones appear in the preflight of an announcement. */
  tried: (chats: number) =>
    `${countChats(chats)} couldn’t be reached lately, so this is the next try`,
  suspected: (chats: number) =>
    `${counted(chats, 'chat that couldn’t be reached lately is', 'chats that couldn’t be reached lately are')} skipped until the next try`,
  left: (chats: number) =>
    `${counted(chats, 'unreachable chat is', 'unreachable chats are')} skipped`,
} as const
