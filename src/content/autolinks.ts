import type { Link, Nodes, Parents, PhrasingContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import type { Data, Processor } from 'unified'
import { SKIP, visit } from 'unist-util-visit'
import { has } from './walk.ts'
import { UNSPACED } from './words.ts'

/**
 * Marks that end an address, with everything behind them: blanks, quotes, and the punctuation of scripts that put no
 * blank behind it. Dashes, apostrophes, and dots in the middle of a word are letters of an address.
 */
const END =
  /[\p{Z}\p{Cc}\u200B\u2060-\u206F\uFEFF]|(?![\u0021-\u007E\u2019\u00B7\u2027\u30FB]|\p{Pd}|\p{Pc})\p{P}|[\u3000-\u3004\uFF0B\uFF1C-\uFF1E\uFF5C\uFF5E]/u

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

/** Characters of the name in a mail address. A letter of a script without blanks stands before an address instead. */
const NAME = new RegExp(
  `[[\\p{L}\\p{N}]--[${UNSPACED}]][[\\p{L}\\p{N}\\p{M}!#$%&'*+?^_\`\\{\\}~.\\-]--[${UNSPACED}]]*$`,
  'v',
)

/** Longest name of a mail address, in UTF-16 units (RFC 5321, 4.5.3.1.1: 64 octets). */
const NAME_LENGTH = 64

/**
 * Returns the number of UTF-16 units before a mail address that belong to it. GFM and Telegram begin an address after
 * the last rare character, such as an apostrophe or "é". Pure.
 */
export function nameLengthBefore(text: string): number {
  return NAME.exec(text.slice(-NAME_LENGTH))?.[0].length ?? 0
}

type Extension = NonNullable<Data['micromarkExtensions']>[number]
type Construct = Extract<NonNullable<Extension['text']>[string], { tokenize: unknown }>
type Code = Parameters<ReturnType<Construct['tokenize']>>[0]

type TreeExtension = Exclude<
  NonNullable<Data['fromMarkdownExtensions']>[number],
  readonly unknown[]
>

/** UTF-16 units that tell whether an address begins, as in `https://`. */
const SCHEME = 8
/** Longest address that is measured, in UTF-16 units; GFM reads a longer one. */
const MEASURED = 4000

/** Ends bare addresses where {@link addressLength} does. GFM takes everything up to the next blank. */
export function autolinks(this: Processor): void {
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
    { transforms: [closeAddresses] },
  ]
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

const MAY_BE_ADDRESS = /@|www\.|https?:\/\//i

/** A host as GFM takes it: no underscore in its last two labels. */
const HOST = '(?![^/?#]*_[^./?#]*(?:\\.[^./?#]*)?(?:[/?#]|$))[\\p{L}\\p{N}]'
const HTTP = new RegExp(`^https?:\\/\\/${HOST}`, 'iu')
const WWW = new RegExp(`^www\\.${HOST}`, 'iu')
const MAIL = /^mailto:[^\s@?]+@[^\s@?]+\.[^\s@?]+/iu

/** Tokenizes an address behind a character of `previous`: reads ahead to find its end, then takes it. */
function measured(name: string, begin: RegExp, previous: RegExp): Construct {
  const isBehind = (code: Code) =>
    code === null || code < 0 || previous.test(String.fromCharCode(code))
  return {
    name,
    previous: isBehind,
    tokenize(effects, ok, nok) {
      let text = ''
      let length = 0
      const ahead: Construct = {
        partial: true,
        tokenize: (effects, ok) => {
          const more = (code: Code) => {
            const isOver = code === null || code <= 32 || text.length > MEASURED
            const isOther = text.length === SCHEME && !/^(?:https?:\/\/|www\.|mailto:)/i.test(text)
            if (isOver || isOther || code === 60 || isEnd(code)) {
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
        length = addressLength(text)
        const isAddress = begin.test(text.slice(0, length)) && text.length <= MEASURED
        if (!isAddress || isInLabel(this.events)) return nok(code)
        effects.enter('autolink')
        effects.enter('autolinkProtocol')
        return take(code)
      }
      return effects.check(ahead, start, nok)
    },
  }
}

type Events = ThisParameterType<Construct['tokenize']>['events']

/** The opening brackets of each text, among the events that were read. */
const labels = new WeakMap<Events, { seen: number; found: Events[number][1][] }>()

/** Whether a text stands in brackets that may become a link. Reads each event once, because a text has thousands. */
function isInLabel(events: Events): boolean {
  const known = labels.get(events)
  const { seen, found } = known && known.seen <= events.length ? known : { seen: 0, found: [] }
  for (const [, token] of events.slice(seen)) {
    if (/^label(?:Link|Image)$/.test(token.type)) found.push(token)
  }
  labels.set(events, { seen: events.length, found })
  return found.some(({ _balanced }) => !_balanced)
}

/** Whether a character ends an address. An asterisk does, because it may end a text in bold. */
function isEnd(code: number): boolean {
  return code === 42 || END.test(String.fromCharCode(code))
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

/** Takes the letters before a mail address into it. If they have a style, the address becomes a text. */
function openMail(node: Link, value: string, index: number, parent: Parents) {
  const before = parent.children[index - 1]
  const length = before && before.type !== 'link' ? nameLengthBefore(textOf(before)) : 0
  if (!before || length === 0) return
  if (before.type !== 'text') {
    parent.children.splice(index, 1, { type: 'text', value } as never)
    return
  }
  const name = before.value.slice(-length)
  before.value = before.value.slice(0, -length)
  if (before.value === '') parent.children.splice(index - 1, 1)
  node.url = `mailto:${name}${value}`
  node.children = [{ type: 'text', value: name + value }]
}
