import fc from 'fast-check'

/** A change of a payload, as numbers, so that fast-check can shrink it. */
export interface Mutation {
  /** The index of the payload's field, modulo their number. */
  readonly at: number
  /** The index of the kind of change, modulo the number of kinds. */
  readonly how: number
  /** The index of the odd value, modulo the number of values. */
  readonly value: number
}

const number = fc.nat(1_000_000)

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({ at: number, how: number, value: number }),
  { maxLength: 3 },
)

/** Texts that break code which trusts what people type: each kind once. */
export const ODD_TEXTS = [
  '',
  ' ',
  '\n\n\n',
  '\0',
  '\uFFFD',
  '\uD83D',
  '\uDE00 \uD83D',
  '👩‍👩‍👧‍👦'.repeat(60),
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'e\u0301\u0301\u0301'.repeat(200),
  '\u202Egnirts\u202C',
  '\u2066isolated\u2069',
  '\u200B\u200D\uFEFF\u2060',
  'ﷺ'.repeat(300),
  '<b>&amp;</i>&nbsp;<script>',
  '```\n`` ` **_~~||',
  '[x](javascript:alert(1)) <@1> @everyone @here',
  '"nested \\"quotes\\" of „three” «kinds»',
  "'; drop table chats; --",
  '{{7*7}} %s %n %00 $(exit)',
  '../../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  'Infinity',
  '-0',
  '1e309',
  '0x10',
  '9'.repeat(400),
  'a '.repeat(2048),
  'x'.repeat(4096),
  '/'.repeat(300),
  '\n'.repeat(4000),
] as const

/** Numbers that JSON can carry and code seldom expects. */
const ODD_NUMBERS = [
  ...[0, -0, -1, 0.5, -1.5, 1e-320, 2 ** 31, -(2 ** 31), 2 ** 32 + 1, 2 ** 53, -(2 ** 53), 1e21],
  ...[1e300, -1e300, 8_640_000_000_000_001, 253_402_300_800],
]

const OTHERS = [true, false, [], {}, [[]], [null], [{}], { id: null }, { length: -1 }, '', 0, 1]

function nested(depth: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { of: value }
  return value
}

type Node = Record<string, unknown>
interface Place {
  readonly parent: Node
  readonly key: string
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** Every field of a payload, in depth. */
function placesIn(parent: Node, found: Place[] = []): Place[] {
  for (const key of Object.keys(parent)) {
    found.push({ parent, key })
    const value = parent[key]
    if (isNode(value)) placesIn(value, found)
  }
  return found
}

/** An own property, also by a name that an assignment would take for the prototype. */
function put(node: Node, key: string, value: unknown): void {
  Object.defineProperty(node, key, {
    ...{ value, enumerable: true, configurable: true, writable: true },
  })
}

const isId = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && /^\d{15,}$/.test(value))

const NEW_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'then',
  'length',
  'brand_new',
]

/** The kinds of changes. Each gets the value that stands there, and which odd value is asked for. */
const KINDS: readonly ((place: Place, nth: number, root: Node) => void)[] = [
  ({ parent, key }) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete parent[key]
  },
  ({ parent, key }) => put(parent, key, null),
  ({ parent, key }, nth) => put(parent, key, structuredClone(OTHERS[nth % OTHERS.length])),
  ({ parent, key }, nth) => put(parent, key, ODD_NUMBERS[nth % ODD_NUMBERS.length]),
  ({ parent, key }, nth) => put(parent, key, ODD_TEXTS[nth % ODD_TEXTS.length]),
  ({ parent, key }, nth) => put(parent, key, nested(nth % 600)),
  ({ parent, key }) => put(parent, key, [parent[key]]),
  ({ parent, key }) => put(parent, key, { ...(isNode(parent[key]) ? parent[key] : {}), odd: 1 }),
  ({ parent, key }) => {
    const value = parent[key]
    // An object may have a `toString` that is no function.
    const other = isNode(value) ? Number.NaN : Number(value)
    put(parent, key, typeof value === 'number' ? String(value) : other)
  },
  ({ parent, key }, nth, root) => {
    // Ids alone: a text in the place of an id would be logged as one.
    const ids = placesIn(root).filter(each => isId(each.parent[each.key]))
    const other = ids[nth % Math.max(1, ids.length)]
    if (!other || !isId(parent[key])) return
    const value = parent[key]
    put(parent, key, other.parent[other.key])
    put(other.parent, other.key, value)
  },
  ({ parent, key }, nth) => {
    const node = parent[key]
    const name = NEW_KEYS[nth % NEW_KEYS.length] ?? ''
    const target = isNode(node) && !Array.isArray(node) ? node : parent
    if (!Array.isArray(target)) put(target, name, { isAdmin: true })
  },
  ({ parent, key }, nth) => {
    if (typeof parent[key] !== 'string') return
    put(parent, key, `${parent[key]} ${ODD_TEXTS[nth % ODD_TEXTS.length]}`)
  },
  ({ parent, key }, nth) => {
    const value = parent[key]
    if (Array.isArray(value)) put(parent, key, Array(nth % 300).fill(value[0] ?? null))
    else if (typeof value === 'number') put(parent, key, value + (nth % 7))
  },
]

/** A changed copy of a payload; the same for the same mutations. Pure. */
export function mutate(payload: object, changes: readonly Mutation[]): Node {
  const root = { payload: structuredClone(payload) as unknown }
  for (const { at, how, value } of changes) {
    // The whole payload stays an object: what is none is the webhook's to refuse.
    const places = placesIn(root).slice(1)
    const place = places[at % Math.max(1, places.length)]
    if (place) KINDS[how % KINDS.length]?.(place, value, root)
  }
  return root.payload as Node
}

/** JSON as no serializer writes it: cut, with a key twice, deep, or with stray bytes. */
export function broken(json: string, { at, how, value }: Mutation): string {
  const place = at % (json.length + 1)
  const kinds = [
    () => json.slice(0, place),
    () => json.replace('{', `{"update_id":${ODD_NUMBERS[value % ODD_NUMBERS.length]},`),
    () => json.replace(/\}$/, ',"update_id":"twice","message":null}'),
    () => `${json.slice(0, place)}${ODD_TEXTS[value % ODD_TEXTS.length]}${json.slice(place)}`,
    () => '['.repeat(value % 20_000),
    () => `${'{"a":'.repeat(value % 5000)}1${'}'.repeat(value % 5000)}`,
    () => json.replace(/:\d+/, `:${'9'.repeat(value % 500)}`),
    () => json.replace(/"(\w+)":/, '"__proto__":'),
    () => `\uFEFF${json}`,
    () => JSON.stringify(json),
    () => `[${json},${json}]`,
    () => ['null', 'true', '""', '[]', '{}', '0', ''][value % 7] ?? '',
  ]
  return kinds[how % kinds.length]?.() ?? json
}
