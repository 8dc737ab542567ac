import type { RawFile } from 'discord.js'
import type { Pictures } from '../../poster.ts'
import type { DiscordBody } from '../../render/discord.ts'
import { texts } from '../../texts.ts'
import { createPictureReader } from '../pictures.ts'
import type { Body } from './api.ts'

/** A body as the API takes it, with the file that it names. Rejects with `Unsent`. */
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

/** The same where the picture cannot be sent: the text says that there is one. */
export function wordsOf({ picture: _, attachments: __, ...body }: DiscordBody): DiscordBody {
  const [{ components, ...container }] = body.components
  const told = components.map(each =>
    each.type === 12 ? ({ type: 10, content: texts.picture } as const) : each,
  )
  return { ...body, components: [{ ...container, components: told }] }
}

/** The types of the SDK know its builders' forms; these are the very same fields. */
export function plain(body: Omit<DiscordBody, 'picture'>): Body {
  return body as unknown as Body
}
