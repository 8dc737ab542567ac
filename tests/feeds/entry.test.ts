import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'
import { isPrivateAddress } from '../../src/feeds/addresses.ts'

const feeds = (text: string) => readConfig({ CALENDAR_FEEDS: text }).feeds

test('a list has addresses and paths, categories, and the word for a private network', () => {
  const [google, file, own, apple] = feeds(
    'https://calendar.example.org/a.ics?token=1#category=Exercise&category=Two%20words, data/own.ics\n' +
      'http://10.0.0.7/x.ics#private webcal://p1.example.com/y',
  )
  expect(google).toEqual({
    number: 1,
    key: expect.stringMatching(/^[0-9a-f]{64}$/),
    host: 'calendar.example.org',
    url: 'https://calendar.example.org/a.ics?token=1',
    categories: ['exercise', 'two words'],
    isPrivate: false,
  })
  expect(file).toMatchObject({ number: 2, host: 'own.ics', path: 'data/own.ics' })
  expect(own).toMatchObject({ host: '10.0.0.7', isPrivate: true })
  expect(apple).toMatchObject({ url: 'https://p1.example.com/y' })
})

test.for([
  ['https://a.example/1 ftp://token.example/x', /entry 2 must be a whole http or https address/],
  ['https://', /entry 1 must be/],
  ["'/srv/token.ics", /entry 1 has a quote/],
  ['https://a.example/#colour=token', /entry 1 may have only/],
  ['http://127.0.0.1/token', /entry 1 is an address of a private network/],
  ['http://2130706433/token', /private network/],
  ['http://0177.1/token', /private network/],
  ['http://[::ffff:127.0.0.1]/token', /private network/],
  ['http://[fd00::1]:8080/token', /private network/],
  [Array.from({ length: 21 }, (_, n) => `/token/${n}`).join(','), /21 calendars; 20 is the most/],
] as const)('%s is refused, without its text', ([text, message]) => {
  let error: unknown
  try {
    feeds(text)
  } catch (caught) {
    error = caught
  }
  expect(error).toBeInstanceOf(ConfigError)
  expect((error as Error).message).toMatch(message)
  expect((error as Error).message).not.toContain('token')
})

test.for([
  ...[
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
  ],
  ...[
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1%eth0',
    'fc00::1',
    'ff02::1',
    'nonsense',
  ],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:192.168.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '::ffff:0:127.0.0.1',
    '2001:0:7f00:1::',
    '3fff::1',
  ],
])('%s is private', address => expect(isPrivateAddress(address)).toBe(true))

test.for(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  '%s is public',
  address => expect(isPrivateAddress(address)).toBe(false),
)
