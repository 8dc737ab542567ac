import fc from 'fast-check'
import { anyCharacter } from '../properties.ts'
import { registry } from '../shipped.ts'
import { ODD_TEXTS } from './mutate.ts'

/** A word that must never be in a log. */
export const CANARY = 'Kanarienvogel'

const menu = registry.menu()

/** Words that some command reads, and words that none does. */
const WORDS = [
  ...menu.flatMap(({ parameters }) =>
    parameters.flatMap(({ choices = [] }) => choices.map(({ value }) => value)),
  ),
  ...[
    '1',
    '0',
    '-1',
    '1.5',
    '1d',
    '999999w',
    'before',
    'undo',
    'everything',
    'pause',
    'send',
    'on',
  ],
  ...[
    'zone',
    'Europe/Sarajevo',
    'Mars/Base',
    'quiet',
    '22-7',
    '25:99',
    'weekly',
    'topics',
    '@news',
  ],
  ...[
    'telegram:42',
    'd1',
    'e',
    'v',
    'draft',
    'for',
    'all',
    '2026-02-30',
    'th in re co de pr st mi',
  ],
  ...['„Kosovo”', '"a "b" c"', "'x' 'y", '«', '\u201C', '42', '-1000042', '+', '/stop', '//'],
]

const words = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: anyCharacter, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
)

const names = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...menu.map(({ name }) => name)) },
  { weight: 1, arbitrary: fc.constantFrom('start', 'nothing', 'constructor', '__proto__', '') },
)

const shapes: ((name: string, rest: string) => string)[] = [
  (name, rest) => `/${name} ${rest}`,
  (name, rest) => `/${name} ${rest}`,
  (name, rest) => `/${name} ${rest}`,
  (name, rest) => `+/${name} ${rest}`,
  (name, rest) => `/${name}@sitrep_test_bot ${rest}`,
  (name, rest) => `/start ${name}-${rest}`,
  (name, rest) => `/${name.toUpperCase()}\n${rest}`,
  (name, rest) => `${name} ${rest}`,
  (_, rest) => rest,
]

/** A line that a person types, or a button of a changed client sends: at most 4096 UTF-16 units. */
export const lines: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...shapes),
    names,
    fc.array(words, { maxLength: 5 }),
    fc.constantFrom('', ` ${CANARY}`),
  )
  .map(([shape, name, rest, canary]) => shape(name, rest.join(' ')).slice(0, 4080) + canary)
