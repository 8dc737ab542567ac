import type { Message } from '../message.ts'
import type { Block } from '../render/flow.ts'
import type { TableStyle } from '../render/table.ts'

/** A platform that announcements go to. */
export interface TargetPlatform {
  readonly name: string
  /** Posts a second; absent for the local chat. */
  readonly rate?: number
  /** Messages that one chat gets of a message. Pure. */
  count(message: Message): number
  /** Previews for moderators, by the platform that they show: the local chat shows both others. */
  readonly layouts: Readonly<Record<string, Layout>>
}

/** Lays a message out as one platform shows it, part by part. Pure. */
type Layout = (message: Message, style: TableStyle) => Block[][]
