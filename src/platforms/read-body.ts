/**
 * Most bytes of a response that are read, after decompression: a message, and the one that it replies to. Without a limit,
 * a server in a platform's place could fill the memory within seconds. Some hundred calls may wait at once.
 */
export const RESPONSE_BYTES = 1_000_000

/** Most bytes of a list. The longest is Discord's, of up to 100 commands with up to 8000 characters each. */
export const LIST_BYTES = 4_000_000

/**
 * Reads a body; resolves to undefined if it has more than `mostBytes`. Counts its bytes, because the server may name a
 * wrong length. Rejects as the body does.
 */
export async function readBody(
  body: AsyncIterable<Uint8Array> | null,
  mostBytes: number,
): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body ?? []) {
    length += piece.length
    if (length > mostBytes) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
