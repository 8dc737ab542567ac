import type { Link, Nodes, Parents, PhrasingContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { SKIP, type VisitorResult, visit } from 'unist-util-visit'
import { has } from './walk.ts'
import { UNSPACED } from './words.ts'

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

/** A letter of a domain; one of a script without blanks stands behind an address instead. */
const LETTER = `[[\\p{L}\\p{N}\\p{M}]--[${UNSPACED}]]`
const DOMAIN = `@(?:${LETTER}(?:${LETTER}|-)*\\.)+${LETTER}{2,}`
const DOMAINS = new RegExp(DOMAIN, 'gv')
const OTHER_LETTER = new RegExp(`^(?![ -~])${LETTER}`, 'v')

/** Corrects a mail address that GFM found. If the address has letters of a style, it becomes a text. */
export function openMail(node: Link, value: string, index: number, parent: Parents): VisitorResult {
  const [before, after] = [parent.children[index - 1], parent.children[index + 1]]
  const text: PhrasingContent = { type: 'text', value }
  // GFM ends a domain before its first letter that is not ASCII; `wideMails` reads it again.
  if (after?.type === 'text' && OTHER_LETTER.test(after.value)) {
    const isText = before?.type === 'text'
    text.value = `${isText ? before.value : ''}${value}${after.value}`
    const from = isText ? index - 1 : index
    parent.children.splice(from, index + 2 - from, text as never)
    return [SKIP, from + 1]
  }
  if (!before || before.type === 'link') return undefined
  const styled = before.type === 'text' ? parent.children[index - 2] : before
  const plain = before.type === 'text' ? before.value : ''
  const isOther = !styled || styled.type === 'link' || styled.type === 'break'
  const length = nameLengthBefore((isOther ? '' : textOf(styled)) + plain)
  if (length > plain.length) {
    parent.children.splice(index, 1, text as never)
    return undefined
  }
  if (before.type !== 'text' || length === 0) return undefined
  const name = before.value.slice(-length)
  before.value = before.value.slice(0, -length)
  if (before.value === '') parent.children.splice(index - 1, 1)
  node.url = `mailto:${name}${value}`
  node.children = [{ type: 'text', value: name + value }]
  return undefined
}

/**
 * Makes links of the mail addresses whose domain has letters other than ASCII, which GFM does not find. Removes the
 * brackets of `<post@müller.de>`, unless the text is plain.
 */
export function wideMails(root: Nodes, isPlain: boolean): void {
  if (!has(root, node => node.type === 'text' && /@[^\s@]*[^ -~\s]/.test(node.value))) return
  visit(root, 'text', (node, index, parent: Parents | undefined) => {
    if (index === undefined || !parent || parent.type === 'link') return
    const parts: PhrasingContent[] = []
    let end = 0
    for (const { 0: domain, index: at } of node.value.matchAll(DOMAINS)) {
      const start = at - nameLengthBefore(node.value.slice(end, at))
      if (start === at || /^[ -~]*$/.test(domain)) continue
      const value = node.value.slice(start, at) + domain
      const behind = at + domain.length
      const isBracketed = !isPlain && node.value[start - 1] === '<' && node.value[behind] === '>'
      const marks = isBracketed ? 1 : 0
      parts.push({ type: 'text', value: node.value.slice(end, start - marks) })
      parts.push({ type: 'link', url: `mailto:${value}`, children: [{ type: 'text', value }] })
      end = behind + marks
    }
    if (parts.length === 0) return
    parts.push({ type: 'text', value: node.value.slice(end) })
    const shown = parts.filter(part => part.type !== 'text' || part.value !== '')
    parent.children.splice(index, 1, ...(shown as never[]))
    return [SKIP, index + shown.length]
  })
}
