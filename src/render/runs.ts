import type { Nodes, PhrasingContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import type { TimeStyle } from '../message.ts'
import { addressesOf, claimsOther, isAddress } from './addresses.ts'
import { clean, spaced } from './clean.ts'

/** A stretch of text in one style. */
export interface Run extends Marks {
  readonly text: string
}

interface Marks {
  readonly bold?: true
  readonly italic?: true
  readonly strike?: true
  readonly code?: true
  readonly url?: string
  /** Whether the text is a command of the bot, which Telegram makes a link. */
  readonly command?: true
  /** The platform's own form of a command, which the message has instead of the text. */
  readonly mention?: string
  /** The text is the address `url`, which stays whole. */
  readonly bare?: true
  /** An instant, RFC 3339. `text` replaces it if the platform cannot show local times. */
  readonly at?: string
  readonly style?: TimeStyle
}

/** The rules and definitions that resolve links. */
export interface Links {
  /** Whether the platform can show these words as a link to this address. */
  readonly links: (address: string, words: string) => boolean
  /** Addresses by the identifiers of references. */
  readonly definitions: ReadonlyMap<string, string>
}

/**
 * Longest address of a link, in UTF-16 units. A longer one is text, because a message may have to
 * cut it.
 */
const ADDRESS_LENGTH = 1000

/** Converts nodes into runs, and merges neighbours of the same style. Pure. */
export function runs(nodes: readonly PhrasingContent[], links: Links): Run[] {
  const all = merged(joined(nodes).flatMap(node => inline(node, {}, links)))
  return all.every(({ text }) => text.trim() === '') ? [] : all
}

/** Returns the text of runs on one line, without style. The marks of struck words stay, because they change the meaning. Pure. */
export function plainText(runs: readonly Run[]): string {
  const parts = runs.map(({ text, strike }, index) => {
    const isStruck = strike === true
    const mark = isStruck === (runs[index - 1]?.strike === true) ? '' : '~~'
    return mark + text.replaceAll('\n', ' ')
  })
  return parts.join('') + (runs.at(-1)?.strike ? '~~' : '')
}

/** Removes the marks of commands, and merges each command with the text around it if both have one style. Pure. */
export function withoutCommands(runs: readonly Run[]): Run[] {
  if (!runs.some(({ command }) => command)) return [...runs]
  return merged(runs.map(({ command: _, ...run }) => run))
}

/** Merges neighbours of the same style. Pure. */
export function merged(runs: readonly Run[]): Run[] {
  const all: Run[] = []
  for (const run of runs) {
    const last = all.at(-1)
    if (run.text === '') continue
    if (last && !run.bare && sameMarks(last, run))
      all[all.length - 1] = { ...last, text: last.text + run.text }
    else all.push(run)
  }
  return all
}

/** Joins links side by side to one address, because readers see their words as one link. */
function joined<T extends Nodes>(nodes: readonly T[]): T[] {
  const all: T[] = []
  for (const node of nodes) {
    const last = all.at(-1)
    const areLinks = last?.type === 'link' && node.type === 'link' && last.url === node.url
    if (areLinks && hasWords(last) && hasWords(node)) {
      all[all.length - 1] = { ...last, children: [...last.children, ...node.children] }
    } else all.push(node)
  }
  return all
}

function hasWords(node: Nodes): boolean {
  return textOf(node).trim() !== ''
}

function inline(node: Nodes, marks: Marks, links: Links): Run[] {
  const children = (more: Marks) =>
    'children' in node
      ? joined<Nodes>(node.children).flatMap(child => inline(child, { ...marks, ...more }, links))
      : []
  switch (node.type) {
    case 'strong':
      return children({ bold: true })
    case 'emphasis':
      return children({ italic: true })
    case 'delete':
      return children({ strike: true })
    case 'inlineCode':
      // Code in a link loses its style, because Telegram allows no code in links.
      return [{ ...marks, ...(!marks.url && { code: true as const }), text: spaced(node.value) }]
    case 'link':
    case 'linkReference': {
      const written = 'url' in node ? node.url : (links.definitions.get(node.identifier) ?? '')
      // `clean` would change an address with these marks.
      const url = clean(written.replace(/[\p{M}\u202A-\u202E]/gu, encodeURIComponent))
      return link(textOf(node).trim(), url, children, marks, links)
    }
    case 'image':
    case 'imageReference':
      return [{ ...marks, text: spaced(node.alt ?? '') }]
    case 'break':
      return [{ ...marks, text: '\n' }]
    case 'command':
      return [
        {
          ...marks,
          command: true,
          ...(node.mention && { mention: node.mention }),
          text: spaced(node.value),
        },
      ]
    case 'time':
      return [{ ...marks, ...instantOf(node), text: spaced(node.value) }]
    case 'footnoteReference':
      return [{ ...marks, text: `[${spaced(node.label ?? node.identifier)}]` }]
    default:
      if ('children' in node) return children({})
      return 'value' in node ? [{ ...marks, text: spaced(node.value) }] : []
  }
}

/** Shows a link as such if the platform can, and otherwise as words with the address behind them. */
function link(
  words: string,
  url: string,
  children: (more: Marks) => Run[],
  marks: Marks,
  { links }: Links,
): Run[] {
  const isShort = url.length <= ADDRESS_LENGTH
  const addresses = addressesOf(url).flatMap(({ url, text }, index): Run[] => [
    ...(index > 0 ? [{ ...marks, text: ', ' }] : []),
    { ...marks, ...(isShort && { url, bare: true }), text },
  ])
  if (addresses.length === 0) return children({})
  const between = (before: string, after: string) => [
    { ...marks, text: before },
    ...addresses,
    { ...marks, text: after },
  ]
  // A reader cannot press a link without words, so the address becomes its text.
  if (words === '') return between(' ', ' ')
  if (isAddress(words, url)) {
    const [only, ...others] = addresses
    const isWritten = isShort && only?.text === url && others.length === 0 && clean(words) === words
    return isWritten ? [{ ...children({ url })[0], ...only, text: words }] : addresses
  }
  const linked = children({ url })
  const isShown = isShort && !claimsOther(words, url)
  if (isShown && linked.every(({ text }) => links(url, text))) return linked
  return [...children({}), ...between(' (', ')')]
}

function sameMarks(a: Run, b: Run): boolean {
  return MARKS.every(mark => a[mark] === b[mark])
}

const MARKS = [
  ...['bold', 'italic', 'strike', 'code', 'url', 'bare'],
  ...['command', 'mention', 'at', 'style'],
] as const

/** The marks of a time; none for dates or a damaged instant, which stay text. */
function instantOf(node: Extract<Nodes, { type: 'time' }>): Marks {
  return 'at' in node && !Number.isNaN(Date.parse(node.at))
    ? { at: node.at, ...(node.style && { style: node.style }) }
    : {}
}
