import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Problem } from './problem.ts'

/** A YAML value, with the line numbers of its parts. */
export interface YamlSource {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** The line of the key or item at `path`, or of its nearest parent if it is missing. */
  lineOf(path: readonly PropertyKey[]): number
}

/** Parses `text`, whose first line is line `firstLine` of `file`. Never throws. */
export function parseYaml(file: string, text: string, firstLine = 1): YamlSource {
  const lines = new LineCounter()
  // By default the parser prints warnings that quote the file.
  const quiet = { prettyErrors: false, logLevel: 'error' } as const
  const document = parseDocument(text, { lineCounter: lines, ...quiet })
  const lineAt = (offset: number) => lines.linePos(offset).line + firstLine - 1

  const problems = document.errors.map(error => ({
    file,
    line: lineAt(error.pos[0]),
    // The library's message about an unclosed quote lacks a quote mark.
    message: `This is not valid YAML: ${error.message
      .split('\n')[0]
      ?.replace(/ (["'])quote/, ' quote $1')
      .replace(/[.:]*$/, '.')}`,
    fix:
      error.code === 'DUPLICATE_KEY'
        ? 'Keep one of them.'
        : 'Put quotes around text that has a colon or starts with a special character.',
  }))
  let value: unknown
  try {
    value = document.errors.length === 0 ? document.toJS() : undefined
  } catch (error) {
    // The library refuses an alias that is repeated more than a hundred times, as a guard against
    // bombs.
    problems.push({
      file,
      line: firstLine,
      message: `${(error as Error).message}.`,
      fix: 'Write the values out.',
    })
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

  return { value, problems, lineOf }
}
