import type { Definition, Nodes, Parents, Root } from 'mdast'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { SKIP, visit } from 'unist-util-visit'
import { checkBody, checkSource } from './body.ts'
import { checkCost } from './cost.ts'
import { byPlace, type Problem } from './problem.ts'

const plain = unified()
  .use(remarkParse)
  // One tilde stays a tilde, because a sentence with "~100" twice has no deleted text.
  .use(remarkGfm, { singleTilde: false })
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
  const unparsable = checkSource(source) ?? checkCost(source)
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
