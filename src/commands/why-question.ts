import { words } from '../content/words.ts'

/** Words that deny, or name silence. */
const DENIALS =
  'nothing no not never silent quiet stopped missing dont doesnt didnt havent hasnt isnt arent wasnt'

/** Other words of a question about missing posts. A question with any further word is a search. */
const OTHERS = `why how come comes came does do did has have had is are am was been be being i we you it they this that the
  my our your us me bot sitrep chat channel group server thread topic any anything all to in for from here there now today yet
  anymore more so arrive arrives arrived arriving post posts posted posting send sends sent sending get gets got getting
  receive receives received receiving digest digests reminder reminders announcement announcements update updates message
  messages news don doesn didn haven hasn isn aren wasn t`

const DENYING = new Set(DENIALS.split(' '))
const KNOWN = new Set([...DENYING, ...OTHERS.split(/\s+/)])

/** Whether a line without a slash asks why no posts arrive: "why does nothing arrive here?" Pure. */
export function asksWhyNothing(line: string): boolean {
  const asked = words(line)
  const [first, second] = asked
  const isWhy = first === 'why' || (first === 'how' && second === 'come') || first === 'nothing'
  return isWhy && asked.every(word => KNOWN.has(word)) && asked.some(denies)
}

/** The word "t" is the end of "don’t". */
function denies(word: string): boolean {
  return DENYING.has(word) || word === 't'
}
