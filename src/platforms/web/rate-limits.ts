import type { Limits } from '../../poster.ts'

/** The local chat has no limits. */
export const WEB_LIMITS: Limits = {
  ceiling: Number.POSITIVE_INFINITY,
  chat: () => [],
  knownMs: 0,
}
