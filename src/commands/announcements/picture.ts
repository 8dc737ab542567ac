import type { Picture } from '../../message.ts'
import { pictureOf } from '../../parsing/picture.ts'
import type { UserText } from '../../platform.ts'
import { texts } from '../../texts.ts'
import type { ModeratorContext } from './context.ts'

const words = texts.announce.noPicture

/** Keeps the picture beside a text; where there is one that cannot be sent, why. */
export async function keepPicture(
  { store }: ModeratorContext,
  { picture }: UserText,
): Promise<{ readonly picture?: Picture; readonly problem?: string }> {
  if (!picture) return {}
  const bytes = await picture()
  if (typeof bytes === 'string') return { problem: words[bytes] }
  const found = pictureOf(bytes)
  if (typeof found === 'string') return { problem: words[found] }
  const { type } = found
  return { picture: { id: await store.pictures.add(bytes, type), type } }
}
