import { posix } from 'node:path'
import type { Nodes, Parents, PhrasingContent } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import type { Finding } from './problem.ts'

/** Whether a link leads to the file of a section or to a command: `02-b.md`, `./02-b.md#north`, `/b`. Pure. */
export function isLocalLink(node: Nodes): boolean {
  return (node.type === 'link' || node.type === 'definition') && isLocalAddress(node.url)
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
  visit(tree, node => {
    if (!isLocalLink(node) || !('url' in node)) return
    links.push({ target: targetOf(node.url) ?? '', line: node.position?.start.line ?? 1 })
  })
  return links
}

/**
 * Explains a link that leads to nothing, or to a draft that is not read. Pure.
 *
 * @param draft the path of the draft.
 * @param targets the targets of which the nearest is offered.
 */
export function brokenLink(
  { target, line }: LocalLink,
  draft: string | undefined,
  targets: Iterable<string>,
): Finding {
  const what = target.startsWith('/') ? 'command' : 'file'
  if (draft !== undefined) {
    const message = `The ${what} \`${target}\` is a draft, which readers do not see.`
    const fix = `Publish \`${draft}\` by taking the \`_\` off its name, or take this link out.`
    return { line, message, fix }
  }
  const nearest = nearestOf(target, targets)
  const fix = nearest
    ? `Write \`${nearest.replace('sections/', '')}\`, if you mean that.`
    : 'Write the file of a section, or its command with a slash, or take this link out.'
  return { line, message: `There is no ${what} \`${target}\`.`, fix }
}

/** Longest name for which a similar one is looked for, in UTF-16 units. */
const MEASURED = 48

/** Returns the target that differs from `target` in at most a third of its letters, and least; undefined if none does. */
function nearestOf(target: string, targets: Iterable<string>): string | undefined {
  const nameOf = (path: string) =>
    path.replace(/^sections\/_?(?:\d+-)?|\.md$|^\//gi, '').toLowerCase()
  const name = nameOf(target)
  if (name.length > MEASURED) return undefined
  let best: { readonly each: string; readonly edits: number } | undefined
  for (const each of targets) {
    const other = nameOf(each)
    const isClose = Math.abs(other.length - name.length) <= name.length / 3
    if (each.startsWith('/') !== target.startsWith('/') || !isClose) continue
    const edits = distance(name, other)
    if (edits <= name.length / 3 && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) {
      best = { each, edits }
    }
  }
  return best?.each
}

/** The number of letters to add, remove or replace in order to turn one text into the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] ?? 0) + Number(to[at - 1] !== letter)
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
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
