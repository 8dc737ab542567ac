import { PermissionFlagsBits } from 'discord.js'

/** The rights of the bot in a server, and what its channels may change. */
export interface MemberRights {
  readonly server: string
  readonly member: string
  readonly roles: readonly string[]
  /** The bits of the rights in the whole server. */
  readonly base: bigint
  /** Whether the bot is timed out: then it may only read. */
  readonly isTimedOut: boolean
}

/** An exception of a channel for a role or a member; its values are bits as decimal texts. */
export interface Overwrite {
  readonly id: string
  readonly allow: string
  readonly deny: string
}

const READING = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ReadMessageHistory

/**
 * Returns the bits of the bot's rights in a channel: first the exceptions for everyone, then those of its roles together,
 * then its own (Discord, permissions: permission overwrites). Pure.
 */
export function rightsIn(mine: MemberRights, overwrites: readonly Overwrite[]): bigint {
  const { server, member, roles, base, isTimedOut } = mine
  if ((base & PermissionFlagsBits.Administrator) !== 0n) return ~0n
  const steps = [
    overwrites.filter(({ id }) => id === server),
    overwrites.filter(({ id }) => id !== server && roles.includes(id)),
    overwrites.filter(({ id }) => id === member),
  ]
  const bits = steps.reduce((rights, step) => {
    const [deny, allow] = (['deny', 'allow'] as const).map(name =>
      step.reduce((sum, each) => sum | bitsOf(each[name]), 0n),
    )
    return (rights & ~(deny ?? 0n)) | (allow ?? 0n)
  }, base)
  return isTimedOut ? bits & READING : bits
}

/** Reads bits that Discord writes as a decimal text; none if it is another value. Pure. */
export function bitsOf(value: unknown): bigint {
  return typeof value === 'string' && /^\d{1,30}$/.test(value) ? BigInt(value) : 0n
}
