import { posix } from 'node:path'
import type { Nodes, Parents, PhrasingContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { walk } from './walk.ts'

/** Whether a link leads to the file of a section or to a command: `02-b.md`, `./02-b.md#north`, `/b`. Pure. */
export function isLocalLink(node: Nodes): boolean {
  return (node.type === 'link' || node.type === 'definition') && isLocalAddress(node.url)
}

/**
 * Whether a link may lead to an address: only http, https and mailto, because `javascript:` would
 * run code. A host of dots alone is none. Pure.
 */
export function isLinkable(address: string): boolean {
  return URL.canParse(address) && /^(https?:\/\/(?!\.+(?:[/?#:]|$))[^/]|mailto:.)/i.test(address)
}

/** Whether an address is that of a section or a command. Pure. */
export function isLocalAddress(url: string): boolean {
  return targetOf(url) !== undefined
}

/** Returns the path of a file below the content folder, or a command with its slash; undefined for other addresses. */
function targetOf(url: string): string | undefined {
  if (/^\/[a-z0-9_]{1,32}$/i.test(url)) return url.toLowerCase()
  const path = /^(?:\.{0,2}\/)*[^/:?#\\][^:?#\\]*\.md(?=$|[?#])/i.exec(url)?.[0]
  if (path === undefined || url.startsWith('/')) return undefined
  const target = posix.join('sections', decoded(path))
  return target.startsWith('sections/') ? target : undefined
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** A link to a section or a command. */
export interface LocalLink {
  /** The path of a file below the content folder, or a command with its slash. */
  readonly target: string
  readonly line: number
}

/** Lists the links of a text to sections and commands. Pure. */
export function localLinks(tree: Nodes): LocalLink[] {
  const links: LocalLink[] = []
  walk(tree, node => {
    if (!isLocalLink(node) || !('url' in node)) return
    links.push({ target: targetOf(node.url) ?? '', line: node.position?.start.line ?? 1 })
  })
  return links
}

/**
 * Replaces the links to sections and commands with their words and the command: `shelters (/shelters)`. Words that
 * have the command already are not followed by it.
 *
 * @param lines the commands with their slash, by the targets of links; empty for a draft whose command is unknown.
 */
export function resolveLocalLinks(tree: Nodes, lines: ReadonlyMap<string, string>): void {
  visit(tree, 'link', (node, index, parent: Parents | undefined) => {
    const line = lines.get(targetOf(node.url) ?? '')
    if (line === undefined || !parent || index === undefined) return
    const command: PhrasingContent = { type: 'command', value: line }
    const words = textOf(node).trim()
    if (line === '') {
      parent.children.splice(index, 1, ...(node.children as never[]))
      return index + node.children.length
    }
    const text = (value: string): PhrasingContent => ({ type: 'text', value })
    const named = [...node.children, text(' ('), command, text(')')]
    const shown =
      withCommand(node.children, line) ?? (words === '' || words === line ? [command] : named)
    parent.children.splice(index, 1, ...(shown as never[]))
    return index + shown.length
  })
}

/** Marks a mention of a command in the words of a link; undefined if they have none. */
function withCommand(
  nodes: readonly PhrasingContent[],
  line: string,
): PhrasingContent[] | undefined {
  const mention = new RegExp(`(?<![\\w/])${line}(?![\\w/])`, 'i')
  for (const [index, node] of [...nodes.entries()].toReversed()) {
    if ('children' in node) {
      const children = withCommand(node.children as PhrasingContent[], line)
      if (children) return nodes.toSpliced(index, 1, { ...node, children } as PhrasingContent)
    }
    const value = node.type === 'text' || node.type === 'inlineCode' ? node.value : ''
    const [before = '', after] = value.split(mention, 2)
    if (after === undefined) continue
    const text = (value: string): PhrasingContent[] => (value ? [{ type: 'text', value }] : [])
    const marked: PhrasingContent = { type: 'command', value: line }
    return nodes.toSpliced(
      index,
      1,
      ...text(before),
      marked,
      ...text(value.slice(before.length + line.length)),
    )
  }
  return undefined
}
