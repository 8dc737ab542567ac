import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { type Data, type Processor, unified } from 'unified'
import { autolinks } from '../content/autolinks.ts'

type Extension = NonNullable<Data['micromarkExtensions']>[number]
type Construct = Extract<NonNullable<Extension['text']>[string], { tokenize: unknown }>
type Code = Parameters<ReturnType<Construct['tokenize']>>[0]

/**
 * Syntax of CommonMark and GFM that Discord shows as text. Headings, lists, quotes and code blocks are off
 * as well, because `readLines` has already found them.
 */
const OFF = [
  ...['headingAtx', 'setextUnderline', 'list', 'blockQuote', 'codeFenced', 'codeIndented'],
  ...['thematicBreak', 'definition', 'htmlFlow', 'htmlText', 'hardBreakEscape'],
  ...['characterReference', 'labelStartImage', 'wwwAutolink', 'emailAutolink', 'tasklistCheck'],
  ...['gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'],
]

/** Mentions, emoji, times, places of a server and phone numbers: `<@1>`, `<:name:2>`, `<t:3:R>`, `<id:guide>`, `<+4>`. */
const TAG =
  /^<(?:@[!&]?\d+|#\d+|\/[^:<>]+:\d+|a?:\w+:\d+|t:-?\d+(?::[tTdDfFsSR])?|id:(?:browse|customize|guide|linked-roles(?::\d+)?)|\+[\d ().-]*\d)>$/
/** Longest tag: a command of four words of up to 32 letters each, and an ID. */
const TAG_LENGTH = 160

/**
 * A parser of a paragraph or a table. Syntax that only Discord has becomes `html`: `<@1>`, `@here`,
 * `||`.
 */
export const inline = unified()
  .use(remarkParse)
  .use(remarkGfm, { singleTilde: false })
  .use(discord)
  .use(autolinks)
  .freeze()

function discord(this: Processor): void {
  const data = this.data()
  const own: Extension = {
    disable: { null: OFF },
    text: {
      [code('*')]: eager('*'),
      [code('_')]: eager('_'),
      [code('~')]: eager('~'),
      // A tag ends before a `<`. Otherwise the parser would read the rest again from each `<`, in
      // quadratic time.
      [code('<')]: word((last, next) => last !== '>' && next !== '<', TAG),
      [code('@')]: word((_, next) => /[a-z]/.test(next), /^@(?:everyone|here)$/),
      // A longer row such as `|||` has no mark.
      [code('|')]: {
        ...word((_, next) => next === '|', /^\|\|$/),
        previous: before => before !== code('|'),
      },
    },
  }
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), own]
  // GFM searches texts for addresses again, and would link an escaped one.
  data.fromMarkdownExtensions = (data.fromMarkdownExtensions ?? [])
    .flat()
    .map(({ transforms: _, ...rest }) => rest)
}

/** Tokenizes a word that extends while `continues` is true, if the word matches `pattern`. */
function word(continues: (last: string, next: string) => boolean, pattern: RegExp): Construct {
  return {
    tokenize(effects, ok, nok) {
      let read = ''
      const more = (next: Code) => {
        const character = next === null || next < 0 ? '' : String.fromCharCode(next)
        if (
          read === '' ||
          (character && read.length < TAG_LENGTH && continues(read.slice(-1), character))
        ) {
          read += character
          effects.consume(next)
          return more
        }
        if (!pattern.test(read)) return nok(next)
        effects.exit('htmlTextData')
        effects.exit('htmlText')
        return ok(next)
      }
      return first => {
        effects.enter('htmlText')
        effects.enter('htmlTextData')
        return more(first)
      }
    },
  }
}

/**
 * Tokenizes marks of style as Discord does. Two marks count wherever they stand, as in `**Where: **here`. One asterisk
 * counts if it touches a word, and one underscore as in CommonMark.
 */
function eager(mark: '*' | '_' | '~'): Construct {
  const usual = (constructs: Extension['text']) =>
    [constructs?.[code(mark)]].flat().find(each => each?.resolveAll && each !== own)
  const own: Construct = {
    tokenize(effects, ok, nok) {
      const before = this.previous
      const tokenize = usual(this.parser.constructs.text)?.tokenize
      if (!tokenize) return nok
      const marked = (after: Code) => {
        const token = this.events.at(-1)?.[1]
        const isOne = token && token.end.offset - token.start.offset === 1
        if (token && !(isOne && mark === '_')) {
          token._open = !isOne || !isBlank(after)
          token._close = !isOne || !isBlank(before)
        }
        return ok(after)
      }
      return tokenize.call(this, effects, marked, nok)
    },
    resolveAll(events, context) {
      return usual(context.parser.constructs.text)?.resolveAll?.(events, context) ?? events
    },
  }
  return own
}

function isBlank(code: Code): boolean {
  return code === null || code < 0 || /\s/.test(String.fromCharCode(code))
}

function code(character: string): number {
  return character.charCodeAt(0)
}
