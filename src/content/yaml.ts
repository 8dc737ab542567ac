import {
  type Document,
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
import {
  explainYamlError,
  NO_KEY,
  repeatedKey,
  TOO_MANY_NAMES,
  TYPED,
  unknownName,
} from './yaml-faults.ts'
import { checkYaml } from './yaml-limits.ts'
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
  const quiet = { prettyErrors: false, logLevel: 'error', uniqueKeys: false } as const
  const tooDeep = checkYaml(text)
  const document = parseDocument(tooDeep ? '' : text, { lineCounter: lines, ...quiet })
  const lineAt = (offset: number) => lines.linePos(offset).line + firstLine - 1

  const isFaulty = document.errors.length > 0 || isScalar(document.contents)
  const typed = tooDeep ? [tooDeep] : isFaulty ? findTypingFaults(text) : []
  const problems: Problem[] = typed.map(({ line, ...each }) => ({
    file,
    line: line + firstLine - 1,
    ...each,
  }))
  const errors = [
    ...document.errors.map(error => ({ at: error.pos[0], ...explainYamlError(error) })),
    ...repeatedKeys(document),
    ...typedValues(document),
  ]
  // Further errors of a line are consequences of the first.
  const byLine = Map.groupBy(typed.length > 0 ? [] : errors, ({ at }) => lineAt(at))
  for (const [line, [error]] of byLine) {
    if (error) problems.push({ file, line, message: error.message, fix: error.fix })
  }
  let value: unknown
  try {
    value = problems.length === 0 ? document.toJS() : undefined
  } catch (error) {
    const { message } = error as Error
    const alias = /^Unresolved alias .*: (\S+)$/.exec(message)?.[1]
    const line =
      firstLine + text.slice(0, Math.max(0, text.indexOf(`*${alias}`))).split('\n').length - 1
    // The library refuses an alias that is repeated more than a hundred times, as a guard against
    // bombs.
    problems.push(
      alias === undefined
        ? { file, line: firstLine, ...TOO_MANY_NAMES }
        : { file, line, ...unknownName(alias) },
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

/** Finds the values that a tag of YAML turns into something else than text, a number, a list or a set of keys. */
function typedValues(document: Document): { at: number; message: string; fix: string }[] {
  const found: { at: number; message: string; fix: string }[] = []
  visit(document, {
    Node(_, node) {
      if (!('tag' in node) || !TYPES.test(node.tag ?? '')) return
      found.push({ at: node.range?.[0] ?? 0, ...TYPED })
    },
  })
  return found
}

const TYPES = /:(?:binary|set|omap|pairs|timestamp)$/

/** Finds the keys that a mapping has twice. The library compares each key with all others. */
function repeatedKeys(document: Document): { at: number; message: string; fix: string }[] {
  const found: { at: number; message: string; fix: string }[] = []
  if (document.errors.length > 0) return found
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        // The schemas pass over this key, because it is the prototype of an object.
        if (key.value === '__proto__') found.push({ at: key.range?.[0] ?? 0, ...NO_KEY })
        if (seen.has(key.value)) {
          found.push({ at: key.range?.[0] ?? 0, ...repeatedKey(String(key.value ?? '')) })
        }
        seen.add(key.value)
      }
    },
  })
  return found
}
