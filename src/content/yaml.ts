import {
  type ErrorCode,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
} from 'yaml'
import type { Problem } from './problem.ts'
import { findTypingFaults } from './yaml-typing.ts'

/** A YAML value, with the line numbers of its parts. */
export interface YamlSource {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** All texts but keys, in their order. */
  readonly texts: readonly YamlText[]
  /** The line of the key or item at `path`, or of its nearest parent if it is missing. */
  lineOf(path: readonly PropertyKey[]): number
}

/** A text of a YAML file. */
export interface YamlText {
  /** The key that the text stands behind; of a list, the key of the list. */
  readonly key: string
  readonly value: string
  /** The text that YAML takes for a comment or a name of its own, although it touches the text. */
  readonly cut?: string
  /** Whether no quotes of YAML are around the text. */
  readonly isPlain: boolean
  /** The line of these words of the text, or its first line. */
  lineOf(words: string): number
}

/** Parses `text`, whose first line is line `firstLine` of `file`. Never throws. */
export function parseYaml(file: string, text: string, firstLine = 1): YamlSource {
  const lines = new LineCounter()
  // By default the parser prints warnings that quote the file.
  const quiet = { prettyErrors: false, logLevel: 'error' } as const
  const document = parseDocument(text, { lineCounter: lines, ...quiet })
  const lineAt = (offset: number) => lines.linePos(offset).line + firstLine - 1

  const typed =
    document.errors.length > 0 || isScalar(document.contents) ? findTypingFaults(text) : []
  const problems: Problem[] = typed.map(({ line, ...each }) => ({
    file,
    line: line + firstLine - 1,
    ...each,
  }))
  // Further errors of a line are consequences of the first.
  const errors = Map.groupBy(typed.length > 0 ? [] : document.errors, ({ pos }) => lineAt(pos[0]))
  for (const [line, [error]] of errors) {
    if (!error) continue
    // The library's message about an unclosed quote lacks a quote mark.
    const cause = error.message.split(/\n|;/)[0]?.replace(/ (["'])quote/, ' quote $1')
    const message = `This is not valid YAML: ${cause?.replace(/[.:]*$/, '.')}`
    problems.push({ file, line, message, fix: FIXES[error.code] ?? QUOTE })
  }
  let value: unknown
  try {
    value = document.errors.length === 0 ? document.toJS() : undefined
  } catch (error) {
    const { message } = error as Error
    const alias = /^Unresolved alias .*: (\S+)$/.exec(message)?.[1]
    const line =
      firstLine + text.slice(0, Math.max(0, text.indexOf(`*${alias}`))).split('\n').length - 1
    const cause = `\`*${alias}\` is a name of YAML here, which stands for nothing.`
    // The library refuses an alias that is repeated more than a hundred times, as a guard against
    // bombs.
    problems.push(
      alias === undefined
        ? { file, line: firstLine, message: `${message}.`, fix: 'Write the values out.' }
        : { file, line, message: cause, fix: FIXES.BAD_ALIAS ?? QUOTE },
    )
  }

  function lineOf(path: readonly PropertyKey[]): number {
    let node: unknown = document.contents
    let line = firstLine
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
        if (!pair || !isScalar(pair.key) || !pair.key.range) break
        line = lineAt(pair.key.range[0])
        node = pair.value
      } else if (isSeq(node)) {
        node = node.items[Number(step)]
        const range = (node as { range?: [number, number, number] } | undefined)?.range
        if (!range) break
        line = lineAt(range[0])
      } else break
    }
    return line
  }

  const texts: YamlText[] = []
  // Faulty YAML may have thousands of texts that are none.
  if (problems.length > 0) return { value, problems, texts, lineOf }
  visit(document, {
    Scalar(key, node, path) {
      const { value, range } = node
      const [start, end] = range ?? [0, 0]
      const pair = path.findLast(isPair)
      if (key === 'key' || typeof value !== 'string' || !isScalar(pair?.key)) return
      const cut = cutFrom(node, text)
      texts.push({
        key: String(pair.key.value),
        value,
        ...(cut !== undefined && { cut }),
        isPlain: node.type === Scalar.PLAIN,
        lineOf: words => lineAt(start + Math.max(0, text.slice(start, end).indexOf(words))),
      })
    },
  })

  return { value, problems, texts, lineOf }
}

/** Returns a comment that touches a text without quotes, or a name of YAML before it. */
function cutFrom({ type, range, anchor, tag }: Scalar, source: string): string | undefined {
  if (anchor !== undefined) return `&${anchor}`
  if (tag?.startsWith('!')) return tag
  if (type !== Scalar.PLAIN || !range) return undefined
  // Editors put two blanks before a comment that they mean as one, or a blank behind its mark.
  return /^(?: (?=#)|[ \t]+(?=#\S))(.*)/.exec(source.slice(range[1]))?.[1]?.trimEnd()
}

const QUOTE = 'Put quotes around text that has a colon or starts with a special character.'

const FIXES: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'Keep one of them.',
  MULTIPLE_DOCS: 'Keep one document: take out the line `---` or `...` and all that follows it.',
  TAB_AS_INDENT: 'Write blanks instead of the tab.',
  BAD_INDENT: 'Begin the lines that belong together below one another.',
  BAD_DQ_ESCAPE: 'Write `\\\\` for a backslash between these quotes.',
  MISSING_CHAR:
    'Close the quote or the bracket that is open here, or write a colon behind the key.',
  BAD_ALIAS: 'Put quotes around text that starts with `*` or `&`.',
}
