import { expect, test } from 'vitest'
import { parseMarkdown } from '../../src/content/markdown.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { shown } from '../shown-markdown.ts'

test('a task has its box in place of a bullet in a chat, and keeps its number', () => {
  expect(shown('- [x] Boats\n- [ ] Tents\n- Food')).toEqual([
    '☑ Boats\n☐ Tents\n• Food',
    '☑ Boats\n☐ Tents\n- Food',
    '• [x] Boats\n• [ ] Tents\n• Food',
  ])
  expect(shown('1. [x] Boats\n2. [ ] Tents')).toEqual([
    '1. ☑ Boats\n2. ☐ Tents',
    '1. ☑ Boats\n2. ☐ Tents',
    '1. [x] Boats\n2. [ ] Tents',
  ])
})

test('an item that begins with a list has no bullet of its own', () => {
  expect(shown('+ - nested\n  - more\n+ last')).toEqual([
    '  • nested\n  • more\n• last',
    '  - nested\n  - more\n- last',
    '  • nested\n  • more\n• last',
  ])
  expect(shown('- - - deep')[0]).toBe('    • deep')
  expect(shown('1. - nested')[0]).toBe('1. \n  • nested')
})

test.for([
  ['| | |\n| - | - |\n| Ice | North |\n| Snow | |', 'Ice   North\nSnow'],
  ['| | <!-- --> |\n| -: | - |\n| 1 | a |\n| 22 | b |', ' 1  a\n22  b'],
])('a table without words in its header is drawn without one: %s', ([source = '', grid]) => {
  const [telegram, discord, terminal] = shown(source)
  expect(telegram).toBe(`<pre>${grid}</pre>`)
  expect(discord).toBe(`\`\`\`\n${grid}\n\`\`\``)
  expect(terminal).toBe(grid)
})

test('a long table without a header is cut between its rows, and each part has rows alone', () => {
  const rows = Array.from({ length: 400 }, (_, index) => `| Row ${index} | x |`).join('\n')
  const parsed = parseMarkdown(`| | |\n| - | - |\n${rows}`)
  if ('problems' in parsed) throw new Error(parsed.problems[0]?.message)
  const texts = renderTelegram(parsed).map(each => (each.method === 'sendMessage' ? each.text : ''))
  expect(texts.length).toBeGreaterThan(1)
  for (const text of texts) expect(text).toMatch(/^<pre>Row \d+ +x\n/)
  expect(texts.join('').match(/Row \d+/g)).toHaveLength(400)
})

test.for([
  ['部队抵达\n港口。\n明天离开', '部队抵达港口。明天离开'],
  ['部隊は\nカタカナと\n漢字「港」\n（北）', '部隊はカタカナと漢字「港」（北）'],
  ['**注意**\n改期，*港口\n关闭*\n“今天”\n明天', '<b>注意</b>改期，<i>港口关闭</i>“今天”明天'],
  ['우리는\n항구에 왔다', '우리는 항구에 왔다'],
  ['部队 arrive\nat 港口\n2026\n年', '部队 arrive at 港口 2026 年'],
  ['ทหาร\nมาถึง', 'ทหาร มาถึง'],
  ['> 部队\n> 抵达\n\n- 港口\n  关闭', '<blockquote>部队抵达</blockquote>\n\n• 港口关闭'],
  ['部队\\\n抵达', '部队\n抵达'],
  ['𠀀\n𠀀', '𠀀𠀀'],
  ['東京都\\\n六本木\n二番地', '東京都\n六本木二番地'],
  ['漢字 <!-- c -->\n字体', '漢字 字体'],
])('a line end between two characters of Chinese or Japanese is no blank: %j', ([source, text]) => {
  expect(shown(source ?? '')[0]).toBe(text)
})

test.for([
  ['Use gate ~~`B4`~~ `C7`.', 'Use gate <s>B4</s> <code>C7</code>.', 'Use gate ~~`B4`~~ `C7`.'],
  ['~~gate `B4` closed~~', '<s>gate </s><s>B4</s><s> closed</s>', '~~gate~~ ~~`B4`~~ ~~closed~~'],
  ['~~**`B4`**~~', '<s><b>B4</b></s>', '~~`B4`~~'],
])('code that is struck is struck on both platforms: %s', ([source = '', telegram, discord]) => {
  expect(shown(source)[0]?.toString().replaceAll('<b><s>B4</s></b>', '<s><b>B4</b></s>')).toBe(
    telegram,
  )
  expect(shown(source)[1]?.toString().replaceAll('\u200B', '')).toBe(discord)
})
