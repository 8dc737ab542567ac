import type { Blockquote, Definition, Nodes, Parents, Root } from 'mdast'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { SKIP, visit } from 'unist-util-visit'
import { addresses } from './addresses.ts'
import { checkBody, checkSource } from './body.ts'
import { byPlace, type Problem } from './problem.ts'

const plain = unified()
  .use(remarkParse)
  // One tilde stays a tilde, because a sentence with "~100" twice has no deleted text.
  .use(remarkGfm, { singleTilde: false })
  .use(addresses)
  .freeze()

/** A parser of Markdown with front matter. */
export const withFrontMatter = plain().use(remarkFrontmatter).freeze()

/**
 * Parses a text without front matter. Returns all problems, without a file, if a chat cannot show
 * the text.
 */
export function parseMarkdown(
  source: string,
): { readonly body: Root } | { readonly problems: readonly Problem[] } {
  const unparsable = checkSource(source)
  if (unparsable) return { problems: [{ file: '', ...unparsable }] }
  const body = plain.parse(source)
  const problems = checkBody('', body, source)
  if (problems.length > 0) return { problems: problems.toSorted(byPlace) }
  tidy(body)
  return { body }
}

/**
 * Resolves references, and removes comments and positions, so that the tree has only what readers
 * see.
 */
export function tidy(root: Root): void {
  const definitions = new Map<string, Definition>()
  visit(root, 'definition', node => {
    if (!definitions.has(node.identifier)) definitions.set(node.identifier, node)
  })
  visit(root, (node, index, parent: Parents | undefined) => {
    delete node.position
    if (index === undefined || !parent) return
    if (node.type === 'blockquote') markAdmonition(node)
    // The checks refuse all HTML but comments.
    if (node.type === 'html' || node.type === 'definition') {
      parent.children.splice(index, 1)
      return [SKIP, index]
    }
    if (node.type === 'linkReference' || node.type === 'imageReference') {
      const { url = '' } = definitions.get(node.identifier) ?? {}
      const resolved: Nodes =
        node.type === 'linkReference'
          ? { type: 'link', url, children: node.children }
          : { type: 'image', url, alt: node.alt ?? '' }
      parent.children.splice(index, 1, resolved as never)
      return index
    }
    return
  })
}

/** The signs of GitHub's admonitions, which begin a quote with a line such as `[!NOTE]`. */
const SIGNS: Readonly<Record<string, string>> = {
  NOTE: 'ℹ️',
  TIP: '💡',
  IMPORTANT: '❗',
  WARNING: '⚠️',
  CAUTION: '🛑',
}

/** Replaces the first line of an admonition by its sign and a label in bold. */
function markAdmonition({ children: [first] }: Blockquote): void {
  const [text] = first?.type === 'paragraph' ? first.children : []
  if (first?.type !== 'paragraph' || text?.type !== 'text') return
  const [line = '', kind = ''] = /^\[!(\w+)\][ \t]*(?:\n|$)/.exec(text.value) ?? []
  const name = kind.toUpperCase()
  const sign = SIGNS[name]
  const isAlone = line.endsWith('\n') || [undefined, 'break'].includes(first.children[1]?.type)
  if (!sign || !isAlone) return
  const label = name.slice(0, 1) + name.slice(1).toLowerCase()
  const rest = text.value.slice(line.length)
  first.children.splice(
    0,
    1,
    { type: 'text', value: `${sign} ` },
    { type: 'strong', children: [{ type: 'text', value: label }] },
    ...(line.endsWith('\n')
      ? [{ type: 'break' as const }, { type: 'text' as const, value: rest }]
      : []),
  )
}
