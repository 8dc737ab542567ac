import type { ErrorCode, YAMLError } from 'yaml'
import type { Finding } from './problem.ts'
import { TOO_DEEP } from './source-limits.ts'

type Fault = Omit<Finding, 'line'>
type Explain = Fault | ((detail: string) => Fault)

const QUOTE = 'Put quotes around text that has a colon or starts with a special character.'

const fault = (message: string, fix: string): Fault => ({ message, fix })

const NAME = fault(
  'A text that begins with `&`, `*` or `!` is a name or a type of YAML.',
  'Put quotes around the text.',
)
const DIRECTIVE = fault(
  'A line that begins with `%` is an instruction to YAML.',
  'Take the line out, or put quotes around its text.',
)
const NO_COLON = fault(
  'This line has no key with a colon.',
  'Write `: ` behind its key, or two blanks before it if it continues the line above.',
)
const SECOND_COLON = fault(
  'YAML takes a part of this text for a key or a list, because of its colon or hyphen.',
  'Put quotes around the whole text.',
)
const OTHER = fault('YAML cannot read the text from here on.', QUOTE)

/** The explanations of errors with several causes, by a part of the message of the library. */
const BY_MESSAGE: readonly (readonly [RegExp, Explain])[] = [
  [/^Maximum call stack/, TOO_DEEP],
  [
    /^Missing closing (["'])/,
    mark => fault(`The quote \`${mark}\` is not closed.`, `Write \`${mark}\` behind the text.`),
  ],
  [
    /^Flow (?:map|sequence) .*end with a ([\]}])/,
    mark =>
      fault(
        `The bracket \`${mark === ']' ? '[' : '{'}\` is not closed.`,
        `Write \`${mark}\` behind the last entry, or put quotes around the text if the bracket belongs to it.`,
      ),
  ],
  [
    /^Unexpected flow-(?:seq|map)-end|^Unexpected [\]}]/,
    () =>
      fault(
        'A bracket closes here that was not opened.',
        'Take it out, or put quotes around the text.',
      ),
  ],
  [
    /^Missing ,|^Missing space after :/,
    fault(
      'The entries between these brackets are not divided.',
      'Write `, ` between them, and `: ` behind keys.',
    ),
  ],
  [
    /^Unexpected (?:,|empty item)/,
    fault('A comma stands here without an entry.', 'Take it out, or put quotes around the text.'),
  ],
  [
    /^Comments must/,
    fault(
      '`#` begins a comment here.',
      'Write a blank before it, or put quotes around text that has it.',
    ),
  ],
  [/^Implicit map keys|^Implicit keys/, NO_COLON],
  [
    /^Sequence item without|^All sequence items/,
    fault(
      'This entry does not stand in the list above it.',
      'Begin its `- ` below those of the other entries.',
    ),
  ],
  [
    /^Block scalar header|^Not a YAML token/,
    fault(
      'Text stands behind the mark `|` or `>`.',
      'Begin the text in the next line, with two blanks before it, or put quotes around it.',
    ),
  ],
  [/^Unexpected block-seq-ind on same line/, SECOND_COLON],
  [/directives-end/, DIRECTIVE],
  [/^Tags and anchors/, NAME],
]

/** The explanations of all errors, by the codes of the library. */
const BY_CODE: Record<ErrorCode, Fault> = {
  ALIAS_PROPS: NAME,
  BAD_ALIAS: NAME,
  BAD_COLLECTION_TYPE: NAME,
  BAD_DIRECTIVE: DIRECTIVE,
  BAD_DQ_ESCAPE: fault(
    'A backslash between double quotes begins a code, and this code is unknown.',
    'Write `\\\\` for a backslash between these quotes.',
  ),
  BAD_INDENT: fault(
    'The blanks before this line fit no line above it.',
    'Begin the lines that belong together below one another.',
  ),
  BAD_PROP_ORDER: NAME,
  BAD_SCALAR_START: fault(
    'A text cannot begin with this character in YAML.',
    'Put quotes around the text.',
  ),
  BLOCK_AS_IMPLICIT_KEY: SECOND_COLON,
  BLOCK_IN_FLOW: fault(
    'Lines with keys or hyphens stand between brackets.',
    'Take the brackets around them out, or put quotes around a text that has brackets.',
  ),
  DUPLICATE_KEY: fault('A key stands here twice.', 'Keep one of them.'),
  IMPOSSIBLE: OTHER,
  KEY_OVER_1024_CHARS: fault('This key has more than 1024 characters.', QUOTE),
  MISSING_CHAR: OTHER,
  MULTILINE_IMPLICIT_KEY: NO_COLON,
  MULTIPLE_ANCHORS: NAME,
  MULTIPLE_DOCS: fault(
    'The file has several documents.',
    'Keep one document: take out the line `---` or `...` and all that follows it.',
  ),
  MULTIPLE_TAGS: NAME,
  NON_STRING_KEY: NAME,
  RESOURCE_EXHAUSTION: TOO_DEEP,
  TAB_AS_INDENT: fault('A tab begins this line.', 'Write blanks instead of the tab.'),
  TAG_RESOLVE_FAILED: NAME,
  UNEXPECTED_TOKEN: OTHER,
}

/** Explains an error of the YAML library in words for an editor. Pure. */
export function explainYamlError({ code, message }: Pick<YAMLError, 'code' | 'message'>): Fault {
  for (const [pattern, explain] of BY_MESSAGE) {
    const found = pattern.exec(message)
    if (found) return typeof explain === 'function' ? explain(found[1] ?? '') : explain
  }
  return BY_CODE[code]
}

/** A name of YAML that stands for nothing. Pure. */
export function unknownName(name: string): Fault {
  return fault(
    `\`*${name}\` is a name of YAML here, which stands for nothing.`,
    'Put quotes around text that starts with `*` or `&`.',
  )
}

/** Values that names of YAML repeat too often, as a guard against bombs. */
export const TOO_MANY_NAMES = fault(
  'Names of YAML (`*…`) repeat values too often.',
  'Write the values out.',
)
