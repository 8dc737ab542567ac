import {
  type APIAttachment,
  type APIMessage,
  type APIModalSubmission,
  type APIModalSubmitInteraction,
  type APIUser,
  ComponentType,
} from 'discord.js'
import { type Names, readMarkdown } from '../../parsing/discord.ts'
import type { UserText } from '../../platform.ts'
import { FIELDS } from './modal.ts'
import { pictureAmong } from './pictures.ts'

/** Fetches an attachment: see `Written.picture`. */
export type FetchPicture = (
  attachment: APIAttachment,
) => ReturnType<NonNullable<UserText['picture']>>

/** The name of a channel that can be mentioned there; undefined if it is not known. */
export type ChannelName = (channel: string) => string | undefined

/** A message that was pointed at, with its first picture; of a forwarded one, what was forwarded. */
export function quoted(message: APIMessage, fetchPicture: FetchPicture, nameOf: ChannelName) {
  return (): UserText => {
    const [snapshot] = message.message_snapshots ?? []
    const isForwarded = message.content === '' && message.attachments.length === 0
    const {
      content: source,
      attachments = [],
      ...more
    } = (isForwarded && snapshot?.message) || message
    const picture = pictureAmong(attachments)
    const { body, lost } = readMarkdown(source, namesOf([message, more], nameOf))
    const isMore = attachments.some(each => each !== picture)
    return {
      body,
      lost: isMore ? [...lost, 'attachment' as const] : lost,
      source,
      ...withPicture(picture, fetchPicture),
    }
  }
}

/** The content of a submitted form. Its fields are read at once: throws a TypeError if they are not those of a form. */
export function filledIn(
  { data }: APIModalSubmitInteraction,
  fetchPicture: FetchPicture,
  nameOf: ChannelName,
) {
  const fields = fieldsOf(data)
  const { value: source = '' } = fields.find(({ custom_id }) => custom_id === FIELDS.text) ?? {}
  if (typeof source !== 'string') throw new TypeError('Expected the text of a form.')
  const [id] = fields.find(({ custom_id }) => custom_id === FIELDS.picture)?.values ?? []
  const picture = id === undefined ? undefined : data.resolved?.attachments?.[id]
  return (): UserText => ({
    ...readMarkdown(source, namesOf([], nameOf)),
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
function namesOf(
  messages: readonly Partial<Pick<APIMessage, 'mentions' | 'mention_channels'>>[],
  channelName: ChannelName,
): Names {
  const nameOf = ({ global_name, username }: APIUser) => global_name ?? username
  const known = new Map<string, string>(
    messages.flatMap(({ mentions = [], mention_channels = [] }) => [
      ...mentions.map(user => [`@${user.id}`, nameOf(user)] as const),
      ...mention_channels.map(({ id, name }) => [`#${id}`, name] as const),
    ]),
  )
  const channel = (key: string) => (key.startsWith('#') ? channelName(key.slice(1)) : undefined)
  return { get: key => known.get(key) ?? channel(key) }
}
