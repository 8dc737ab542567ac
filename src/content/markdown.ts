import type { Definition, Image, Nodes, Parents, PhrasingContent, Root } from 'mdast'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { type Plugin, unified } from 'unified'
import { SKIP, visit } from 'unist-util-visit'
import { markAdmonition } from './admonitions.ts'
import { autolinks, withoutMailAddresses } from './autolinks.ts'
import { checkBody } from './body.ts'
import { withoutDirection } from './characters.ts'
import { checkCost } from './cost.ts'
import { liftPictures } from './lift-pictures.ts'
import { joinWideLines } from './line-ends.ts'
import { isLinkable } from './local-links.ts'
import { collectNotes } from './notes.ts'
import { byPlace, type Problem } from './problem.ts'
import { checkSource } from './source-limits.ts'
import { has, walk } from './walk.ts'

/** Creates a parser. A copy of a frozen parser would have each extension twice. */
function createParser(...plugins: Plugin<[]>[]) {
  return (
    unified()
      .use(remarkParse)
      // One tilde stays a tilde, because a sentence with "~100" twice has no deleted text.
      .use(remarkGfm, { singleTilde: false })
      .use(autolinks)
      .use(plugins)
      .freeze()
  )
}

const withMail = createParser()
const withoutMail = createParser(withoutMailAddresses)
const withFrontAndMail = createParser(remarkFrontmatter)
const withFront = createParser(withoutMailAddresses, remarkFrontmatter)

/** Parses Markdown without front matter. Pure. */
export function parseText(source: string): Root {
  return (source.includes('@') ? withMail : withoutMail).parse(source)
}

/** Parses Markdown with front matter. Pure. */
export function parseFile(source: string): Root {
  return (source.includes('@') ? withFrontAndMail : withFront).parse(source)
}

/**
 * Parses a text without front matter. Returns all problems, without a file, if a chat cannot show
 * the text; otherwise the body, and the warnings without a file.
 */
export function parseMarkdown(
  source: string,
):
  | { readonly body: Root; readonly warnings: readonly Problem[] }
  | { readonly body?: never; readonly problems: readonly Problem[] } {
  const unparsable = checkSource(source) ?? checkCost(source)
  if (unparsable) return { problems: [{ file: '', ...unparsable }] }
  const body = parseText(source)
  const found = checkBody('', body, source).sort(byPlace)
  const problems = found.filter(({ isWarning }) => !isWarning)
  if (problems.length > 0) return { problems }
  tidy(body, source)
  return { body, warnings: found }
}

/**
 * Converts a parsed tree into the tree of an edition: resolves references, replaces images on the web with links and
 * `<br>` with line ends, makes blocks of the other images, joins lines of Chinese and Japanese, moves notes to the end,
 * and removes comments and positions.
 *
 * @param source the Markdown that the positions refer to.
 */
export function tidy(root: Root, source: string): void {
  const definitions = new Map<string, Definition>()
  walk(root, node => {
    if (node.type === 'definition' && !definitions.has(node.identifier)) {
      definitions.set(node.identifier, node)
    }
  })
  // The header of a table names the values of its cards, and a heading has no line end on Discord.
  const lines: Nodes[] = []
  walk(root, node => {
    const line = node.type === 'table' ? node.children[0] : node
    if (line && (node.type === 'table' || node.type === 'heading')) lines.push(line)
  })
  for (const line of lines) joinLines(line)
  delete root.position
  // Positions do not count a byte order mark.
  tidyBelow(root, definitions, source.replace(/^\uFEFF/, ''))
  liftPictures(root)
  if (has(root, ({ type }) => type === 'break')) {
    visit(root, 'break', (_, index, parent: Parents | undefined) => trimAround(index, parent))
  }
  joinWideLines(root)
  collectNotes(root)
}

/** Tidies the nodes below another. Replacements are tidied as well. */
function tidyBelow(
  parent: Parents,
  definitions: ReadonlyMap<string, Definition>,
  source: string,
): void {
  for (let index = 0; index < parent.children.length; ) {
    const node = parent.children[index] as Nodes
    delete node.position
    if ('value' in node) node.value = withoutDirection(node.value)
    if ('url' in node) node.url = withoutDirection(node.url)
    if (node.type === 'blockquote') markAdmonition(node, source)
    const replacement = replace(node, parent, definitions)
    if (replacement) parent.children.splice(index, 1, ...(replacement as never[]))
    else {
      if ('children' in node) tidyBelow(node, definitions, source)
      index += 1
    }
  }
}

/** Replaces each hard line end and `<br>` of a heading or a table's header with a blank. */
function joinLines(line: Nodes): void {
  visit(line, (node, index, parent: Parents | undefined) => {
    const isEnd = node.type === 'break' || (node.type === 'html' && LINE_END.test(node.value))
    if (isEnd) parent?.children.splice(index ?? 0, 1, text(' ') as never)
  })
}

/** Returns the nodes that replace a node; undefined if it stays. */
function replace(
  node: Nodes,
  parent: Parents,
  definitions: ReadonlyMap<string, Definition>,
): Nodes[] | undefined {
  const url = () => ('identifier' in node ? (definitions.get(node.identifier)?.url ?? '') : '')
  switch (node.type) {
    case 'definition':
      return []
    case 'html':
      // The checks refuse all HTML but comments and line ends.
      return LINE_END.test(node.value) && isInline(parent) ? [{ type: 'break' }] : []
    case 'linkReference':
      return [{ type: 'link', url: url(), children: node.children }]
    case 'imageReference':
      return [{ type: 'image', url: url(), alt: node.alt ?? '' }]
    case 'image':
      if (isLinkable(node.url)) return picture(node)
      node.alt = withoutDirection(node.alt ?? '').trim()
      return undefined
    case 'link': {
      // A link cannot contain another link, so its images, or their links, follow it.
      const images: Image[] = []
      visit(node, (each, index, parent: Parents | undefined) => {
        if (each.type !== 'image' && each.type !== 'imageReference') return
        const { url = '' } = 'url' in each ? each : (definitions.get(each.identifier) ?? {})
        const alt = withoutDirection(each.alt ?? '')
        images.push({ type: 'image', url, alt })
        parent?.children.splice(index ?? 0, 1, text(alt) as never)
      })
      if (images.length === 0) return undefined
      return [
        node,
        ...images.flatMap((image): PhrasingContent[] =>
          isLinkable(image.url) ? [text(' ('), linkTo(image, PICTURE), text(')')] : [image],
        ),
      ]
    }
    default:
      return undefined
  }
}

const LINE_END = /^<br/i

/** Marks a link that leads to an image. */
const PICTURE = 'picture'

/** Returns a link to an image on the web, which another server may change or count. */
function picture(image: Image): Nodes[] {
  return [linkTo(image, `${withoutDirection(image.alt ?? '').trim()} (${PICTURE})`)]
}

function linkTo({ url }: Image, words: string): PhrasingContent {
  return { type: 'link', url, children: [text(words)] }
}

function text(value: string): PhrasingContent {
  return { type: 'text', value }
}

function isInline({ type }: Parents): boolean {
  return !['root', 'blockquote', 'listItem', 'footnoteDefinition'].includes(type)
}

/** Removes blanks beside a line end, and a line end that begins or ends its paragraph. */
function trimAround(index: number | undefined, parent: Parents | undefined) {
  if (index === undefined || !parent) return undefined
  const [before, after] = [parent.children[index - 1], parent.children[index + 1]]
  if (before?.type === 'text') before.value = before.value.trimEnd()
  if (after?.type === 'text') after.value = after.value.trimStart()
  if (before && after) return undefined
  parent.children.splice(index, 1)
  return [SKIP, index] as [typeof SKIP, number]
}
