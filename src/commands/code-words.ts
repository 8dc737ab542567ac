import type { PhrasingContent } from 'mdast'

/** Splits a sentence of the log, in which the words between two backticks become code. Pure. */
export function withCode(sentence: string): PhrasingContent[] {
  return sentence
    .split(/`([^`]+)`/)
    .flatMap((value, index): PhrasingContent[] =>
      value === '' ? [] : [{ type: index % 2 === 1 ? 'inlineCode' : 'text', value }],
    )
}
