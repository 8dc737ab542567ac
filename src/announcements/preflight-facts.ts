import { estimate } from '../texts/plurals.ts'
import { texts } from '../texts.ts'
import type { Preflight } from './preflight.ts'

const words = texts.announce

/** Returns the counts of a preflight in words: a line for each platform, and one for each group of other chats. Pure. */
export function preflightFacts(preflight: Preflight): string[] {
  const { platforms, waiting, tried, suspected, left, paused } = preflight
  const facts = [
    ...platforms.map(({ platform, chats, messages, seconds }) => {
      const takes = chats > 0 && seconds !== undefined ? estimate(seconds) : undefined
      return words.chats(platform, chats, messages, takes)
    }),
    waiting > 0 ? words.waiting(waiting) : '',
    tried > 0 ? texts.reachability.tried(tried) : '',
    suspected > 0 ? texts.reachability.suspected(suspected) : '',
    left > 0 ? texts.reachability.left(left) : '',
    paused > 0 ? words.paused(paused) : '',
  ]
  return facts.filter(fact => fact !== '')
}

/** Returns the warnings that a preflight gives cause for. Pure. */
export function preflightWarnings({ platforms, chats }: Preflight): string[] {
  const long = platforms.filter(each => each.messages > 1 && each.chats > 0)
  return [
    ...(chats === 0 ? [words.noOne] : []),
    ...long.map(({ platform, messages }) => words.long(platform, messages)),
  ]
}
