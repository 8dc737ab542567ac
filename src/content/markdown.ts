import type { Definition, Nodes, Parents, Root } from 'mdast'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { SKIP, visit } from 'unist-util-visit'
import { checkBody, checkSource } from './body.ts'
import { byPlace, type Problem } from './problem.ts'

const plain = unified()
  .use(remarkParse)
  // One tilde stays a tilde: "~100" twice in a sentence is no deletion.
  .use(remarkGfm, { singleTilde: false })
  .freeze()

/** Markdown with front matter. */
export const withFrontMatter = plain().use(remarkFrontmatter).freeze()

/** A text that somebody has written by itself, or all that readers could not be shown of it. */
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

/** Resolves references, drops comments and positions: what is left is what readers see. */
export function tidy(root: Root): void {
  const definitions = new Map<string, Definition>()
  visit(root, 'definition', node => {
    if (!definitions.has(node.identifier)) definitions.set(node.identifier, node)
  })
  visit(root, (node, index, parent: Parents | undefined) => {
    delete node.position
    if (index === undefined || !parent) return
    // All HTML that passed the checks is comments.
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
