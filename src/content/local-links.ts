import { posix } from 'node:path'
import type { Nodes, Parents, PhrasingContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import type { Finding } from './problem.ts'
import { walk } from './walk.ts'

/** Whether a link leads to the file of a section or to a command: `02-b.md`, `./02-b.md#north`, `/b`. Pure. */
export function isLocalLink(node: Nodes): boolean {
  return (node.type === 'link' || node.type === 'definition') && targetOf(node.url) !== undefined
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

/** Explains a link that leads to nothing. Pure. */
export function brokenLink({ target, line }: LocalLink): Finding {
  const what = target.startsWith('/') ? 'command' : 'file'
  return {
    line,
    message: `There is no ${what} \`${target}\`.`,
    fix: 'Write the file of a section, such as 02-threats.md, or its command, such as /threats.',
  }
}

/**
 * Replaces the links to sections and commands with their words and the command: `shelters (/shelters)`.
 *
 * @param lines the commands with their slash, by the targets of links.
 */
export function resolveLocalLinks(tree: Nodes, lines: ReadonlyMap<string, string>): void {
  visit(tree, 'link', (node, index, parent: Parents | undefined) => {
    const line = lines.get(targetOf(node.url) ?? '')
    if (line === undefined || !parent || index === undefined) return
    const command: PhrasingContent = { type: 'command', value: line }
    const words = textOf(node).trim()
    const isNamed = words !== '' && words !== line
    const text = (value: string): PhrasingContent => ({ type: 'text', value })
    const shown = isNamed ? [...node.children, text(' ('), command, text(')')] : [command]
    parent.children.splice(index, 1, ...(shown as never[]))
    return index + shown.length
  })
}
