import type { RawFile } from 'discord.js'
import type { Failure, Pictures } from '../../poster.ts'
import { bodyPictureAsText, type DiscordBody } from '../../render/discord.ts'
import { mayBePicture } from '../fallback.ts'
import { createPictureReader } from '../pictures.ts'
import type { Body } from './api.ts'

/** A body as the API takes it, with the file that it names. Rejects with `NotSent`. */
export type WithFiles = (body: DiscordBody) => Promise<readonly [body: Body, files?: RawFile[]]>

/** Each message has a copy of its own: Discord knows no file by an id. */
export function createFiles(pictures: Pick<Pictures, 'read'>): WithFiles {
  const read = createPictureReader(pictures)
  return async ({ picture, ...body }) => {
    if (!picture) return [plain(body)]
    const { id, type } = picture
    const { bytes: data } = await read(id)
    return [plain(body), [{ name: `picture.${type}`, data, contentType: `image/${type}` }]]
  }
}

/** The types of the SDK know its builders' forms; these are the very same fields. */
export function plain(body: Omit<DiscordBody, 'picture'>): Body {
  return body as unknown as Body
}

/** The plainer form of a body that is refused: a line stands for its picture. Undefined if it has none. Pure. */
export function plainer(body: DiscordBody, failure: Failure): DiscordBody | undefined {
  return body.picture && mayBePicture(failure) ? bodyPictureAsText(body) : undefined
}
