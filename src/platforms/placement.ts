import type { Reply } from '../bot.ts'

/**
 * Returns whether an answer of so many parts may take the place of the message whose button was pressed. Several parts
 * cannot replace one message. A file and the image of an announcement are messages of their own. Pure.
 */
export function mayReplace(
  { message: { picture, file }, understood, isBelow }: Reply,
  parts: number,
): boolean {
  return understood && !isBelow && parts === 1 && !picture && !file
}

/** Returns whether Telegram shows the answer to a press in passing, over the chat. Pure. */
export function isPassing({ rush, refused, isNote }: Reply): boolean {
  return rush !== undefined || refused === true || isNote === true
}
