import type { UserFromGetMe } from 'telegraf/types'

/** The line that a link brings as `/start tables-threats-2`: `/tables threats-2`; undefined if it brings none. */
export function linkedLine(line: string): string | undefined {
  const payload = /^\/start\s+([\w-]+)$/i.exec(line)?.[1]
  return payload && `/${payload.replace('-', ' ')}`
}

/** Longest payload of a link, in characters (Bot API, Deep linking). */
const PAYLOAD_LENGTH = 64

/**
 * A link that opens the bot with this line: `https://t.me/sitrep_bot?start=tables-threats-2`. Undefined if
 * a link cannot bring the line.
 */
export function deepLink(line: string, me: UserFromGetMe): string | undefined {
  const payload = line.slice(1).replaceAll(' ', '-')
  const isBrought = payload.length <= PAYLOAD_LENGTH && linkedLine(`/start ${payload}`) === line
  return isBrought ? `https://t.me/${me.username}?start=${payload}` : undefined
}
