import type { Finding } from './problem.ts'

/** A key without a blank behind its colon, or with the colon of another script. */
const COLON = /^[ \t]*(?:- )?[a-zA-Z]+(?:：|:(?=[^ \t\r\n/]))/

/** A value that begins with a quote that is none in YAML. */
const CURLY = /^[ \t]*(?:- )?(?:[a-zA-Z]+:[ \t]+)?\[?([“”„‟«‘’‚])/

/** A text in single quotes with an apostrophe in it. */
const APOSTROPHE = /^[ \t]*(?:- )?[a-zA-Z]+:[ \t]+'[^']*'[^\s',\]}]/

/** The keys of an entry of a list, with the marks and blanks before them. */
const ENTRY = /^( *- +)[a-zA-Z]+:(?:\s|$)/
const KEY = /^( *)([a-zA-Z]+):(?:\s|$)/

/** Finds faults of typing in YAML that is not valid, because the messages of its parser name their effects. Pure. */
export function findTypingFaults(text: string): Finding[] {
  const faults: Finding[] = []
  /** The column of the keys of the current entry, and whether it has an id. */
  let entry: { readonly column: number; hasId: boolean } | undefined
  const isList = /^(?:[ \t]*(?:#.*)?\r?\n)*- /.test(text)
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, start] = ENTRY.exec(line) ?? []
    if (start !== undefined) entry = { column: start.length, hasId: false }
    const fault = faultOf(line) ?? (isList ? faultOfEntry(line, entry) : faultOfKey(line))
    if (fault) faults.push({ line: index + 1, ...fault })
    if (entry && /^[- ]*id:/.test(line)) entry.hasId = true
  }
  return faults
}

type Fault = Omit<Finding, 'line'>

function faultOf(line: string): Fault | undefined {
  if (/^ *\t/.test(line)) {
    return { message: 'This line starts with a tab.', fix: 'Use spaces instead of the tab.' }
  }
  if (COLON.test(line)) {
    const message = 'The colon behind the key has no blank behind it.'
    return { message, fix: 'Write `: ` behind the key.' }
  }
  const [, quote] = CURLY.exec(line) ?? []
  if (quote !== undefined) {
    const message = `YAML takes \`${quote}\` for text and not for a quote.`
    return { message, fix: 'Write straight quotes: `"…"`.' }
  }
  if (!APOSTROPHE.test(line)) return undefined
  const message = 'The text ends at its apostrophe, because single quotes are around it.'
  return { message, fix: 'Write double quotes around the text: `"…"`.' }
}

/** Returns the fault of a key of a list's entry, which has to begin below the first key of the entry. */
function faultOfEntry(
  line: string,
  entry: { readonly column: number; readonly hasId: boolean } | undefined,
): Fault | undefined {
  const [, blanks, key] = KEY.exec(line) ?? []
  if (blanks === undefined || !entry) return undefined
  if (key === 'id' && entry.hasId) {
    const message = 'A new entry begins here without its mark.'
    return { message, fix: 'Write `- ` before its first key.' }
  }
  if (blanks.length === entry.column) return undefined
  const message = 'This key does not begin below the first key of its entry.'
  return { message, fix: `Start the line with ${entry.column} spaces.` }
}

/** Returns the fault of a line that has no key and continues none. */
function faultOfKey(line: string): Fault | undefined {
  if (!/^[^\s#'"[\]{}&*!|>%@`:-][^:]*$/.test(line)) return undefined
  const message = 'This line has no key with a colon, and no spaces before it.'
  const fix = 'Write `: ` after its key, or two spaces before it if it continues the line above.'
  return { message, fix }
}
