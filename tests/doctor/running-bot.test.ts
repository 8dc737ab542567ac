import { describe, expect, test } from 'vitest'
import { judgeReadiness, localAddress } from '../../src/app/doctor/running-bot.ts'
import type { CheckResult } from '../../src/check-result.ts'

const lines = (results: readonly CheckResult[]) =>
  results.map(({ level, text }) => `${level}: ${text}`)
const levels = (results: readonly CheckResult[]) => results.map(({ level }) => level)

describe('a running bot', () => {
  const facts = {
    ...{ address: 'http://127.0.0.1:8080', holder: undefined, hasRun: false },
    secrets: ['s3cretToken'],
  }
  const report = (parts: object, ready = false) => ({
    status: 503,
    body: JSON.stringify({ ready, parts }),
  })

  test('names each part that is not ready, with its reason', () => {
    const parts = {
      content: { status: 'loaded', ready: true },
      clock: { status: 'off', reason: 'The clock is wrong. s3cretToken', ready: false },
      discord: null,
    }
    expect(lines(judgeReadiness(report(parts), facts))).toEqual([
      'error: The bot at http://127.0.0.1:8080 is not ready. clock: The clock is wrong. ***',
      'error: The bot at http://127.0.0.1:8080 is not ready. discord: no reason given',
    ])
    expect(levels(judgeReadiness(report({ content: { ready: true } }, true), facts))).toEqual([
      'ok',
    ])
  })

  test('is ready in spite of a part in trouble, whose reason is a warning', () => {
    const parts = {
      content: { status: 'loaded', ready: true },
      backups: { status: 'trouble', reason: 'The disk is full. s3cretToken', ready: true },
    }
    expect(lines(judgeReadiness(report(parts, true), facts))).toEqual([
      'ok: The bot at http://127.0.0.1:8080 is ready.',
      'warning: The bot at http://127.0.0.1:8080 has a problem. backups: The disk is full. ***',
    ])
  })

  test('is missed only if it has run, or a process holds the lease', () => {
    expect(levels(judgeReadiness('refused', facts))).toEqual(['ok'])
    expect(levels(judgeReadiness('refused', { ...facts, hasRun: true }))).toEqual(['warning'])
    expect(levels(judgeReadiness('refused', { ...facts, holder: 'desk:7' }))).toEqual(['warning'])
    expect(levels(judgeReadiness('silent', facts))).toEqual(['error'])
    expect(levels(judgeReadiness({ status: 200, body: '<html>' }, facts))).toEqual(['error'])
  })

  test('is asked on this machine', () => {
    expect(['0.0.0.0', '::', '10.0.0.7', '::1'].map(host => localAddress(host, 80))).toEqual([
      'http://127.0.0.1:80',
      'http://[::1]:80',
      'http://10.0.0.7:80',
      'http://[::1]:80',
    ])
  })
})
