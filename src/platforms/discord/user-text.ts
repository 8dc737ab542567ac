import {
  type APIAttachment,
  type APIMessage,
  type APIModalSubmission,
  type APIModalSubmitInteraction,
  type APIUser,
  ComponentType,
} from 'discord.js'
import type { RequestText, UserText } from '../../bot.ts'
import { type Names, readMarkdown } from '../../parsing/discord.ts'
import { FIELDS } from './modal.ts'
import { pictureAmong } from './pictures.ts'

/** Fetches an attachment: see `UserText.picture`. */
export type FetchPicture = (
  attachment: APIAttachment,
) => ReturnType<NonNullable<UserText['picture']>>

/** Returns the name of a channel of the same server (`#3`) or of a command (`/4`); undefined if it is not known. */
export type NameOf = (key: string) => string | undefined

/**
 * Reads the message that a message command targets, with its first picture. A forwarded message yields the text and
 * picture of the original.
 */
export function quoted(
  message: APIMessage,
  fetchPicture: FetchPicture,
  nameOf: NameOf,
): RequestText {
  const read = (): UserText => {
    const [snapshot] = message.message_snapshots ?? []
    const isForwarded = message.content === '' && message.attachments.length === 0
    const {
      content: source,
      attachments = [],
      ...more
    } = (isForwarded && snapshot?.message) || message
    const picture = pictureAmong(attachments)
    const { body, lost } = readMarkdown(source, namesOf([message, more], nameOf))
    const hasOthers = attachments.some(each => each !== picture)
    return {
      body,
      lost: hasOthers ? [...lost, 'attachment' as const] : lost,
      source,
      ...withPicture(picture, fetchPicture),
    }
  }
  return { typed: '', read }
}

/** Reads a submitted form. Throws a TypeError at once, not later, if the fields are not those of a form. */
export function filledIn(
  { data }: APIModalSubmitInteraction,
  fetchPicture: FetchPicture,
  nameOf: NameOf,
): RequestText {
  const fields = fieldsOf(data)
  const { value: source = '' } = fields.find(({ custom_id }) => custom_id === FIELDS.text) ?? {}
  if (typeof source !== 'string') throw new TypeError('Expected the text of a form.')
  const [id] = fields.find(({ custom_id }) => custom_id === FIELDS.picture)?.values ?? []
  const picture = id === undefined ? undefined : data.resolved?.attachments?.[id]
  return {
    typed: '',
    read: () => ({
      ...readMarkdown(source, namesOf([], nameOf)),
      source,
      ...withPicture(picture, fetchPicture),
    }),
  }
}

interface Field {
  readonly custom_id?: string
  readonly value?: unknown
  readonly values?: readonly string[]
}

/** Returns the fields of a form. Labels without a component and unknown kinds of components have none. */
function fieldsOf({ components }: APIModalSubmission): Field[] {
  return components.flatMap((component): readonly Field[] => {
    if (component.type === ComponentType.Label) return [component.component ?? {}]
    return component.type === ComponentType.ActionRow ? [...component.components] : []
  })
}

function withPicture(attachment: APIAttachment | undefined, fetchPicture: FetchPicture) {
  return attachment ? { picture: () => fetchPicture(attachment) } : {}
}

/** Returns the names of mentioned users, channels and commands, by their keys in the text: `@42`, `#42`, `/42`. */
function namesOf(
  messages: readonly Partial<Pick<APIMessage, 'mentions' | 'mention_channels'>>[],
  otherName: NameOf,
): Names {
  const nameOf = ({ global_name, username }: APIUser) => global_name ?? username
  const mentioned = new Map<string, string>(
    messages.flatMap(({ mentions = [], mention_channels = [] }) => [
      ...mentions.map(user => [`@${user.id}`, nameOf(user)] as const),
      ...mention_channels.map(({ id, name }) => [`#${id}`, name] as const),
    ]),
  )
  return { get: key => mentioned.get(key) ?? otherName(key) }
}
