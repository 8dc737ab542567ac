import type { Code, Paragraph } from 'mdast'
import type { Finding } from './problem.ts'
import { textIn } from './shown-text.ts'
import { COMMENTS } from './typed-marks.ts'

/** A form that programs and people write in place of Markdown. */
interface TypedForm {
  /** Matches the beginning of a line. */
  readonly pattern: RegExp
  /** Fewest lines of a paragraph that begin in this form, if one alone may be text. */
  readonly lines: number
  readonly isOutsideQuotes?: true
  readonly explain: (mark: string) => Omit<Finding, 'line'>
}

const list = (fix: (mark: string) => string) => (mark: string) => ({
  message: 'These lines look like a list, but readers see one paragraph.',
  fix: fix(mark),
})

const FORMS: readonly TypedForm[] = [
  {
    // The last three are bullets of Word.
    pattern: /^[•●○◦▪▫■‣⁃∙・➤➢\uF0A7\uF0B7\uF0D8](?=\s*[^\s•])/,
    lines: 1,
    explain: list(mark => `Write \`- \` before each item instead of \`${mark}\`.`),
  },
  {
    pattern: /^(?:·(?=[ \t])|[‒–—―](?=[ \t]*\S)|[-*+](?=\p{L}))/u,
    lines: 2,
    explain: list(mark =>
      /[-*+]/.test(mark)
        ? `Write a blank behind each mark: \`${mark} \`.`
        : `Write \`- \` before each item instead of \`${mark}\`.`,
    ),
  },
  {
    pattern: /^\d{1,3}[.)](?=\p{L})/u,
    lines: 1,
    explain: list(mark => `Write a blank behind each number: \`${mark} \`.`),
  },
  {
    pattern:
      /^(?:\(\d{1,3}\)|\(?[a-zA-Z]\)|[①-⑳]|\d{1,3}[、．]|[一二三四五六七八九十]+、)(?=\s*\S)/u,
    lines: 2,
    explain: list(mark => `Write \`1. \` or \`- \` before each item instead of \`${mark}\`.`),
  },
  {
    pattern: /^#{2,6}(?=[^\s#])/,
    lines: 1,
    explain: mark => ({
      message: `This line looks like a heading, but readers see \`${mark}\`.`,
      fix: `Write a blank behind the marks: \`${mark} \`.`,
    }),
  },
  {
    pattern: /^#{7,}/,
    lines: 1,
    explain: () => ({
      message: 'This line looks like a heading, but a heading has at most six `#`.',
      fix: 'Write fewer of them.',
    }),
  },
  {
    pattern: /^-?\[[ xX]?\](?=[ \t])/,
    lines: 1,
    explain: () => ({
      message: 'This line looks like a task, but readers see its brackets.',
      fix: 'Write `- [ ] ` or `- [x] ` before it.',
    }),
  },
  {
    pattern: /^(?:\[![\p{L}-]+\]|:::|!!!(?= ?\w))/u,
    lines: 1,
    isOutsideQuotes: true,
    explain: mark => ({
      message: `This looks like a callout, but readers see \`${mark}\`.`,
      fix: 'Write `> [!NOTE] title`, and `> ` before each of its lines.',
    }),
  },
  {
    // Underscores that make a style are not part of the text.
    pattern: /^\[{1,2}[_\0]?toc[_\0]?\]{1,2}$/i,
    lines: 1,
    explain: () => ({
      message: 'This looks like a table of contents, but readers see the mark.',
      fix: 'Delete it, because each command of the bot is in its menu.',
    }),
  },
  {
    pattern: /^(?:={3,}|[–—―]{2,}|[_*~–—-]{2,}[–—][_*~–—-]*)$/,
    lines: 1,
    explain: mark => ({
      message: `This line looks like a rule, but readers see \`${mark}\`.`,
      fix: 'Write `---` between empty lines, or take the line out.',
    }),
  },
  {
    pattern: /^(?:\+[-=]+(?:\+[-=]+)*\+$|[│┃║┌├└╔╠╚](?=.))/,
    lines: 1,
    explain: mark => ({
      message: `These lines look like a table, but readers see \`${mark}\`.`,
      fix: 'Write `|` between the cells, and a line such as `|---|---|` below the header alone.',
    }),
  },
]

/** Any beginning of a line that {@link FORMS} may match, so that other paragraphs need no closer look. */
const CANDIDATE = /^[ \t>]*[^\s>\p{L}]|^[ \t>]*\(?[a-zA-Z一二三四五六七八九十][)、]|\t|;\S/mu

/**
 * Warns of lists, headings, tasks, callouts, rules and tables of a paragraph that are not in the form of Markdown, so
 * that readers see their marks in one paragraph. Pure.
 */
export function* checkTyped(
  node: Paragraph,
  source: string,
  isQuoted: boolean,
): Generator<Finding> {
  const { start, end } = node.position ?? {}
  const raw = source.slice(start?.offset, end?.offset)
  if (!start || !CANDIDATE.test(raw)) return
  const lines = textIn(node, raw, start.offset ?? 0)
    .split('\n')
    .map(line => line.replace(/^[\s>]+/, '').trimEnd())
  for (const { pattern, lines: least, isOutsideQuotes, explain } of FORMS) {
    if (isOutsideQuotes && isQuoted) continue
    const marks = lines.map(line => pattern.exec(line)?.[0])
    const index = marks.findIndex(mark => mark !== undefined)
    const mark = marks[index]
    if (mark === undefined || marks.filter(each => each !== undefined).length < least) continue
    yield { line: start.line + index, ...explain(mark), isWarning: true }
    return
  }
  yield* checkTabs(lines, start.line)
  yield* checkSemicolons(lines, start.line)
}

/** Warns of code that is not closed, and of comments and tables that are code only because blanks begin their lines. Pure. */
export function* checkCode({ value, position }: Code, source: string): Generator<Finding> {
  if (!position) return
  const raw = source.slice(position.start.offset, position.end.offset)
  const [fence] = /^(?:`{3,}|~{3,})/.exec(raw) ?? []
  if (fence !== undefined) {
    const last = raw
      .slice(raw.lastIndexOf('\n') + 1)
      .replace(/^[\s>]+/, '')
      .trimEnd()
    if (raw.includes('\n') && last.startsWith(fence) && /^(?:`+|~+)$/.test(last)) return
    const message = 'This code is not closed, so readers see all that follows as code.'
    yield {
      line: position.start.line,
      message,
      fix: `Write a line \`${fence}\` below the code.`,
      isWarning: true,
    }
    return
  }
  const { line } = position.start
  const lines = value.split('\n')
  const index = lines.findIndex(each => each.search(COMMENTS) >= 0)
  if (index >= 0) {
    const message = 'Readers see this comment, because the blanks before it make it code.'
    yield {
      line: line + index,
      message,
      fix: 'Begin the line without blanks, or put a line ` ``` ` above and below the code.',
    }
  }
  const rule = lines.findIndex(each => /^\s*\|?[ \t]*:?-+:?[ \t]*\|[-| :\t]*$/.test(each))
  if (rule > 0) {
    const message = 'Readers see this table as code, because blanks begin its lines.'
    yield { line, message, fix: 'Begin its lines without blanks.', isWarning: true }
  }
  yield* checkTabs(lines, line)
}

/** Warns of lines with semicolons between their cells, as a spreadsheet saves a table. */
function* checkSemicolons(lines: readonly string[], firstLine: number): Generator<Finding> {
  const widths = lines.map(line => (/;[ \t]/.test(line) ? 0 : line.split(';').length))
  const index = widths.findIndex((width, at) => width > 2 && widths[at + 1] === width)
  yield* notATable('semicolon', widths[index], firstLine + index)
}

/** Warns of lines with tabs between their cells, which a spreadsheet or Word makes of a table. */
function* checkTabs(lines: readonly string[], firstLine: number): Generator<Finding> {
  const widths = lines.map(line => line.replace(/^ +/, '').split('\t').length)
  const index = widths.findIndex(
    (width, at) => width > 2 || (width > 1 && widths[at + 1] === width),
  )
  yield* notATable('tab', widths[index], firstLine + index)
}

/** Warns of a table whose cells have another mark between them than `|`. `width` counts its cells; undefined: no table. */
function* notATable(mark: string, width: number | undefined, line: number): Generator<Finding> {
  if (width === undefined) return
  yield {
    line,
    message: `These lines look like a table, but readers see text, because ${mark}s are between the cells.`,
    fix: `Begin and end each line with \`|\`, write \`|\` instead of each ${mark}, and \`|${'---|'.repeat(width)}\` below the first line.`,
    isWarning: true,
  }
}
