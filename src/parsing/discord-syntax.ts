import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { type Data, type Processor, unified } from 'unified'

type Extension = NonNullable<Data['micromarkExtensions']>[number]
type Construct = Extract<NonNullable<Extension['text']>[string], { tokenize: unknown }>
type Code = Parameters<ReturnType<Construct['tokenize']>>[0]

/**
 * What CommonMark and GFM have and Discord does not: there it is text. Headings, lists, quotes and
 * code blocks are here as well, since lines.ts has found them already.
 */
const OFF = [
  ...['headingAtx', 'setextUnderline', 'list', 'blockQuote', 'codeFenced', 'codeIndented'],
  ...['thematicBreak', 'definition', 'htmlFlow', 'htmlText', 'hardBreakEscape'],
  ...['characterReference', 'labelStartImage', 'wwwAutolink', 'emailAutolink', 'tasklistCheck'],
  ...['gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'],
]

/** Mentions, emoji and times: `<@1>`, `<:name:2>`, `<t:3:R>`. */
const TAG = /^<(?:@[!&]?\d+|#\d+|\/[^:<>]+:\d+|a?:\w+:\d+|t:-?\d+(?::[tTdDfFsSR])?)>$/
/** Longest of these: a command of four words, each of up to 32 letters, and an id. */
const TAG_LENGTH = 160

/** Of one paragraph, or of a table. What Discord alone has is `html`: `<@1>`, `@here`, `||`. */
export const inline = unified()
  .use(remarkParse)
  .use(remarkGfm, { singleTilde: false })
  .use(discord)
  .freeze()

function discord(this: Processor): void {
  const data = this.data()
  const own: Extension = {
    disable: { null: OFF },
    text: {
      [code('*')]: eager('*'),
      [code('~')]: eager('~'),
      // A tag contains no `<`: the parser would read the rest again from each one, in quadratic time.
      [code('<')]: word((last, next) => last !== '>' && next !== '<', TAG),
      [code('@')]: word((_, next) => /[a-z]/.test(next), /^@(?:everyone|here)$/),
      // Not in the middle of a longer row: of `|||` none is a mark.
      [code('|')]: {
        ...word((_, next) => next === '|', /^\|\|$/),
        previous: before => before !== code('|'),
      },
    },
  }
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), own]
  // GFM looks for addresses a second time, in texts: there an escaped one is meant as text.
  data.fromMarkdownExtensions = (data.fromMarkdownExtensions ?? [])
    .flat()
    .map(({ transforms: _, ...rest }) => rest)
}

/** A word that begins with a character of its own and goes on while `goesOn`, if it `is` one. */
function word(goesOn: (last: string, next: string) => boolean, is: RegExp): Construct {
  return {
    tokenize(effects, ok, nok) {
      let read = ''
      const more = (next: Code) => {
        const character = next === null || next < 0 ? '' : String.fromCharCode(next)
        if (
          read === '' ||
          (character && read.length < TAG_LENGTH && goesOn(read.slice(-1), character))
        ) {
          read += character
          effects.consume(next)
          return more
        }
        if (!is.test(read)) return nok(next)
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
 * Marks of style hold wherever they touch something: CommonMark would take those of `**Note:**this`
 * for asterisks.
 */
function eager(mark: '*' | '~'): Construct {
  const usual = (constructs: Extension['text']) =>
    [constructs?.[code(mark)]].flat().find(each => each && each !== own)
  const own: Construct = {
    tokenize(effects, ok, nok) {
      const before = this.previous
      const tokenize = usual(this.parser.constructs.text)?.tokenize
      if (!tokenize) return nok
      const marked = (after: Code) => {
        const token = this.events.at(-1)?.[1]
        if (token) {
          token._open = !isBlank(after)
          token._close = !isBlank(before)
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
