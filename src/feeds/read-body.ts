import { isAscii, isUtf8 } from 'node:buffer'
import { FeedError } from './error.ts'

/** Most bytes of a calendar after decompression. */
export const CALENDAR_BYTES = 5 * 1024 * 1024

/** Reads a stream of at most `most` bytes to its end. Throws {@link FeedError}. */
export async function readBytes(
  chunks: AsyncIterable<Uint8Array>,
  most = CALENDAR_BYTES,
): Promise<Buffer> {
  const read: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > most) throw new FeedError('too-large')
    read.push(chunk)
  }
  return Buffer.concat(read)
}

/**
 * Decodes a calendar, without a byte order mark. Throws {@link FeedError} if it has another encoding than UTF-8, or does
 * not begin as a calendar. Pure.
 *
 * @param charset the encoding that the server names.
 */
export function decodeCalendar(bytes: Buffer, charset = 'utf-8'): string {
  const isNamed = /^(?:utf-?8|us-ascii)$/i.test(charset)
  if (!isAscii(bytes) && !(isNamed && isUtf8(bytes))) throw new FeedError('encoding')
  const text = new TextDecoder().decode(bytes)
  if (!/^\s*BEGIN:VCALENDAR\s/i.test(text)) throw new FeedError('no-calendar')
  return text
}
