import type { RawFile } from 'discord.js'
import type { Failure, Pictures } from '../../poster.ts'
import { bodyPictureAsText, type DiscordBody } from '../../render/discord.ts'
import { withoutFile } from '../../render/discord-file.ts'
import { mayBePicture } from '../fallback.ts'
import { createPictureReader } from '../pictures.ts'
import type { Body } from './api.ts'

/** Converts a body to the API's form and reads the file that the body names. Rejects with `NotSent`. */
export type WithFiles = (body: DiscordBody) => Promise<readonly [body: Body, files?: RawFile[]]>

/** Creates the conversion. Each message uploads its file, because Discord cannot reuse one by an ID. */
export function createFiles(pictures: Pick<Pictures, 'read'>): WithFiles {
  const read = createPictureReader(pictures)
  return async ({ picture, file, ...body }) => {
    if (file) {
      const { name, type: contentType, text } = file
      return [plain(body), [{ name, data: text, contentType }]]
    }
    if (!picture) return [plain(body)]
    const { bytes: data, type } = await read(picture)
    return [plain(body), [{ name: `picture.${picture.type}`, data, contentType: `image/${type}` }]]
  }
}

/** Casts a body to the SDK's type. The fields are the same, but the SDK's types expect the forms of its builders. */
export function plain(body: Omit<DiscordBody, 'picture' | 'file'>): Body {
  return body as unknown as Body
}

/**
 * Returns a refused body with a line of text in place of its picture or file; undefined if the body has neither or the
 * failure is not about it. Pure.
 */
export function plainer(body: DiscordBody, failure: Failure): DiscordBody | undefined {
  if (!mayBePicture(failure)) return undefined
  if (body.file) return withoutFile(body)
  return body.picture ? bodyPictureAsText(body) : undefined
}
