import { type Message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'

/** The message without its picture, which a line above the text stands for. Pure. */
export function pictureAsText({ picture, body, ...message }: Message): Message {
  if (!picture) return { ...message, body }
  return { ...message, body: { ...body, children: [paragraph(texts.picture), ...body.children] } }
}
