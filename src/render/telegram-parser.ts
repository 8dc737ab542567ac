/** HTML as Telegram reads it. */
interface ParsedText {
  /** The text that a reader sees. */
  readonly shown: string
  /** The number of its styles, links and times. */
  readonly entities: number
  /** The first fault, for which Telegram refuses the message, as a sentence. */
  readonly fault?: string
}

interface OpenTag {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Where the text of the tag begins in the shown text. */
  readonly from: number
}

/** Bot API, HTML style: the tags. */
const TAGS = [
  ...['b', 'strong', 'i', 'em', 'u', 'ins', 's', 'strike', 'del', 'code', 'pre', 'a'],
  ...['blockquote', 'span', 'tg-spoiler', 'tg-emoji', 'tg-time'],
]

const START = /<([^\s>]*)/y
const END = /<\/([^\s>]*)\s*>/y
const ATTRIBUTE = /\s*([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([a-z\d.-]*)(?=[\s>])))?/iy
const CLOSE = /\s*>/y

/**
 * Reads HTML by the rules of Telegram's parser, as TDLib has them: names of tags in any case, values in quotes or as one
 * plain word, four named references, numeric ones of at most nine characters. Stops at the first fault. Pure.
 */
export function parseTelegram(source: string): ParsedText {
  const open: OpenTag[] = []
  let shown = ''
  let entities = 0
  let index = 0
  /** Reads what a pattern matches at the current place. */
  const take = (pattern: RegExp) => {
    pattern.lastIndex = index
    const match = pattern.exec(source)
    if (match) index = pattern.lastIndex
    return match
  }
  const broken = (fault: string): ParsedText => ({ shown, entities, fault })

  for (;;) {
    const next = source.indexOf('<', index)
    shown += decode(source.slice(index, next < 0 ? undefined : next))
    if (next < 0) break
    index = next
    if (source[index + 1] === '/') {
      const tag = open.pop()
      const [written, name = ''] = take(END) ?? []
      if (written === undefined) return broken('An end tag is not complete.')
      if (!tag) return broken(`${written} closes nothing.`)
      if (name && name.toLowerCase() !== tag.name) {
        return broken(`${written} closes <${tag.name}>.`)
      }
      if (isEntity(tag, shown.slice(tag.from), open.at(-1))) entities += 1
      continue
    }
    const name = take(START)?.[1]?.toLowerCase() ?? ''
    if (!TAGS.includes(name)) {
      return broken(name ? `Telegram doesn’t know the tag <${name}>.` : 'A < begins no tag.')
    }
    const attributes: Record<string, string> = {}
    while (!take(CLOSE)) {
      const [, key = '', ...values] = take(ATTRIBUTE) ?? []
      if (!key) return broken(`<${name}> is not a complete tag.`)
      attributes[key] = decode(values.find(each => each !== undefined) ?? '')
    }
    if (name === 'span' && attributes.class !== 'tg-spoiler') {
      return broken('Telegram knows <span> only as class "tg-spoiler".')
    }
    if (name === 'tg-time' && !/^(?:r|[wdDtT]*)$/.test(attributes.format ?? '')) {
      return broken(`Telegram doesn’t know the time format ${attributes.format}.`)
    }
    if (name === 'tg-emoji' && !/^\d+$/.test(attributes['emoji-id'] ?? '')) {
      return broken('<tg-emoji> has no emoji-id.')
    }
    open.push({ name, attributes, from: shown.length })
  }
  const last = open.at(-1)
  if (last) return broken(`<${last.name}> is not closed.`)
  if (!shown.isWellFormed()) return broken('The text has half of a surrogate pair.')
  return { shown, entities }
}

/** Whether a tag becomes an entity around its text. */
function isEntity({ name, attributes }: OpenTag, text: string, outer?: OpenTag): boolean {
  if (text === '') return false
  if (name === 'a') return /^(?:https?|tg|mailto):\S+$/.test(attributes.href || text)
  if (name === 'tg-time') return /^\d+$/.test(attributes.unix ?? '')
  // The code of a block with a language names the block's language.
  return name !== 'code' || outer?.name !== 'pre' || !attributes.class?.startsWith('language-')
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }

/** Decodes the references of a text. Telegram shows the others as they are written. */
function decode(text: string): string {
  return text.replace(
    /&(?:(lt|gt|amp|quot)(?![a-z])|#(\d{1,7}|[xX][\da-fA-F]{1,6})(?![\da-fA-F]));?/g,
    (written, name: string | undefined, digits: string) => {
      if (name) return NAMED[name] ?? written
      const code = Number(digits.replace(/^x/i, '0x'))
      return code > 0 && code < 0x10_ffff ? String.fromCodePoint(code) : written
    },
  )
}
