import type { Message } from '../message.ts'
import type { Part, Poster } from '../poster.ts'
import { remembered } from '../render/remembered.ts'
import type { Broadcasts } from '../store/broadcasts.ts'

/** What a broadcast says in one revision, as a platform takes it. */
export interface Contents {
  readonly revision: number
  parts(style: 'grid' | 'cards'): readonly Part[]
}

/** Messages kept, with what was rendered of them: more than are ever sent at once. */
const KEPT = 50

/** Reads each revision once, and renders it once a style. */
export function createContents(
  broadcasts: Pick<Broadcasts, 'message'>,
  poster: Pick<Poster, 'render'>,
): (id: number, revision: number) => Promise<Contents | undefined> {
  const kept = new Map<string, Contents>()
  const grid = remembered(message => poster.render(message, 'grid'))
  const cards = remembered(message => poster.render(message, 'cards'))

  return async (id, revision) => {
    const key = `${id} ${revision}`
    const known = kept.get(key)
    if (known) return known
    const row = await broadcasts.message(id)
    // Corrected meanwhile: whoever asks learns of the new one.
    if (row?.revision !== revision) return undefined
    const message: Message = JSON.parse(row.message)
    const contents: Contents = {
      revision,
      parts: style => (style === 'grid' ? grid : cards)(message),
    }
    const [oldest] = kept.size >= KEPT ? kept.keys() : []
    if (oldest !== undefined) kept.delete(oldest)
    kept.set(key, contents)
    return contents
  }
}
