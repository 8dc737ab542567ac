/**
 * Most bytes of a response that are read, after decompression. Without a limit, a server in a platform's place could
 * fill the memory within seconds. The longest response that Sitrep asks for is Discord's list of up to 100 commands, of
 * up to 8000 characters each.
 */
export const RESPONSE_BYTES = 4_000_000

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
