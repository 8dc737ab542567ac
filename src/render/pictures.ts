import type { Message, TableStyle } from '../message.ts'
import type { Picture } from '../picture.ts'
import { flow } from './flow.ts'

/** Lists the pictures of a message in their order. Pure. */
export function picturesOf(message: Message, style: TableStyle): Picture[] {
  return flow(message, { columns: 0, style, links: () => true }).flatMap(block =>
    block.kind === 'picture' ? [block.picture] : [],
  )
}
