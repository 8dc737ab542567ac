import type { PhrasingContent } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { type Processor, unified } from 'unified'
import { autolinks, MAY_BE_ADDRESS } from './autolinks.ts'

/** The syntax of CommonMark and GFM without bare addresses. */
const OFF = [
  ...['attention', 'autolink', 'blockQuote', 'characterEscape', 'characterReference', 'codeFenced'],
  ...['codeIndented', 'codeText', 'definition', 'hardBreakEscape', 'headingAtx', 'htmlFlow'],
  ...['htmlText', 'labelEnd', 'labelStartImage', 'labelStartLink', 'list', 'setextUnderline'],
  ...['strikethrough', 'table', 'tasklistCheck', 'thematicBreak'],
  ...['gfmFootnoteCall', 'gfmFootnoteDefinition', 'gfmPotentialFootnoteCall'],
]

/** A parser of plain text, in which bare addresses are links. */
const addresses = unified()
  .use(remarkParse)
  .use(remarkGfm, { singleTilde: false })
  .use(function withoutMarkdown(this: Processor) {
    const data = this.data()
    data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable: { null: OFF } }]
  })
  .use(autolinks, { isPlain: true })
  .freeze()

/** Returns the words of a plain text of one line, in which bare addresses are links, as in a section. Pure. */
export function linked(text: string): PhrasingContent[] {
  if (!MAY_BE_ADDRESS.test(text)) return [{ type: 'text', value: text }]
  const core = text.trim()
  const start = text.indexOf(core)
  const [paragraph] = addresses.parse(core).children
  const words = paragraph?.type === 'paragraph' ? paragraph.children.map(withoutPosition) : []
  const blank = (value: string): PhrasingContent[] =>
    value === '' ? [] : [{ type: 'text', value }]
  return [...blank(text.slice(0, start)), ...words, ...blank(text.slice(start + core.length))]
}

function withoutPosition(node: PhrasingContent): PhrasingContent {
  const { position: _, ...rest } = node
  if (rest.type !== 'link') return rest
  return { type: 'link', url: rest.url, children: rest.children.map(withoutPosition) }
}
