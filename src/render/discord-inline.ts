import { type Run, withoutCommands } from './runs.ts'

/** Returns the Markdown of runs. A zero-width space separates marks that Discord would read as one. Pure. */
export function inlineMarkdown(runs: readonly Run[]): string {
  // Compares neighbours, because reading the end of a growing text takes quadratic time.
  const isMark = (end: string | undefined) => end !== undefined && '*_~`'.includes(end)
  return withoutCommands(runs)
    .map(runMarkdown)
    .filter(run => run !== '')
    .map((run, index, all) =>
      isMark(all[index - 1]?.at(-1)) && isMark(run[0]) ? `\u200B${run}` : run,
    )
    .join('')
}

function runMarkdown(run: Run): string {
  const { text, bold, italic, strike, code, url, at, style = 'f' } = run
  const core = text.trim()
  if (core === '') return text
  // Discord ignores marks next to a blank, so blanks stay outside of them.
  const start = text.indexOf(core)
  const [before, after] = [text.slice(0, start), text.slice(start + core.length)]
  // Discord reads outer marks first, and a mark in the code would end them, so code has no other style.
  if (code) {
    const shown = inlineCode(core)
    // Struck code means the opposite, so it keeps that mark alone, unless the code would end it.
    const isStruck = strike && !core.includes('~~')
    return before + (isStruck ? `~~${shown}~~` : shown) + after
  }
  let shown =
    run.mention ?? (at ? `<t:${Math.floor(Date.parse(at) / 1000)}:${style}>` : escapeMarkdown(core))
  // A mark at the start of a line cannot be escaped in the words of a link, so they stand in one line.
  const words = core.replaceAll('\n', ' ')
  if (url) shown = run.bare ? bareAddress(core, url) : `[${words}](<${encoded(url)}>)`
  if (strike) shown = `~~${shown}~~`
  if (italic) shown = `*${shown}*`
  if (bold) shown = `**${shown}**`
  return before + shown + after
}

/** Separates backticks with a zero-width space, because a row of them would end the code. */
export function apart(code: string): string {
  return code.replace(/`(?=`)/g, '`\u200B')
}

function inlineCode(text: string): string {
  if (!text.includes('`')) return `\`${text}\``
  // Two backticks, and a blank, enclose text that contains one.
  return `\`\` ${apart(text)} \`\``
}

const LOOKS_LIKE_ADDRESS = /:\/\/|^\s*\S+\.[a-z]{2,}(?:\/|\s*$)/i

/** Marks that Discord could read in the words of a link, where nothing can be escaped. */
const MARKUP = /[*~`\\<]|\|\||\]\(|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|@(?:everyone|here)|:[^\s:]+:/

/**
 * Whether Discord shows words as a link: only to http and https, without markup, and not if they look like
 * another address. Brackets in the words have to be in pairs.
 */
export function isLink(address: string, words: string): boolean {
  if (!isWeb(address) || LOOKS_LIKE_ADDRESS.test(words) || MARKUP.test(words)) return false
  let open = 0
  for (const bracket of words.match(/[[\]]/g) ?? []) {
    open += bracket === '[' ? 1 : -1
    if (open < 0) return false
  }
  return open === 0
}

function isWeb(address: string): boolean {
  return /^https?:\/\//i.test(address)
}

/** A mail address that `<…>` encloses without escapes. */
const MAIL = /^[^\s<>@\\]+@[^\s<>@\\]+$/

/** An address in full. In `<…>` Discord takes web and mail addresses, and others with two slashes. */
function bareAddress(text: string, url: string): string {
  if (url.startsWith('mailto:') && MAIL.test(text)) return `<${text}>`
  return url.includes('://') ? `<${encoded(url)}>` : escapeMarkdown(text)
}

function encoded(url: string): string {
  return url.replace(/[<>\s\\]/g, encodeURIComponent)
}

/** Escapes each character that Discord could read as markup, a mention or an emoji. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\*_~`|[\]<@]|:(?=\/\/|[^\s:]+:)/g, '\\$&')
}

/** Escapes marks that mean something only at the start of a line. */
export function escapeLineStarts(text: string): string {
  return text.replace(/^(\s*)([#>+-])/gm, '$1\\$2').replace(/^(\s*\d+)([.)])/gm, '$1\\$2')
}
