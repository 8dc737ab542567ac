import type { Message, TableStyle } from '../message.ts'
import type { Block } from '../render/blocks.ts'

/** A platform that announcements are sent to. */
export interface TargetPlatform {
  readonly name: string
  /** Posts a second; absent for the local chat. */
  readonly rate?: number
  /** Counts the platform's messages that one message takes in a chat. Pure. */
  count(message: Message): number
  /** Functions that lay a message out in parts, by platform. Pure. The local chat previews both other platforms. */
  readonly layouts: Readonly<Record<string, (message: Message, style: TableStyle) => Block[][]>>
}
