import type { ErrorCode, YAMLError } from 'yaml'
import type { Finding } from './problem.ts'
import { TOO_DEEP } from './source-limits.ts'

type Fault = Omit<Finding, 'line'>
type Explain = Fault | ((detail: string) => Fault)

const QUOTE = 'Put quotes around text that has a colon or starts with a special character.'

const fault = (message: string, fix: string): Fault => ({ message, fix })

const NAME = fault(
  'YAML reads text that starts with `&`, `*` or `!` as a name or a type.',
  'Put quotes around the text.',
)
const DIRECTIVE = fault(
  'YAML reads a line that starts with `%` as an instruction.',
  'Remove the line, or put quotes around its text.',
)
const NO_COLON = fault(
  'This line has no key with a colon.',
  'Write `: ` after its key, or two spaces before it if it continues the line above.',
)
const SECOND_COLON = fault(
  'YAML reads part of this text as a key or a list, because of its colon or hyphen.',
  'Put quotes around the whole text.',
)
const OTHER = fault('YAML cannot read the text from here on.', QUOTE)

/** The explanations of errors with several causes, by a part of the message of the library. */
const BY_MESSAGE: readonly (readonly [RegExp, Explain])[] = [
  [/^Maximum call stack/, TOO_DEEP],
  [
    /^Missing closing (["'])/,
    mark => fault(`The quote \`${mark}\` is not closed.`, `Write \`${mark}\` after the text.`),
  ],
  [
    /^Flow (?:map|sequence) .*end with a ([\]}])/,
    mark =>
      fault(
        `The bracket \`${mark === ']' ? '[' : '{'}\` is not closed.`,
        `Write \`${mark}\` after the last entry, or put quotes around the text if the bracket is part of it.`,
      ),
  ],
  [
    /^Unexpected flow-(?:seq|map)-end|^Unexpected [\]}]/,
    () =>
      fault(
        'This closing bracket has no opening one.',
        'Remove it, or put quotes around the text.',
      ),
  ],
  [
    /^Missing ,|^Missing space after :/,
    fault(
      'The entries between these brackets are not separated.',
      'Write `, ` between them, and `: ` after keys.',
    ),
  ],
  [
    /^Unexpected (?:,|empty item)/,
    fault('This comma has no entry.', 'Remove it, or put quotes around the text.'),
  ],
  [
    /^Comments must/,
    fault(
      '`#` begins a comment here.',
      'Write a space before it, or put quotes around text that contains it.',
    ),
  ],
  [/^Implicit map keys|^Implicit keys/, NO_COLON],
  [
    /^Sequence item without|^All sequence items/,
    fault(
      'This entry is not part of the list above it.',
      'Align its `- ` with those of the other entries.',
    ),
  ],
  [
    /^Block scalar header|^Not a YAML token/,
    fault(
      'There is text after the mark `|` or `>`.',
      'Start the text on the next line, after two spaces, or put quotes around it.',
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
    'A backslash between double quotes starts a code, and this code is unknown.',
    'Write `\\\\` for a backslash between these quotes.',
  ),
  BAD_INDENT: fault(
    'The indent of this line matches no line above it.',
    'Align the lines that belong together.',
  ),
  BAD_PROP_ORDER: NAME,
  BAD_SCALAR_START: fault(
    'Text in YAML can’t start with this character.',
    'Put quotes around the text.',
  ),
  BLOCK_AS_IMPLICIT_KEY: SECOND_COLON,
  BLOCK_IN_FLOW: fault(
    'There are lines with keys or hyphens between brackets.',
    'Remove the brackets around them, or put quotes around text that contains brackets.',
  ),
  // The library does not look for equal keys; see `repeatedKey`.
  DUPLICATE_KEY: OTHER,
  IMPOSSIBLE: OTHER,
  KEY_OVER_1024_CHARS: fault('This key has more than 1024 characters.', QUOTE),
  MISSING_CHAR: OTHER,
  MULTILINE_IMPLICIT_KEY: NO_COLON,
  MULTIPLE_ANCHORS: NAME,
  MULTIPLE_DOCS: fault(
    'The file has several documents.',
    'Keep one document: remove the line `---` or `...` and everything after it.',
  ),
  MULTIPLE_TAGS: NAME,
  NON_STRING_KEY: NAME,
  RESOURCE_EXHAUSTION: TOO_DEEP,
  TAB_AS_INDENT: fault('This line starts with a tab.', 'Use spaces instead of the tab.'),
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

/** A key that a mapping has twice. Pure. */
export function repeatedKey(key: string): Fault {
  return fault(`\`${key}\` appears twice.`, 'Keep one of them.')
}

/** A name of YAML that nothing has. Pure. */
export function unknownName(name: string): Fault {
  return fault(
    `YAML reads \`*${name}\` as a name, and nothing has this name.`,
    'Put quotes around text that starts with `*` or `&`.',
  )
}

/** A value with a type of YAML. */
export const TYPED = NAME

/** A key that no object can have. */
export const NO_KEY = fault(
  '`__proto__` is not a key.',
  'Remove this line, or give the key another name.',
)

/** Values that names of YAML repeat too often, as a guard against bombs. */
export const TOO_MANY_NAMES = fault(
  'Names of YAML (`*…`) repeat values too often.',
  'Write the values out.',
)
