import { type Message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'

/** Replaces the image of a message with a line above the text. Pure. */
export function pictureAsText({ picture, body, ...message }: Message): Message {
  if (!picture) return { ...message, body }
  return { ...message, body: { ...body, children: [paragraph(texts.picture), ...body.children] } }
}
