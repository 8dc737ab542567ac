import type { Nodes, Parents, PhrasingContent } from 'mdast'
import type { Data, Processor } from 'unified'
import { SKIP, visit } from 'unist-util-visit'
import { openMail, wideMails } from './mail-addresses.ts'
import { has } from './walk.ts'

/**
 * Marks that end an address, with everything behind them: blanks, quotes, backticks, angle brackets, and the punctuation of scripts
 * that put no blank behind it. Dashes, apostrophes, and dots in the middle of a word are letters of an address.
 */
const END =
  /[\p{Z}\p{Cc}"<>`\u200B\u2060-\u206F\uFEFF]|(?![\u0021-\u007E\u2019\u00B7\u2027\u30FB]|\p{Pd}|\p{Pc})\p{P}|[\u3000-\u3004\uFF0B\uFF1C-\uFF1E\uFF5C\uFF5E]/u

/** Marks that may stand in an address, but not at its end. */
const CLOSE = /(?:(?![!-~])\p{P}|[.,:;!?'"*_~])+$/u
const CLOSING = new RegExp(CLOSE.source, 'u')

/** The length of the address at the beginning of a text without blanks, in UTF-16 units. Pure. */
export function addressLength(text: string): number {
  const [whole = ''] = text.split(END, 1)
  let { length } = whole.replace(CLOSE, '')
  const count = (mark: string) => whole.slice(0, length).split(mark).length - 1
  const tooMany = { ')': count(')') - count('('), ']': count(']') - count('[') }
  for (;;) {
    const last = whole[length - 1]
    if ((last !== ')' && last !== ']') || tooMany[last] <= 0) return length
    tooMany[last] -= 1
    length -= 1
    while (length > 0 && CLOSING.test(whole[length - 1] ?? '')) length -= 1
  }
}

type Extension = NonNullable<Data['micromarkExtensions']>[number]
type Construct = Extract<NonNullable<Extension['text']>[string], { tokenize: unknown }>
type Code = Parameters<ReturnType<Construct['tokenize']>>[0]

type TreeExtension = Exclude<
  NonNullable<Data['fromMarkdownExtensions']>[number],
  readonly unknown[]
>

/** The marks of ASCII among {@link END}, which would take the time of a search for each character. */
const ASCII_END = new Set(Array.from('"<>`', mark => mark.charCodeAt(0)))

/** UTF-16 units that tell whether an address begins, as in `https://`. */
const SCHEME = 8
/** Longest address that is measured, in UTF-16 units; GFM reads a longer one. */
const MEASURED = 4000

/** Ends bare addresses where {@link addressLength} does. GFM takes everything up to the next blank. */
export function autolinks(this: Processor, { isPlain = false } = {}): void {
  const data = this.data()
  const web = measured('protocolAutolink', HTTP, /[^A-Za-z]/)
  const www = measured('wwwAutolink', WWW, /[\s(*_[\]~]/)
  const mail = measured('mailAutolink', MAIL, /[^A-Za-z0-9+.-]/)
  const letters = { h: web, H: web, w: www, W: www, m: mail, M: mail }
  const text = Object.fromEntries(
    Object.entries(letters).map(([letter, construct]) => [letter.charCodeAt(0), construct]),
  )
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { text }]
  data.fromMarkdownExtensions = [
    ...(data.fromMarkdownExtensions ?? []).flat().map(withAddressesOnly),
    { transforms: [closeAddresses, openBars, root => wideMails(root, isPlain)] },
  ]
}

/**
 * Leaves out the search for bare mail addresses, for texts without `@`: GFM begins one at each word, and reads the word
 * twice.
 */
export function withoutMailAddresses(this: Processor): void {
  const data = this.data()
  data.micromarkExtensions = (data.micromarkExtensions ?? []).map(({ text, ...rest }) => {
    const others = Object.entries(text ?? {}).flatMap(([code, constructs]) => {
      const kept = [constructs ?? []].flat().filter(({ name }) => name !== 'emailAutolink')
      return kept.length > 0 ? [[code, kept] as const] : []
    })
    return text ? { ...rest, text: Object.fromEntries(others) } : rest
  })
}

/** Leaves out the search for bare addresses in a text that has none, because it visits each node twice. */
function withAddressesOnly(extension: TreeExtension): TreeExtension {
  const { transforms } = extension
  if (!transforms) return extension
  const isAddress = (node: Nodes) => node.type === 'text' && MAY_BE_ADDRESS.test(node.value)
  return {
    ...extension,
    transforms: transforms.map(
      transform => tree => (has(tree, isAddress) ? transform(tree) : undefined),
    ),
  }
}

/** A text without a match has no address. */
export const MAY_BE_ADDRESS = /@|www\.|https?:\/\//i

/** A host as GFM takes it: no underscore in its last two labels. */
const HOST = '(?![^/?#]*_[^./?#]*(?:\\.[^./?#]*)?(?:[/?#]|$))[\\p{L}\\p{N}]'
const HTTP = new RegExp(`^https?:\\/\\/${HOST}`, 'iu')
const WWW = new RegExp(`^www\\.${HOST}`, 'iu')
const MAIL = /^mailto:[^\s@?:]+@[^\s@?]+\.[^\s@?]+/iu
/** A text without a match begins no address. It is read before the end of the address is known. */
const MAY_BEGIN = new RegExp(`^(?:https?:\\/\\/|www\\.)[\\p{L}\\p{N}]|${MAIL.source}`, 'iu')

/** Tokenizes an address behind a character of `previous`: reads ahead to find its end, then takes it. */
function measured(name: string, begin: RegExp, previous: RegExp): Construct {
  const isBehind = (code: Code) =>
    code === null || code < 0 || previous.test(String.fromCharCode(code))
  return {
    name,
    previous: isBehind,
    tokenize(effects, ok, nok) {
      // The parser asks for `previous` in data alone, and also stops there for other constructs.
      if (!isBehind(this.previous)) return nok
      let length = 0
      let text = ''
      const { offset } = this.now()
      const known = texts.get(this.events) ?? { text: '', end: 0 }
      const isKnown = offset < known.end && offset >= known.end - known.text.length
      const ahead: Construct = {
        partial: true,
        tokenize: (effects, ok) => {
          const more = (code: Code) => {
            const isOver = code === null || code <= 32 || isEnd(code)
            const isOther = text.length === SCHEME && !/^(?:https?:\/\/|www\.|mailto:)/i.test(text)
            if (isOver || isOther) {
              effects.exit('data')
              return ok(code)
            }
            text += String.fromCharCode(code)
            effects.consume(code)
            return more
          }
          return code => {
            effects.enter('data')
            return more(code)
          }
        },
      }
      const take = (code: Code) => {
        effects.consume(code)
        length -= 1
        return length > 0 ? take : end
      }
      const end = (code: Code) => {
        effects.exit('autolinkProtocol')
        effects.exit('autolink')
        return ok(code)
      }
      const start = (code: Code) => {
        if (text.length > SCHEME) texts.set(this.events, { text, end: offset + text.length })
        if (text.length > MEASURED || !MAY_BEGIN.test(text)) return nok(code)
        const { hasLabel, styles } = openTokens(this.events)
        if (hasLabel) return nok(code)
        length = addressLength(beforeStyleEnd(text, styles))
        if (!begin.test(text.slice(0, length))) return nok(code)
        effects.enter('autolink')
        effects.enter('autolinkProtocol')
        return take(code)
      }
      if (!isKnown) return effects.check(ahead, start, nok)
      text = known.text.slice(offset - known.end)
      return start
    },
  }
}

function isEnd(code: number): boolean {
  return code < 127 ? ASCII_END.has(code) : END.test(String.fromCharCode(code))
}

/**
 * The text up to the next mark of {@link END} that was read last among the events, and the place of its end. An
 * address may begin in it again and again.
 */
const texts = new WeakMap<Events, { readonly text: string; readonly end: number }>()

type Events = ThisParameterType<Construct['tokenize']>['events']

/** The lengths of the marks of style that are open, the inner ones last. */
interface Styles {
  readonly '*': number[]
  readonly '~': number[]
}

/** The opening brackets and marks of style of a text, among the events that were read. */
interface Opened {
  readonly labels: Token[]
  readonly styles: Styles
  readonly seen: number
  readonly last: Token | undefined
}

type Token = Events[number][1]

const opened = new WeakMap<Events, Opened>()

/**
 * Returns whether brackets that may become a link are open, and the marks of style that are. Reads each event once if
 * possible, because a text has thousands.
 */
function openTokens(events: Events): { hasLabel: boolean; styles: Styles } {
  const known = opened.get(events)
  // The end of a link changes the events before it.
  const isKnown = known && events[known.seen - 1]?.[1] === known.last
  const none: Opened = { labels: [], styles: { '*': [], '~': [] }, seen: 0, last: undefined }
  const { labels, styles, seen } = isKnown ? known : none
  for (const [kind, token, context] of events.slice(seen)) {
    if (kind === 'enter') continue
    if (/^label(?:Link|Image)$/.test(token.type)) labels.push(token)
    if (!/^(?:attention|strikethrough)Sequence/.test(token.type)) continue
    const marks = context.sliceSerialize(token)
    const open = marks.startsWith('_') ? [] : styles[marks.startsWith('*') ? '*' : '~']
    let { length } = marks
    while (token._close && length >= (open.at(-1) ?? Number.POSITIVE_INFINITY)) {
      length -= open.pop() ?? 0
    }
    if (token._open && length > 0) open.push(length)
  }
  opened.set(events, { labels, styles, seen: events.length, last: events.at(-1)?.[1] })
  return { hasLabel: labels.some(({ _balanced }) => !_balanced), styles }
}

/** Removes the backslash before each bar of an address in a table. GFM leaves it in addresses without brackets. */
function openBars(root: Nodes): void {
  visit(root, 'tableCell', cell => {
    visit(cell, 'link', node => {
      const [only] = node.children
      if (only?.type !== 'text' || ![only.value, `http://${only.value}`].includes(node.url)) return
      only.value = only.value.replaceAll('\\|', '|')
      node.url = node.url.replaceAll('\\|', '|')
    })
  })
}

/** The part of a text before the first marks that may end an open style. Other marks belong to an address. */
function beforeStyleEnd(text: string, styles: Styles): string {
  for (const { 0: marks, index } of text.matchAll(/\*+|~{2,}/g)) {
    const open = styles[marks.startsWith('*') ? '*' : '~']
    if (open.some(length => length <= marks.length)) return text.slice(0, index)
  }
  return text
}

/**
 * Corrects the beginning and the end of each address that GFM finds, and removes `mailto:` and the subject from its
 * words.
 */
function closeAddresses(root: Nodes): void {
  if (!has(root, ({ type }) => type === 'link')) return
  visit(root, 'link', (node, index, parent: Parents | undefined) => {
    const [only] = node.children
    const value = only?.type === 'text' && node.children.length === 1 ? only.value : ''
    if (only?.type === 'text' && value === node.url) {
      only.value = value.replace(/^mailto:([^?]+).*/is, '$1')
      if (only.value !== value) return
    }
    const { start, end } = node.position ?? {}
    // A link in brackets has more characters than its words.
    const isWritten = start && end && (end.offset ?? 0) - (start.offset ?? 0) !== value.length
    if (!isWritten && node.url === `mailto:${value}` && index !== undefined && parent) {
      return openMail(node, value, index, parent)
    }
    if (isWritten || ![node.url, node.url.replace(/^http:\/\//, '')].includes(value)) return
    const rest = value.slice(addressLength(value))
    if (/^www\./i.test(node.url)) node.url = `http://${node.url}`
    if (rest === '' || index === undefined || !parent) return
    node.url = node.url.slice(0, -rest.length)
    node.children = [{ type: 'text', value: value.slice(0, -rest.length) }]
    const after: PhrasingContent = { type: 'text', value: rest }
    parent.children.splice(index + 1, 0, after as never)
    return [SKIP, index + 2]
  })
}
