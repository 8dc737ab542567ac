import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSearch } from '../../src/content/search.ts'
import { keywords } from '../../src/content/stop-words.ts'
import { anyCharacter, runs } from '../properties.ts'
import { largePassages, queries } from './large.ts'

const passages = [
  {
    command: 'a',
    title: 'Alpha',
    heading: 'Meetings',
    text: 'Kosovo and Albania met in Priština.',
  },
  { command: 'b', title: 'Beta', text: 'Cybersecurity threats to critical infrastructure.' },
  { command: 'c', title: 'Cybersecurity', text: 'Albania trains police.' },
  { command: 'd', title: 'Delta', text: 'Albania, Albania and Albania once more.' },
]
const search = createSearch(passages)

function commands(query: string): string[] {
  return search(query, 5).map(({ command }) => command)
}

test('an entry has at least half of the words of a query, and those unabridged', () => {
  expect(commands('kosovo zebra')).toEqual(['a'])
  expect(commands('kosovo zebra okapi')).toEqual([])
  expect(commands('koso zebra')).toEqual([])
})

test('a result names the words by which it was found', () => {
  expect(search('kosvo met', 1)[0]?.terms.toSorted()).toEqual(['kosovo', 'met'])
})

test.for([
  ['部队抵达港口。', '港口', '港'],
  ['中华人民共和国的海军', '共和国', '海军'],
  ['部隊は港に到着しました。', '港', '到着'],
  ['ทหารมาถึงท่าเรือ', 'ท่าเรือ', 'ทหาร'],
  ['កងទ័ពបានមកដល់កំពង់ផែ', 'កំពង់ផែ'],
  ['ທະຫານມາຮອດທ່າເຮືອ', 'ທ່າເຮືອ'],
  ['တပ်ဖွဲ့များဆိပ်ကမ်းသို့ရောက်ရှိသည်', 'ဆိပ်ကမ်း'],
])('a word inside of a text without blanks is found: %s', ([text = '', ...queries]) => {
  const found = createSearch([{ title: 'T', text }])
  for (const query of queries) expect(found(query, 1), query).toHaveLength(1)
  expect(found('天气', 1)).toEqual([])
})

test.for([
  [
    'وصل الجنود إلى الميناء القديم',
    'ميناء',
    'الميناء',
    'بالميناء',
    'والميناء',
    'المِينَاء',
    'المـينـاء',
  ],
  ['خريطة ميناء المدينة', 'الميناء', 'للمدينة', 'مدينة', 'ميناء المدينة'],
  ['للميناء قواعد', 'الميناء', 'ميناء', 'القواعد'],
  ['ألمانيا والله', 'ألمانيا', 'المانيا', 'المان', 'والله'],
])('an Arabic word is found with and without its article: %s', ([text = '', ...queries]) => {
  const found = createSearch([{ title: 'T', text }])
  for (const query of queries) expect(found(query, 1), query).toHaveLength(1)
  expect(found('السماء', 1)).toEqual([])
})

test('a word of very many headings and titles is found where it is the text', () => {
  const below = Array.from({ length: 6000 }, (_, index) => ({
    ...{ title: 'Harbour', heading: 'Gauges', text: `row ${index}`, isBelow: true as const },
  }))
  const found = createSearch([...below, { title: 'Last', text: 'Gauges of the harbour' }])
  expect(found('gauges', 5).map(({ title }) => title)).toEqual(['Last'])
  expect(found('harbo', 5).map(({ title }) => title)).toEqual(['Last'])
})

test('the beginning of very many words is found, the shortest word first', () => {
  const entries = Array.from({ length: 5000 }, (_, index) => ({
    ...{ title: 'T', text: `station${index.toString(36)} x${index}` },
  }))
  const found = createSearch([...entries, { title: 'Short', text: 'stat' }])
  expect(found('sta', 5)).toHaveLength(5)
  expect(found('stat', 5)[0]?.title).toBe('Short')
})

test('a short word finds no word that begins with fewer of its letters', () => {
  const found = createSearch([
    { title: 'A', text: 'Adding advice to the address of a dam' },
    { title: 'B', text: 'Adjacent rooms' },
  ])
  expect(found('adj', 5).map(({ title }) => title)).toEqual(['B'])
  expect(found('dj', 5)).toEqual([])
})

test('a word is found, whatever its case and accents', () => {
  expect(commands('KOSOVO')).toEqual(['a'])
  expect(commands('pristina')).toEqual(['a'])
  expect(commands('Prïštîna')).toEqual(['a'])
})

test('the beginning of a word and a word with a slip are found', () => {
  expect(commands('infra')).toEqual(['b'])
  expect(commands('kosvo')).toEqual(['a'])
})

test('passages with all the words come alone, otherwise those with some', () => {
  expect(commands('albania police')).toEqual(['c'])
  expect(commands('kosovo infrastructure')).toEqual(expect.arrayContaining(['a', 'b']))
})

test('a heading leads to what stands below it', () => {
  expect(commands('meetings')).toEqual(['a'])
})

test('a slip is forgiven where all words are found, never to bring half of them', () => {
  expect(commands('kosvo albnia')).toEqual(['a'])
  expect(commands('kosvo zebra')).toEqual([])
})

test('lower scores come later, and a long query is cut to its first words', () => {
  const entries = [
    { title: 'Less', text: 'summit', weight: 0.5 },
    { title: 'More', text: 'summit and several further words' },
  ]
  expect(createSearch(entries)('summit', 2).map(({ title }) => title)).toEqual(['More', 'Less'])
  const many = Array.from({ length: 12 }, (_, index) => `zebra${index}`).join(' ')
  expect(createSearch(entries)(`${many} summit`, 2)).toEqual([])
})

test('better matches come first, and no more than asked for', () => {
  expect(commands('albania')[0]).toBe('d')
  expect(commands('cybersecurity')).toEqual(['b', 'c'])
  expect(search('albania', 2)).toHaveLength(2)
})

test('words that ask but name nothing do not count, unless they are all there is', () => {
  expect(commands('what about the police')).toEqual(['c'])
  expect(keywords('What are the threats?')).toEqual(['threats'])
  expect(keywords('What about it?')).toEqual(['what', 'about', 'it'])
})

test('nothing matches nothing', () => {
  expect(commands('')).toEqual([])
  expect(commands('?!')).toEqual([])
  expect(commands('zebra')).toEqual([])
})

const LONG = { timeout: 90_000 }

test('99 of 100 searches in 60 large sections take less than 50 ms, whatever the words', {
  ...LONG,
  tags: 'slow',
}, () => {
  const searchLarge = createSearch(largePassages())
  searchLarge('indexed by the first search', 5)
  const given = [...queries(200), 'th in re co de pr st mi se na eu ba']
  const took = given.map(query => Math.min(...[1, 2, 3].map(() => cpuOf(searchLarge, query))))
  expect(took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)]).toBeLessThan(50)
})

/** CPU time of a search in milliseconds. Where it is compared, the machine may be busy with other tests. */
function cpuOf(large: (query: string, limit: number) => unknown, query: string): number {
  const before = process.threadCpuUsage()
  large(query, 5)
  const after = process.threadCpuUsage()
  return (after.user - before.user + after.system - before.system) / 1000
}

test('a rare word is found in a large briefing, also among the most frequent ones', {
  ...LONG,
  tags: 'slow',
}, () => {
  const entries = largePassages()
  const frequent = frequentWords(entries)
  const last = { ...entries[0], title: 'Last', text: `${frequent.join(' ')} raritan` }
  const searchLarge = createSearch([...entries, last])
  for (const query of ['raritan', 'rarit', 'raritxn', `${frequent.join(' ')} raritan`]) {
    expect(searchLarge(query, 1)[0]?.title).toBe('Last')
  }
  expect(searchLarge(frequent.join(' '), 5)).toHaveLength(5)
})

function frequentWords(entries: readonly { text: string }[]): string[] {
  const counts = new Map<string, number>()
  for (const { text } of entries) {
    for (const word of keywords(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 11)
    .map(([word]) => word)
}

test('no query throws or brings more than was asked for', () => {
  const query = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: anyCharacter }),
    fc.constantFrom('__proto__', 'constructor', 'toString', '*', 'a '.repeat(5000)),
  )
  fc.assert(
    fc.property(query, fc.nat({ max: 9 }), (given, limit) => {
      expect(search(given, limit).length).toBeLessThanOrEqual(limit)
    }),
    { numRuns: runs(1000) },
  )
})

test('a word that nothing has is left out and named, and a rare word stays', () => {
  const police = 'Kosovo border police exercise'
  const entries = [police, 'Kosovo training of police', 'Ships leave the harbour'].map(text => ({
    title: 'Drills',
    text,
  }))
  const find = createSearch(entries)
  const found = (query: string) =>
    find(query, 5).map(({ text, missing }) => [text, ...(missing ?? [])].join(' | '))
  expect(found('kosovo border xyz')).toEqual([`${police} | xyz`])
  expect(found('border xyz')).toEqual([`${police} | xyz`])
  expect(found('harbour xyzzyq')).toEqual(['Ships leave the harbour | xyzzyq'])
  expect(found('harbour police qqqq')).toContain('Ships leave the harbour | qqqq')
  expect(found('kosovo police')).toEqual([expect.not.stringContaining('|'), expect.any(String)])
  expect(found('xyz qqqq harbour')).toEqual([])
})
