import { Lexer, Parser } from 'yaml'
import type { Finding } from './problem.ts'
import { DEPTH, TOO_DEEP } from './source-limits.ts'

/** The tokens of the library that have other values in them. */
const NESTING = /^(?:block-map|block-seq|flow-collection)$/

/**
 * Finds the line from which on YAML is nested deeper than {@link DEPTH}, because composing it takes minutes or fails.
 * The tokens of the library come without recursion, in a time that grows with their number. Pure.
 */
export function checkYaml(text: string): Finding | undefined {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    // The parser does its work while its finished documents are taken.
    for (const _ of parser.next(lexeme));
    const { stack, offset } = parser
    if (stack.length > DEPTH && stack.filter(({ type }) => NESTING.test(type)).length > DEPTH) {
      return { line: text.slice(0, offset).split('\n').length, ...TOO_DEEP }
    }
  }
  return undefined
}
