import type { UserFromGetMe } from 'telegraf/types'

/** Returns the line of a deep link: `/tables threats-2` for `/start tables-threats-2`; undefined if it has none. */
export function linkedLine(line: string): string | undefined {
  const payload = /^\/start\s+([\w-]+)$/i.exec(line)?.[1]
  return payload && `/${payload.replace('-', ' ')}`
}

/** Longest payload of a deep link, in characters (Bot API, Deep linking). */
const PAYLOAD_LENGTH = 64

/**
 * Returns a link that opens the bot with a line: `https://t.me/sitrep_bot?start=tables-threats-2`; undefined if a
 * payload cannot express the line.
 */
export function deepLink(line: string, me: UserFromGetMe): string | undefined {
  const payload = line.slice(1).replaceAll(' ', '-')
  const fits = payload.length <= PAYLOAD_LENGTH && linkedLine(`/start ${payload}`) === line
  return fits ? `https://t.me/${me.username}?start=${payload}` : undefined
}
