import type { RawFile } from 'discord.js'
import type { Failure, Pictures } from '../../poster.ts'
import { type DiscordBody, fileName, withoutUploads } from '../../render/discord.ts'
import { withoutFile } from '../../render/discord-file.ts'
import { mayBePicture, mayBeUpload } from '../fallback.ts'
import { createPictureReader } from '../pictures.ts'
import type { Body } from './api.ts'

/** Converts a body to the API's form and reads the files that the body names. Rejects with `NotSent`. */
export type WithFiles = (body: DiscordBody) => Promise<readonly [body: Body, files?: RawFile[]]>

/** Creates the conversion. Each message uploads its files, because Discord cannot reuse one by an ID. */
export function createFiles(pictures: Pick<Pictures, 'read'>): WithFiles {
  const read = createPictureReader(pictures)
  return async ({ pictures = [], file, ...body }) => {
    const files: RawFile[] = await Promise.all(
      pictures.map(async ({ picture }, index) => {
        const { bytes: data, type } = await read(picture)
        return { name: fileName(picture, index), data, contentType: `image/${type}` }
      }),
    )
    if (file) files.push({ name: file.name, data: file.text, contentType: file.type })
    return files.length > 0 ? [plain(body), files] : [plain(body)]
  }
}

/** Casts a body to the SDK's type. The fields are the same, but the SDK's types expect the forms of its builders. */
export function plain(body: Omit<DiscordBody, 'pictures' | 'file'>): Body {
  return body as unknown as Body
}

/**
 * Returns a body with the fields of an edit. Attachments that an edit does not list disappear; without the list, all of
 * them stay. Pure.
 */
export function editing<B extends object>(body: B): B {
  return { attachments: [], ...body }
}

/**
 * Returns a refused body with text in place of its pictures or its file; undefined if the body has neither or the failure
 * is not about them. Pure.
 */
export function plainer(body: DiscordBody, failure: Failure): DiscordBody | undefined {
  return mayBePicture(failure) ? withText(body) : undefined
}

/** Like {@link plainer}, for an answer, whose upload may have failed for any reason. Pure. */
export function plainerAnswer(body: DiscordBody, failure: Failure): DiscordBody | undefined {
  return mayBeUpload(failure) ? withText(body) : undefined
}

function withText(body: DiscordBody): DiscordBody | undefined {
  const words = body.pictures ? withoutUploads(body) : body
  if (body.file) return withoutFile(words)
  return body.pictures && words
}
