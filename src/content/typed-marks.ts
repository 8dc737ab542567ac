import tlds from 'tlds' with { type: 'json' }
import type { Finding } from './problem.ts'

type Warning = Omit<Finding, 'line'>

/** A pattern of texts, and the warning of each match. */
export type Explained = readonly [RegExp, (found: string) => Warning]

/** Names of emoji, as they are typed on Discord: `:tada:`. A time such as `10:30:15` does not match. */
const EMOJI_NAMES =
  /(?<![\p{L}\p{N}:/])(?::(?:[a-z][a-z0-9_+-]{0,40}|[+-]1|100|1234):)+(?![\p{L}\p{N}:/])/giu

/** Placeholders of templates: `{{language}}`, `{% include x %}`. */
export const PLACEHOLDERS = /\{\{[^{}\n]{0,80}\}\}|\{%[^%\n]{0,80}%\}/g

/** The fix for a placeholder. */
export const NOTHING_FILLS = 'Write the text itself, because nothing fills in placeholders.'

/** Explains a text that readers see as it is typed. */
function typed(fix: string): (found: string) => Warning {
  return found => ({ message: `\`${found}\` is shown as it is typed.`, fix, isWarning: true })
}

/** Explains a match of {@link PLACEHOLDERS}. Pure. */
export const placeholder = typed(NOTHING_FILLS)

/** The marks with which a comment begins in HTML, Obsidian, CriticMarkup, MDX and templates. */
export const COMMENTS =
  /<!--|(?<![\d%])%%(?!%)|\{>>|\{\/\*|\{#(?=[\s-])|\{\{!|\{%-?[ \t]*comment\b|(?<!\S)\/\/(?=[ \t]*TODO)/

/** Explains a match of {@link COMMENTS}. It is a problem, because remarks of editors are not for readers. Pure. */
export function comment(mark: string): Warning {
  const message = `\`${mark}\` begins no comment here, so readers would see the remark.`
  const fix =
    'Write `<!-- … -->` around it, from the beginning of a line on, or put a `\\` before marks that are text.'
  return { message, fix }
}

/** Marks of other kinds of Markdown and of other tools, which readers would see, with their explanations. */
export const TYPED: readonly Explained[] = [
  [EMOJI_NAMES, typed('Write the emoji itself, such as 🎉.')],
  [PLACEHOLDERS, placeholder],
  [
    /!?\[\[(?!.?toc.?\]\])[^\][\n]{1,200}\]\]/gi,
    typed('Write `[words](02-file.md)`, or `![words](map.png)` for an image.'),
  ],
  [
    /\^\[[^\][\n]{1,200}\]/g,
    typed('Write a mark such as `[^1]`, and a line `[^1]: …` with the note.'),
  ],
  [
    /(?<![=<>!\p{L}\p{N}])==(?=[^\s=])[^=\n]{0,200}(?<=[^\s=])==(?![=\p{L}\p{N}])/gu,
    typed('Write `**…**`.'),
  ],
  [
    /(?<![\w$\\])(\${1,2})(?=[^\s$])[^$\n]{0,120}?[\\^_{}=][^$\n]{0,120}?(?<=[^\s$])\1(?![\w$])/g,
    typed('Write it in plain characters, such as x² or ½.'),
  ],
  [/\{:?[#.][\p{L}\p{N}_-][^{}\n]{0,80}\}/gu, typed('Delete it.')],
  [
    /(?<![~\p{L}\p{N}])~(?=[^\s~/])[^~\n]{0,200}(?<=[^\s~])~(?![~\p{L}\p{N}])|(?<=\p{L})~[\p{N}+-]{1,4}~/gu,
    typed('Write `~~…~~` for a text that is struck out.'),
  ],
]

/** A host in small letters. Others may be the name of a product. */
const HOST = '(?<![\\p{L}\\p{N}@./:_-])(?!www\\.)(?:[a-z0-9][a-z0-9-]*\\.)+'
/** Domains that name no type of a file. */
const COMMON = 'com|org|net|int|gov|edu|info'
const BARE_HOST = new RegExp(
  `${HOST}(?:(?:${COMMON})(?![\\p{L}\\p{N}@/_-]|\\.[\\p{L}\\p{N}])|(?:${tlds.join('|')})/[\\w./?#=&%-]*\\w)`,
  'gu',
)

/** Web addresses without a scheme, which stay text on every platform, with their explanation. */
export const BARE: Explained = [
  BARE_HOST,
  found => ({
    message: `\`${found}\` is text and no link.`,
    fix: `Write \`https://${found}\` for a link.`,
    isWarning: true,
  }),
]
