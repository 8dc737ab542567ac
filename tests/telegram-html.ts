/** An entity that Telegram's Bot API reads from HTML; offset and length in UTF-16 units. */
export interface Entity {
  type: string
  offset: number
  length: number
  url?: string
  unix?: number
  language?: string
}

const NAMES: Record<string, string> = {
  ...{ b: 'bold', strong: 'bold', i: 'italic', em: 'italic', u: 'underline', ins: 'underline' },
  ...{ s: 'strikethrough', strike: 'strikethrough', del: 'strikethrough', a: 'text_link' },
  ...{ code: 'code', pre: 'pre', blockquote: 'blockquote', 'tg-time': 'date_time' },
}
const REFERENCES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' }
/** Styles may stand in and around everything but code; these may stand in none of their kind. */
const EXCLUSIVE = ['text_link', 'code', 'pre', 'date_time']

/**
 * Parses as strictly as the manual speaks: what the server tolerates but the manual forbids
 * (nesting in code, a quote in a quote) is an error here too. Errors are the server's words.
 */
export function parseTelegramHtml(html: string): { text: string; entities: Entity[] } {
  const fail = (words: string): never => {
    throw new Error(`Bad Request: can't parse entities: ${words}`)
  }
  const entities: Entity[] = []
  const open: { tag: string; entity: Entity }[] = []
  let text = ''
  const pattern = /<(\/?)([a-z][a-z0-9-]*)([^<>]*)>|&([a-z]+);|([<>&])|[^<>&]+/giy
  for (let match = pattern.exec(html); match; match = pattern.exec(html)) {
    const [whole, close, tag = '', attributes = '', reference, stray] = match
    const byte = Buffer.byteLength(html.slice(0, match.index))
    if (stray) fail(`Unsupported start tag or unescaped "${stray}" at byte offset ${byte}`)
    else if (reference) text += REFERENCES[reference] ?? fail(`unknown reference &${reference};`)
    // The server deletes these before it finds links.
    else if (!tag) text += whole.replace(/[\u030A\u0333\u033F\u202A-\u202E\r]/g, '')
    else if (close) {
      const last = open.pop()
      if (!last) fail(`Unexpected end tag at byte offset ${byte}`)
      if (last?.tag !== tag) {
        fail(
          `Unmatched end tag at byte offset ${byte}, expected "</${last?.tag}>", found "</${tag}>"`,
        )
      }
      if (last) last.entity.length = text.length - last.entity.offset
    } else {
      const type = NAMES[tag]
      if (!type) fail(`Unsupported start tag "${tag}" at byte offset ${byte}`)
      const entity: Entity = { type: type ?? '', offset: text.length, length: 0 }
      readAttributes(tag, attributes, entity, fail)
      const around = open.map(({ entity: { type } }) => type)
      const codeInPre = type === 'code' && around.at(-1) === 'pre'
      if (codeInPre) {
        const pre = open.at(-1)?.entity
        if (pre && entity.language) pre.language = entity.language
      } else {
        if (around.includes('code') || around.includes('pre')) fail(`<${tag}> in code`)
        if (type === 'blockquote' && around.includes(type)) fail('a quote in a quote')
        if (EXCLUSIVE.includes(type ?? '') && around.some(other => EXCLUSIVE.includes(other))) {
          fail(`<${tag}> in another of its kind`)
        }
        // Code may stand in nothing but a quote.
        if ((type === 'code' || type === 'pre') && around.some(other => other !== 'blockquote')) {
          fail(`<${tag}> in a style`)
        }
        if (type === 'pre' && around.length > 0) fail('<pre> in a quote')
        if (entity.language) fail('a language outside of <pre>')
        entities.push(entity)
      }
      open.push({ tag, entity })
    }
  }
  const left = open.at(-1)
  if (left) fail(`Can't find end tag corresponding to start tag "${left.tag}"`)
  if (text.trim() === '') throw new Error('Bad Request: message text is empty')
  return { text, entities: entities.filter(({ length }) => length > 0) }
}

function readAttributes(
  tag: string,
  attributes: string,
  entity: Entity,
  fail: (words: string) => never,
): void {
  const allowed: Record<string, RegExp> = {
    a: /^ href="([^"]+)"$/,
    code: /^(?: class="language-([A-Za-z0-9_+-]+)")?$/,
    blockquote: /^(?: expandable)?$/,
    'tg-time': /^ unix="(-?\d+)" format="(?:r|w?[dD]?[tT]?)"$/,
  }
  const found = (allowed[tag] ?? /^$/).exec(attributes)
  if (!found) fail(`unexpected attributes of <${tag}>`)
  const value = found?.[1]
  if (tag === 'a' && value) {
    entity.url = value.replace(/&(\w+);/g, (_, name: string) => REFERENCES[name] ?? '')
    // The server drops a link to a host without a dot, and takes no scheme but these.
    if (!/^https?:\/\/(?:[^/?#]*\.|\[)/.test(entity.url)) fail('a link to nowhere')
  }
  if (tag === 'tg-time') entity.unix = Number(value)
  if (tag === 'code' && value) entity.language = value
}

/**
 * Finds the addresses, mentions, commands and tags that Telegram detects in plain text, outside of code and of links,
 * and that blanks part from other text.
 */
export function findAccidents(
  text: string,
  entities: readonly Entity[],
  isCommand: (name: string) => boolean = () => false,
): string[] {
  const isOurs = (from: number, to: number) =>
    entities.some(({ type, offset, length }) => {
      // A link takes precedence over what crosses it.
      if (type === 'text_link') return from < offset + length && to > offset
      return (type === 'code' || type === 'pre') && from >= offset && from < offset + length
    })
  const patterns = [
    /@[a-z0-9_]{4,32}/giu,
    /\/[a-z0-9_]{1,64}/giu,
    /#[\p{L}\p{Nd}_]*\p{L}/giu,
    /\$[A-Z]{1,8}/gu,
    /(?:https?|ftp):\/\/[a-z]{1,63}\.[a-z]{2,63}(?:[/?#][!-~]*)?/giu,
    // DNS: a label has at most 63 bytes. TDLib: its letters are ASCII, or at U+00C0 and above.
    /(?:[a-z0-9]+@)?(?:(?![\u0080-\u00BF])[\p{L}\p{N}]){1,63}\.(?:com|org|net|sh|md|ai|io|me|ru|de|rs|ba|mk|al|py|so|to|us|uk)/giu,
  ]
  return patterns.flatMap(pattern =>
    [...text.matchAll(new RegExp(`(?<!\\S)${pattern.source}(?!\\S)`, pattern.flags))]
      .filter(({ 0: found, index }) => !isOurs(index, index + found.length))
      .map(([found]) => found)
      .filter(found => !found.startsWith('/') || !isCommand(found.slice(1))),
  )
}
