import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findingsIn, linksIn } from '../../src/announcements/findings.ts'
import { previewsOf } from '../../src/announcements/preview.ts'
import { titleOf } from '../../src/briefing/post-message.ts'
import { parseMarkdown } from '../../src/content/markdown.ts'
import { readMarkdown } from '../../src/parsing/discord.ts'
import { renderTelegram } from '../../src/render/telegram.ts'
import { inOrder, tree, wordsOf } from '../mdast.ts'
import { TARGETS } from '../target-platforms.ts'
import { parseTelegramHtml } from '../telegram-html.ts'

const TODAY = Temporal.PlainDate.from('2027-03-27')
const found = (source: string) => findingsIn(readMarkdown(source).body, TODAY)

test('a mention without effect is named once; an address or code is no mention', () => {
  expect(
    found('@everyone, @here and @Ada_L! Write to ada@example.org, not to `@root`. @everyone'),
  ).toEqual([
    { kind: 'mention', words: '@everyone' },
    { kind: 'mention', words: '@here' },
    { kind: 'mention', words: '@Ada_L' },
  ])
})

test('a link whose words are another address is named', () => {
  const disguised = (words: string, url: string) => [{ kind: 'disguised', words, url }]
  expect(found('[https://bank.example](https://evil.example/x)')).toEqual(
    disguised('https://bank.example', 'https://evil.example/x'),
  )
  expect(found('[bank.example/login](https://evil.example)')).toEqual(
    disguised('bank.example/login', 'https://evil.example'),
  )
  expect(found('[bank.example](https://bank.example.evil.example)')).toHaveLength(1)
  // Letters of another alphabet look alike.
  expect(found('[bank.example](https://bаnk.example)')).toHaveLength(1)
  for (const hidden of [
    '[Visit bank.example now](https://evil.example)',
    '[bank\u200B.example](https://evil.example)',
    '[bank.\u030Aexample](https://evil.example)',
    '[https://bank.example@x](https://evil.example)',
    '[(bank.example)](https://evil.example)',
    '[the bank](https://bank.example@evil.example)',
    ...['ꓸ', '۔', '܂', '‧', '・', '٠', '. ', '.\u0301'].map(
      dot => `[bank${dot}com](https://evil.example)`,
    ),
  ]) {
    expect([hidden, found(hidden).map(({ kind }) => kind)]).toEqual([hidden, ['disguised']])
  }
  for (const honest of [
    '[bank.example](https://www.bank.example/login)',
    '[BANK.example](https://bank.example)',
    '[the bank](https://bank.example)',
    '[version 2.0](https://bank.example)',
    '[トム・クルーズ](https://bank.example)',
    '[سلام۔ دنیا](https://bank.example)',
    '[see bank.example, page 2](https://bank.example/2)',
    'https://bank.example/a.html',
    'bank.example/report.pdf',
    '[ada@bank.example](mailto:ada@bank.example)',
    '<https://bank.example>',
  ]) {
    expect([honest, found(honest)]).toEqual([honest, []])
  }
})

test.each([
  // Dots that a browser reads, and dots that a person reads.
  '[bank。example](https://evil.example)',
  '[bank．example](https://evil.example)',
  '[bank｡example](https://evil.example)',
  '[bank․example](https://evil.example)',
  '[pay at www｡bank。example now](https://evil.example)',
  '[bank\u200A.\u200Aexample](https://evil.example)',
  // Other spellings of a host.
  '[ｂａｎｋ．ｅｘａｍｐｌｅ](https://evil.example)',
  '[BANK.EXAMPLE.](https://evil.example)',
  '[bank%2Eexample](https://evil.example)',
  '[bank\u00AD.ex\u2060ample](https://evil.example)',
  '[“bank.example”](https://evil.example)',
  '[→bank.example/log in here](https://evil.example)',
  '[xn--bnk-6cd.xn--p1ai](https://evil.example)',
  '[https:\\\\bank](https://evil.example)',
  '[http://2130706433](https://evil.example)',
  '[192.0.2.1](https://evil.example)',
  '[192.0.2.1](http://0xc0000202)',
  '[https://bank.example@evil.example](https://evil.example)',
  // An address that is shown as it is, and looks like another one.
  'https://bank.example@evil.example',
  '[x](https://:bank.example@evil.example)',
  '<https://bаnk.example>',
  '[bаnk.example](https://xn--bnk-6cd.example)',
  '[the bank](https://ϲyprus.example)',
  '[the bank](https://сосо.example)',
  '[the bank](https://bank.example⁄login.evil.example)',
  '[ada@bank.example](mailto:ada@evil.example)',
])('%s is named as disguised', source => {
  expect(found(source).map(({ kind }) => kind)).toEqual(['disguised'])
})

test.each([
  '[bank。example](https://bank.example)',
  '[BANK.example.](https://www.bank.example/login)',
  '[127.0.0.1](http://0x7f000001)',
  '[münchen.example](https://xn--mnchen-3ya.example)',
  '<https://пример.рф>',
  '<https://россия.example>',
  '<https://日本語abc.example>',
  '<https://a_b.example/x_y>',
  '<http://[::1]:8080/>',
  '[write to ada@bank.example](mailto:ada@bank.example)',
  '[Version 1.2.3, page 4.5](https://bank.example)',
  '[It ends. Then it begins](https://bank.example)',
  '[50%20 off](https://bank.example)',
])('%s is honest', source => {
  expect(found(source)).toEqual([])
})

test('an address that looks like another one is shown as a browser writes it', () => {
  expect(found('[the bank](https://bаnk.example/x)')).toEqual([
    { kind: 'disguised', words: 'the bank', url: 'https://xn--bnk-6cd.example/x' },
  ])
})

test('dates that are over are named; today, what is to come and what is no date are not', () => {
  const past = (...dates: string[]) => dates.map(date => ({ kind: 'past', date }))
  expect(found('On 2027-03-26, on 3 March 2027, on March 4th, 2027 and on Feb. 5 2027.')).toEqual(
    past('2027-03-26', '2027-03-03', '2027-03-04', '2027-02-05'),
  )
  expect(found('2027-03-27, 28 March 2027, 2027-02-30, 31 June 2026, 1234-5, May 2026')).toEqual([])
})

/** Trees without links: an address behind the words of a link would change where they end. */
const unlinked = tree.map(body => {
  const text = JSON.stringify(body).replaceAll('"type":"link"', '"type":"emphasis"')
  return JSON.parse(text) as typeof body
})

test('a preview has every word in its order, and says how many messages it will be', () => {
  fc.assert(
    fc.property(unlinked, body => {
      for (const target of TARGETS) {
        const [shown] = previewsOf({ body }, [target])
        expect(shown?.messages).toBe(target.count({ body }))
        const children = (shown?.parts ?? []).flat()
        const text = renderTelegram({ body: { type: 'root', children } })
          .map(part => ('text' in part ? parseTelegramHtml(part.text).text : ''))
          .join('\n')
        expect(inOrder(wordsOf(body), text)).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})

test('the list of links has struck words, words of two lines and addresses as readers see them', () => {
  const source =
    '~~[old](https://x.org/1)~~ [the\nline](https://x.org/2) [us](mailto:a@x.org?subject=s) [a ~~b~~](https://x.org/3)'
  expect(linksIn(readMarkdown(source).body).map(({ words, shown }) => [words, shown])).toEqual([
    ['~~old~~', 'https://x.org/1'],
    ['the line', 'https://x.org/2'],
    ['us', 'a@x.org'],
    ['a ~~b~~', 'https://x.org/3'],
  ])
})

test('the title of a post keeps the marks of struck words and of tasks', () => {
  expect(titleOf(readMarkdown('~~Noon~~ one\no’clock'))).toBe('~~Noon~~ one o’clock')
  const parsed = parseMarkdown('- [x] Boats\n- [ ] Tents')
  if ('problems' in parsed) throw new Error('The list was not parsed.')
  expect(titleOf(parsed)).toBe('☑ Boats ☐ Tents')
})
