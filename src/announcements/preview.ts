import { isDeepStrictEqual } from 'node:util'
import type { BlockContent } from 'mdast'
import type { Message } from '../message.ts'
import { treeOf } from '../render/blocks-to-mdast.ts'
import { discordParts } from '../render/discord.ts'
import { telegramParts } from '../render/telegram.ts'
import { messagesOn } from './preflight.ts'

/** How a message looks where these platforms show it, part by part. */
export interface ShownOn {
  readonly platforms: readonly string[]
  readonly parts: readonly (readonly BlockContent[])[]
  /** As many as it takes there: a picture may be one of its own. */
  readonly messages: number
}

const LAYOUTS: Readonly<Record<string, typeof telegramParts>> = {
  telegram: telegramParts,
  discord: discordParts,
}

/** As it is really laid out on each platform; those that show the same are one. Pure. */
export function shownOn(message: Message, platforms: readonly string[]): ShownOn[] {
  const shown: ShownOn[] = []
  for (const platform of platforms.flatMap(within)) {
    const parts = LAYOUTS[platform]?.(message, 'grid').map(treeOf) ?? []
    const messages = messagesOn(platform, message)
    const same = shown.findIndex(
      each => each.messages === messages && isDeepStrictEqual(each.parts, parts),
    )
    const alike = shown[same]
    if (alike) shown[same] = { ...alike, platforms: [...alike.platforms, platform] }
    else shown.push({ platforms: [platform], parts, messages })
  }
  return shown
}

/** The local chat shows what both would. */
function within(platform: string): readonly string[] {
  return platform === 'web' ? ['telegram', 'discord'] : [platform]
}
