import type { Nodes, Parents, PhrasingContent } from 'mdast'
import type { Data, Processor } from 'unified'
import { SKIP, visit } from 'unist-util-visit'

/**
 * Marks that end an address, with everything behind them: blanks, quotes, and the punctuation of scripts that put no
 * blank behind it. Dashes, apostrophes, and dots in the middle of a word are letters of an address.
 */
const END =
  /[\p{Z}\p{Cc}\u200B\u2060-\u206F\uFEFF]|(?![\u0021-\u007E\u2019\u00B7\u2027\u30FB]|\p{Pd}|\p{Pc})\p{P}|[\u3000-\u3004\uFF0B\uFF1C-\uFF1E\uFF5C\uFF5E]/u

/** Marks that may stand in an address, but not at its end. */
const CLOSE = /(?:(?![!-~])\p{P}|[.,:;!?'"*_~])+$/u

/** The length of the address at the beginning of a text without blanks, in UTF-16 units. Pure. */
export function addressLength(text: string): number {
  const [whole = ''] = text.split(END, 1)
  let address = whole.replace(CLOSE, '')
  const count = (mark: string) => address.split(mark).length
  while (address.endsWith(')') && count(')') > count('(')) {
    address = address.slice(0, -1).replace(CLOSE, '')
  }
  return address.length
}

type Extension = NonNullable<Data['micromarkExtensions']>[number]
type Construct = Extract<NonNullable<Extension['text']>[string], { tokenize: unknown }>
type State = ReturnType<Construct['tokenize']>

/** Ends bare addresses where {@link addressLength} does. GFM takes everything up to the next blank. */
export function addresses(this: Processor): void {
  const data = this.data()
  const text = Object.fromEntries(
    [...'hHwW'].map(letter => [letter.charCodeAt(0), bounded(letter.charCodeAt(0))]),
  )
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { text }]
  data.fromMarkdownExtensions = [
    ...(data.fromMarkdownExtensions ?? []),
    { transforms: [closeAddresses] },
  ]
}

/** Runs GFM's tokenizer of addresses that begin with a letter, and tells it that the text ends at a mark. */
function bounded(letter: number): Construct {
  const name = /h/i.test(String.fromCharCode(letter)) ? 'protocolAutolink' : 'wwwAutolink'
  const own: Construct = {
    name,
    tokenize(effects, ok, nok) {
      const usual = [this.parser.constructs.text?.[letter]]
        .flat()
        .find(each => each && each !== own && each.name === name)
      if (!usual) return nok
      let isOver = false
      const over =
        (end: State): State =>
        code => {
          isOver = true
          return end(code)
        }
      const until =
        (state: State): State =>
        code => {
          const next = state(code !== null && isEnd(code) ? null : code)
          return isOver || !next ? next : until(next)
        }
      return until(usual.tokenize.call(this, effects, over(ok), over(nok)))
    },
  }
  return own
}

/** Whether a character ends an address. An asterisk does, because it may end a text in bold. */
function isEnd(code: number): boolean {
  return code > 0 && (code === 42 || END.test(String.fromCharCode(code)))
}

function closeAddresses(root: Nodes): void {
  visit(root, 'link', (node, index, parent: Parents | undefined) => {
    const [only] = node.children
    const value = only?.type === 'text' && node.children.length === 1 ? only.value : ''
    const { start, end } = node.position ?? {}
    // A link in brackets has more characters than its words.
    const isWritten = start && end && (end.offset ?? 0) - (start.offset ?? 0) !== value.length
    if (isWritten || ![node.url, node.url.replace(/^http:\/\//, '')].includes(value)) return
    const rest = value.slice(addressLength(value))
    if (rest === '' || index === undefined || !parent) return
    node.url = node.url.slice(0, -rest.length)
    node.children = [{ type: 'text', value: value.slice(0, -rest.length) }]
    const after: PhrasingContent = { type: 'text', value: rest }
    parent.children.splice(index + 1, 0, after as never)
    return [SKIP, index + 2]
  })
}
