import type { Line } from '../bot.ts'
import {
  codePoint,
  findForbidden,
  withoutHidden,
  withoutIdleDirections,
} from '../content/characters.ts'
import { keywords } from '../content/stop-words.ts'
import { words } from '../content/words.ts'
import { chosen, named } from './choices.ts'
import { type Command, changes, type Registry, type Values } from './command.ts'

/** Longest line that is parsed, in UTF-16 units: the limit of a Telegram message. */
const REQUEST_LENGTH = 4096

/** Most words of a line that may name a command. No title is longer, so a longer line is a search. */
const PHRASE_WORDS = 12

const GREETING =
  /^(hi|hiya|hello|helo|hallo|hey|greetings|zdravo|здраво|привет|good (morning|day|afternoon|evening))( (there|all|everyone|bot|sitrep))?[\s.!👋]*$/iu
const ABOUT_THE_BOT =
  /^((who|what) (are|r) (you|u)|what(?: is|[’']?s) this( bot)?|what (does this( bot)?|can you|do you) do)( here)?[\s?!.]*$/iu
const THANKS =
  /^(thanks|thank you|thx|thnks|tnx|cheers|ty|hvala|хвала|спасибо)( (you|so much|very much|a lot|all|bot|sitrep))*[\s.!🙏👍]*$/iu

/** The meaning of a typed line, or of a pressed button's line. */
export type ParsedLine =
  | {
      readonly kind: 'call'
      readonly command: Command
      readonly values: Values
      /** The line has neither a slash nor the name of its command: it is a search. */
      readonly isPlain?: true
    }
  /** A known command with words that it does not take, or without the words that it needs. */
  | { readonly kind: 'misused'; readonly command: Command; readonly given: string }
  | { readonly kind: 'unknown'; readonly name: string }
  /** Words without a slash, in an edition without a search. */
  | { readonly kind: 'unclear'; readonly words: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'thanks' }
  | {
      readonly kind: 'long'
      readonly command: Command | undefined
      readonly length: number
      readonly most: number
    }
  | { readonly kind: 'unreadable'; readonly command: Command | undefined; readonly code: string }

/**
 * Parses a line. A line with a slash is a command. A line without a slash is a command if its words name one, and a
 * search otherwise. Pure; never throws.
 */
export function parseLine(registry: Registry, given: string): ParsedLine {
  // Keyboards and copied texts add invisible characters.
  const line = withoutIdleDirections(withoutHidden(given))
  const text = line.trim()
  const [first = '', ...rest] = text.replace(/^\/\s*/, '').split(/\s+/)
  // Users type punctuation after a command's name: "Stop.", "Pause: 1 week".
  const command = registry.find(first.toLowerCase().replace(/[.!:]+$/, ''))
  if (line.length > REQUEST_LENGTH) {
    return { kind: 'long', command, length: line.length, most: REQUEST_LENGTH }
  }
  const forbidden = findForbidden(line)
  if (forbidden) return { kind: 'unreadable', command, code: forbidden.code }
  // Decoding replaces broken bytes with U+FFFD.
  if (line.includes('\uFFFD')) return { kind: 'unreadable', command, code: codePoint('\uFFFD') }
  if (first === '') return { kind: 'empty' }
  const values = command && bind(registry, command, rest)
  const isTyped = text.startsWith('/')
  // Without a slash, "pause the game" may be a search, so a command that uses stored data has to understand all words
  // after its name.
  const isAlone = rest.length === 0
  const isMeant =
    isTyped || !command?.usesStore || isAlone || (values && command.understands?.(values))
  if (command && values && isMeant) return call(command, values)
  if (isTyped) {
    return command
      ? { kind: 'misused', command, given: rest.join(' ') }
      : { kind: 'unknown', name: first }
  }
  const owner = registry.commands.find(({ owns }) => owns?.(text))
  const owned = owner && bind(registry, owner, text.split(/\s+/))
  if (owner && owned) return call(owner, owned)
  // A section may have the name of a search that is left out.
  const search = registry.commands.find(({ parameters }) => parameters.some(({ finds }) => finds))
  if (command && command === search) return { kind: 'misused', command, given: '' }
  const meant = readWords(registry, words(text)) ?? readWords(registry, keywords(text))
  const isSafe = meant?.kind !== 'call' || !meant.command.usesStore || meant.command.onlyReads
  if (meant && isSafe) return meant
  if (command && isAmbiguous(registry, command, rest.join(' '))) {
    return { kind: 'misused', command, given: rest.join(' ') }
  }
  if (THANKS.test(text)) return { kind: 'thanks' }
  const asksForStart = GREETING.test(text) || ABOUT_THE_BOT.test(text)
  const start = asksForStart && registry.find('start')
  if (start) return call(start, {})
  return search ? call(search, { words: text }, true) : { kind: 'unclear', words: text }
}

/** Returns the facts that a platform needs before it asks for the answer. Pure. */
export function factsOf(parsed: ParsedLine): Omit<Line, 'text' | 'answer'> {
  const command = 'command' in parsed ? parsed.command : undefined
  return {
    isKnown: parsed.kind === 'call' || parsed.kind === 'misused',
    isChange: parsed.kind === 'call' && changes(parsed.command),
    content: contentOf(parsed),
    isPrivate: command?.private ?? false,
    asksForm: command?.asksForm ?? false,
  }
}

function contentOf(parsed: ParsedLine): Line['content'] {
  if (parsed.kind !== 'call' && parsed.kind !== 'misused') return 'echo'
  const { command } = parsed
  const values = parsed.kind === 'call' ? parsed.values : undefined
  const isFree = command.parameters.some(
    ({ name, choices }) => !choices && (!values || values[name] !== undefined),
  )
  if (isFree) return 'echo'
  return command.usesStore ? 'stored' : 'briefing'
}

/** Returns the command that exactly these words name, alone or with one of its values among them. */
function readWords(registry: Registry, names: readonly string[]): ParsedLine | undefined {
  if (names.length > PHRASE_WORDS) return undefined
  const command = registry.findByWords(names.join(' '))
  if (command) return { kind: 'call', command, values: {} }
  for (const [index, word] of names.entries()) {
    const candidate = registry.findByWords(names.toSpliced(index, 1).join(' '))
    const values = candidate && bind(registry, candidate, [word])
    if (candidate && values) return { kind: 'call', command: candidate, values }
    if (candidate && isAmbiguous(registry, candidate, word)) {
      return { kind: 'misused', command: candidate, given: word }
    }
  }
  return undefined
}

/** Whether several values of a command have these words, so that the user has to choose. */
function isAmbiguous(
  { edition }: Registry,
  { parameters, usesStore }: Command,
  given: string,
): boolean {
  return !usesStore && named(parameters[0]?.choices?.(edition) ?? [], given).length > 1
}

/** Assigns the words after a command to its parameters. Returns undefined if the words do not fit. */
function bind(
  { edition }: Registry,
  { parameters, usesStore }: Command,
  given: readonly string[],
): Values | undefined {
  const values: Record<string, string> = {}
  const left = [...given]
  for (const [index, { name, required, choices, takes }] of parameters.entries()) {
    // The last parameter takes all remaining words, because the title of a choice may have several.
    const isLast = index === parameters.length - 1
    const typed = left.splice(0, choices && !isLast ? 1 : left.length).join(' ')
    if (!typed) {
      if (required) return undefined
      continue
    }
    const choice = choices && chosen(choices(edition), typed, usesStore)?.value
    const value = choices && !takes?.(typed) ? choice : (choice ?? typed)
    if (value === undefined) return undefined
    values[name] = value
  }
  return left.length > 0 ? undefined : values
}

function call(command: Command, values: Values, isPlain = false): ParsedLine {
  for (const { name, limit = Number.POSITIVE_INFINITY } of command.parameters) {
    const { length } = values[name] ?? ''
    if (length > limit) return { kind: 'long', command, length, most: limit }
  }
  return { kind: 'call', command, values, ...(isPlain && { isPlain }) }
}
