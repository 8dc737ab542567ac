import type { TimeStyle } from '../message.ts'
import { perObject } from '../per-object.ts'
import type { Block } from './blocks.ts'
import { type Cuttable, isText } from './cut.ts'
import { withoutAccidents } from './joiners.ts'
import { leadLength } from './parts.ts'
import { type Run, withoutCommands } from './runs.ts'
import { isLink } from './telegram-finds.ts'

/** UTF-16 units above which a quote is folded. */
const FOLD_UNITS = 400

/** Returns the text that Telegram counts and shows, without markup. Pure. */
export function shown(text: string): string {
  return text.replace(/<[^>]*>/g, '').replace(/&(?:lt|gt|amp|quot);/g, '&')
}

/** Renders the texts among blocks as HTML. Pure. */
export function html(all: readonly Block[]): string {
  const blocks = all.filter(isText)
  let text = ''
  for (let index = 0; index < blocks.length; index++) {
    const first = blocks[index] as Cuttable
    if (index > 0) text += gap(first, blocks[index - 1])
    if (!isQuoted(first)) {
      text += blockHtml(first)
      continue
    }
    // Consecutive blocks of one quote share one element.
    let quoted = blockHtml(first)
    for (
      let next = blocks[index + 1];
      next?.quote === first.quote && isQuoted(next);
      next = blocks[index + 1]
    ) {
      quoted += gap(next, blocks[index]) + blockHtml(next)
      index += 1
    }
    const isFolded = first.isFolded || (!first.isWhole && shown(quoted).length > FOLD_UNITS)
    text += `<blockquote${isFolded ? ' expandable' : ''}>${quoted}</blockquote>`
  }
  return text
}

/**
 * Returns the line ends before a block. A heading stands directly above the text that it heads, a sentence that leads on
 * above its list or code, an item below the item before, and a source below its text.
 */
function gap(block: Cuttable, before?: Cuttable): string {
  const isHeading = block.kind === 'text' && block.heading !== undefined
  const isQuiet = block.kind === 'text' && block.isQuiet
  const isListed =
    block.kind === 'code' || block.marker !== '' || (block.leads === true && !isHeading)
  const isHeaded =
    before?.kind === 'text' &&
    (before.heading !== undefined ||
      before.leads ||
      (isListed && (leadLength(before) > 0 || (before.indent > 0 && block.indent > 0))))
  return block.tight || isQuiet || (isHeaded && !isHeading) ? '\n' : '\n\n'
}

/**
 * Whether a block belongs into a quote. Code does not, because the Bot API allows no monospace
 * block in a quote.
 */
function isQuoted(block: Cuttable): boolean {
  return block.quote > 0 && block.kind === 'text'
}

/** Renders a block. Cached, because a block is tried in several messages until it fits. */
const blockHtml = perObject((block: Cuttable): string => {
  if (block.kind === 'code') {
    const { language } = block
    const code = escapeHtml(block.text)
    return language
      ? `<pre><code class="language-${language}">${code}</code></pre>`
      : `<pre>${code}</pre>`
  }
  // Further blocks of a list item align with its text, not with its marker.
  const indent = '  '.repeat(Math.max(0, block.indent - (block.marker ? 1 : 0)))
  // The runs include the marker, because it decides whether a word begins after it.
  const runs = withoutCommands(
    withoutAccidents([{ text: indent + block.marker }, ...block.runs.map(struckAsText)]),
  )
  const shown = runs.filter(({ text }) => text !== '')
  const bold = block.heading && ({ bold: true } as const)
  const italic = block.isQuiet && ({ italic: true } as const)
  return shown.map(run => runHtml({ ...run, ...bold, ...italic })).join('')
})

/** Telegram shows no style in code, so struck code is struck text. */
function struckAsText(run: Run): Run {
  if (!run.code || !run.strike) return run
  const { code: _, ...text } = run
  return text
}

/** Telegram's format of a time for each style. Telegram combines letters, but not `r`. */
const FORMATS: Readonly<Record<TimeStyle, string>> = {
  t: 't',
  T: 'T',
  d: 'd',
  D: 'D',
  f: 'Dt',
  F: 'wDt',
  s: 'dt',
  S: 'dT',
  R: 'r',
}

function runHtml({ text, bold, italic, strike, code, url, at, style = 'f' }: Run): string {
  let shown = escapeHtml(text)
  // Bot API: code has no nested entities and no outer ones; times and links do not nest.
  if (code) return `<code>${shown}</code>`
  if (at)
    shown = `<tg-time unix="${Math.floor(Date.parse(at) / 1000)}" format="${FORMATS[style]}">${shown}</tg-time>`
  else if (url && isLink(url)) shown = `<a href="${escapeHtml(url)}">${shown}</a>`
  if (strike) shown = `<s>${shown}</s>`
  if (italic) shown = `<i>${shown}</i>`
  if (bold) shown = `<b>${shown}</b>`
  return shown
}

const ENTITY_NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, mark => ENTITY_NAMES[mark] ?? mark)
}
