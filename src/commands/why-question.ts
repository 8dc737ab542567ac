import { words } from '../content/words.ts'

/** Words that deny, or name silence. */
const DENIALS =
  'nothing no not never silent quiet stopped missing dont doesnt didnt havent hasnt isnt arent wasnt'

/** First words of a statement about missing posts. */
const STATING = new Set(['i', 'we', 'the', 'this', 'bot', 'sitrep'])

/** The posts, and the verbs of their way to a reader. */
const POSTS = new Set(
  `arrive arrives arrived arriving post posts posted posting send sends sent sending get gets got getting receive receives
  received receiving digest digests reminder reminders announcement announcements update updates message messages`.split(
    /\s+/,
  ),
)

/** Other words of a question about missing posts. A question with any further word is a search. */
const OTHERS = `why how come comes came does do did has have had is are am was been be being i we you it they this that the
  my our your us me bot sitrep chat channel group server thread topic any anything all to in for from here there now today yet
  anymore more so news don doesn didn haven hasn isn aren wasn t`

const DENYING = new Set(DENIALS.split(' '))
const KNOWN = new Set([...DENYING, ...POSTS, ...OTHERS.split(/\s+/)])

/** Whether a line without a slash asks why no posts arrive, or says so: "why does nothing arrive here?", "I get no reminders". Pure. */
export function asksWhyNothing(line: string): boolean {
  const asked = words(line)
  const [first, second] = asked
  const isWhy = first === 'why' || (first === 'how' && second === 'come') || first === 'nothing'
  // "I don’t get it" is about the briefing.
  const isStated =
    STATING.has(first ?? '') && asked.some(word => POSTS.has(word)) && !asked.includes('it')
  return (isWhy || isStated) && asked.every(word => KNOWN.has(word)) && asked.some(denies)
}

/** The word "t" is the end of "don’t". */
function denies(word: string): boolean {
  return DENYING.has(word) || word === 't'
}
