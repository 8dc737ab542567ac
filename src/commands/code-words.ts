import type { PhrasingContent } from 'mdast'

/** Shows the words between two backticks of a sentence as code. Sentences of the log have such words. Pure. */
export function withCode(sentence: string): PhrasingContent[] {
  return sentence
    .split(/`([^`]+)`/)
    .flatMap((value, index): PhrasingContent[] =>
      value === '' ? [] : [{ type: index % 2 === 1 ? 'inlineCode' : 'text', value }],
    )
}
