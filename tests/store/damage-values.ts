import type { connect } from './raw.ts'
import type { Dialect } from './stores.ts'

const INTEGERS = [
  ...['9000000000000000000', '9223372036854775807', '-9000000000000000000', '8640000000000000'],
  ...['2147483647', '-1', '0', '77', 'null'],
]
/** SQLite takes any value into any column. */
const SQLITE_INTEGERS = [`'abc'`, `''`, '1.5', '9e999', `x'00ff'`]
const TEXTS = [
  ...[
    '',
    '{',
    'null',
    '[]',
    '{}',
    '5',
    'junk',
    '2027-99-99',
    '-271821-04-20T00:00:00Z',
    '{"form":1}',
  ],
  '{"form":1,"edition":{"sections":[null],"exercises":[{}],"notKnown":[]}}',
  '{"since":"x","tries":{},"right":5,"said":[],"missed":{"why":[],"since":9e18,"until":null}}',
  '{"platforms":["telegram"],"once":"x","except":5}',
  '{"topic":5,"at":{"local":5},"link":[]}',
  '{"body":{"type":"root","children":[null]},"lost":5}',
  '{"june":{"start":"x","end":5,"status":null,"since":"x"}}',
].map(text => `'${text}'`)
const SQLITE_TEXTS = [`x'ff00'`]

interface Column {
  readonly name: string
  readonly type: string
}

/** Every table of the schema with its columns. */
export async function columnsOf(
  raw: Awaited<ReturnType<typeof connect>>,
  dialect: Dialect,
): Promise<Map<string, Column[]>> {
  const rows = (await raw.query(
    dialect === 'sqlite'
      ? `select m.name as "table", c.name, lower(c.type) as type from sqlite_master m
         join pragma_table_info(m.name) c where m.type = 'table' order by 1, 2`
      : `select table_name as "table", column_name as name, data_type as type
         from information_schema.columns where table_schema = 'public' order by 1, 2`,
  )) as ({ table: string } & Column)[]
  const ours = rows.filter(({ table }) => !/^(kysely|sqlite)_/.test(table))
  return Map.groupBy(ours, ({ table }) => table)
}

/** Returns values that a column may hold after damage, as SQL. */
export function valuesFor({ type }: Column, dialect: Dialect): readonly string[] {
  const isSqlite = dialect === 'sqlite'
  if (/int/.test(type)) return [...INTEGERS, ...(isSqlite ? SQLITE_INTEGERS : [])]
  if (type === 'text') return [...TEXTS, ...(isSqlite ? SQLITE_TEXTS : []), 'null']
  return [`''`, 'null']
}
