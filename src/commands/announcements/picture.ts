import type { UserText } from '../../bot.ts'
import type { StoredPicture } from '../../picture.ts'
import { pictureOf } from '../../picture-check.ts'
import { texts } from '../../texts.ts'
import type { ModeratorContext } from './context.ts'

const words = texts.announce.noPicture

/** Stores the picture of a message. Resolves to a `problem` if the picture cannot be sent. Throws {@link StoreError}. */
export async function keepPicture(
  { store }: ModeratorContext,
  { picture }: UserText,
): Promise<{ readonly picture?: StoredPicture; readonly problem?: string }> {
  if (!picture) return {}
  const bytes = await picture()
  if (typeof bytes === 'string') return { problem: words[bytes] }
  const found = pictureOf(bytes)
  if (typeof found === 'string') return { problem: words[found] }
  const { type } = found
  return { picture: { id: await store.pictures.add(bytes, type), type } }
}
