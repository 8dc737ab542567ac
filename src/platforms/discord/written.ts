import {
  type APIAttachment,
  type APIMessage,
  type APIModalSubmission,
  type APIModalSubmitInteraction,
  type APIUser,
  ComponentType,
} from 'discord.js'
import type { Written } from '../../platform.ts'
import { type Names, readMarkdown } from '../../reading/markdown.ts'
import { FIELDS } from './form.ts'
import { pictureAmong } from './pictures.ts'

/** Fetches an attachment: see `Written.picture`. */
export type FetchPicture = (
  attachment: APIAttachment,
) => ReturnType<NonNullable<Written['picture']>>

/** A message that was pointed at, with its first picture. */
export function quoted(message: APIMessage, fetchPicture: FetchPicture) {
  return (): Written => {
    const { content: source } = message
    const picture = pictureAmong(message.attachments)
    const { body, lost } = readMarkdown(source, namesOf(message))
    const isMore = message.attachments.some(each => each !== picture)
    return {
      body,
      lost: isMore ? [...lost, 'attachment' as const] : lost,
      source,
      ...withPicture(picture, fetchPicture),
    }
  }
}

/** The content of a submitted form. Its fields are read at once: throws a TypeError if they are not those of a form. */
export function filledIn({ data }: APIModalSubmitInteraction, fetchPicture: FetchPicture) {
  const fields = fieldsOf(data)
  const { value: source = '' } = fields.find(({ custom_id }) => custom_id === FIELDS.text) ?? {}
  if (typeof source !== 'string') throw new TypeError('Expected the text of a form.')
  const [id] = fields.find(({ custom_id }) => custom_id === FIELDS.picture)?.values ?? []
  const picture = id === undefined ? undefined : data.resolved?.attachments?.[id]
  return (): Written => ({
    ...readMarkdown(source),
    source,
    ...withPicture(picture, fetchPicture),
  })
}

interface Field {
  readonly custom_id?: string
  readonly value?: unknown
  readonly values?: readonly string[]
}

/** A label without a component, and kinds of components that are not known, have no field. */
function fieldsOf({ components }: APIModalSubmission): Field[] {
  return components.flatMap((component): readonly Field[] => {
    if (component.type === ComponentType.Label) return [component.component ?? {}]
    return component.type === ComponentType.ActionRow ? [...component.components] : []
  })
}

function withPicture(attachment: APIAttachment | undefined, fetchPicture: FetchPicture) {
  return attachment ? { picture: () => fetchPicture(attachment) } : {}
}

/** How those are called who are mentioned, by what stands for them in the text. */
function namesOf({ mentions, mention_channels = [] }: APIMessage): Names {
  const nameOf = ({ global_name, username }: APIUser) => global_name ?? username
  return new Map([
    ...mentions.map(user => [`@${user.id}`, nameOf(user)] as const),
    ...mention_channels.map(({ id, name }) => [`#${id}`, name] as const),
  ])
}
