import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'

test('an empty environment has defaults, and an empty value counts as none', () => {
  const defaults = { contentDir: 'content', timeZone: 'Europe/Sarajevo', port: 8080 }
  expect(readConfig({})).toEqual(defaults)
  expect(readConfig({ CONTENT_DIR: '', TIMEZONE: ' ' })).toEqual(defaults)
})

test('blanks around a value do not count', () => {
  expect(readConfig({ TIMEZONE: ' UTC ' }).timeZone).toBe('UTC')
})

test('every problem is told at once', () => {
  expect(() => readConfig({ TIMEZONE: 'now', PORT: '80800' })).toThrow(
    new ConfigError([
      'TIMEZONE: expected the name of a time zone, such as Europe/Sarajevo or UTC',
      'PORT: expected a number from 0 to 65535',
    ]),
  )
  for (const PORT of ['-1', '80a', '65536', '1e3']) {
    expect(() => readConfig({ PORT })).toThrow(/^PORT: expected a number/)
  }
})

test('values are taken from the environment, and other variables left alone', () => {
  expect(
    readConfig({ CONTENT_DIR: '/srv/x', TIMEZONE: 'Asia/Kathmandu', PORT: '0', HOME: '/' }),
  ).toEqual({
    contentDir: '/srv/x',
    timeZone: 'Asia/Kathmandu',
    port: 0,
  })
})

test('a zone that does not exist, or is an offset without summer time, is refused', () => {
  for (const TIMEZONE of ['Europe/Sarajewo', '+02:00', 'now']) {
    expect(() => readConfig({ TIMEZONE })).toThrow(
      new ConfigError([
        'TIMEZONE: expected the name of a time zone, such as Europe/Sarajevo or UTC',
      ]),
    )
  }
})
