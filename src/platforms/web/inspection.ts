import { judgeDiscord, judgeTelegram } from '../../render/objections.ts'
import type { Kept } from './history.ts'
import { isOfAnnouncement } from './pictures.ts'
import type {
  DiscordBody,
  Entry,
  InspectedCall,
  Inspection,
  TelegramBody,
  TextFile,
} from './protocol.ts'

/** Returns the calls that have sent an entry, with what the platforms say about them. Pure. */
export function inspect({ entry, parsed, isPressed = false }: Kept): Inspection {
  return {
    discord: entry.discord.map((body, index) => discordCall(entry, body, index, isPressed)),
    telegram: entry.telegram.map(body => telegramCall(entry, body)),
    ...(parsed && { parsed: { ...parsed, body: withoutPositions(parsed.body) } }),
  }
}

/** Discord, types of interaction responses: a new message, and a change of the pressed one. */
const [NEW, UPDATE] = [4, 7] as const

function discordCall(
  { by, line = '', isEdited }: Entry,
  { pictures = [], file, ...content }: DiscordBody,
  index: number,
  isPressed: boolean,
): InspectedCall {
  const { attachments: _, ...words } = content
  const isOld = isEdited && by === 'post' && pictures.every(({ name }) => isOfAnnouncement(name))
  // Without the list of attachments, a message keeps the image of its announcement.
  const body = isOld ? words : content
  const verdict = { ...filesOf(body, file), ...judgeDiscord(body) }
  const isMessage = by === 'post' || (by === 'typed' && !line.startsWith('/'))
  if (isMessage && !isPressed) {
    const call = isEdited
      ? 'PATCH /channels/{channel}/messages/{message}'
      : 'POST /channels/{channel}/messages'
    return { call, body, ...verdict }
  }
  if (index > 0) {
    return { call: 'POST /webhooks/{application}/{interaction token}', body, ...verdict }
  }
  if (isEdited && !isPressed) {
    const call = 'PATCH /webhooks/{application}/{interaction token}/messages/@original'
    return { call, body, ...verdict }
  }
  return {
    call: 'POST /interactions/{interaction}/{token}/callback',
    body: { type: isPressed ? UPDATE : NEW, data: body },
    ...verdict,
  }
}

/** Returns the parts of a call to Discord beside `payload_json`; none if the body has no attachments. */
function filesOf(
  { attachments = [] }: DiscordBody,
  file: TextFile | undefined,
): Pick<InspectedCall, 'files'> {
  if (attachments.length === 0) return {}
  const files = attachments.map(({ id, filename }) => ({
    part: `files[${id}]`,
    filename,
    type: filename === file?.name ? file.type : `image/${filename.split('.').at(-1)}`,
  }))
  return { files }
}

function telegramCall(
  { by, isEdited }: Entry,
  { method, instead: _, ...body }: TelegramBody,
): InspectedCall {
  const verdict = judgeTelegram(body)
  const where = { chat_id: '{chat}', ...(isEdited && { message_id: '{message}' }) }
  const { photo, reply_markup, ...content } = body
  const buttons = reply_markup && { reply_markup }
  if (isEdited && photo) {
    // The image of an announcement never changes.
    return by === 'post' && isOfAnnouncement(photo.name)
      ? { call: 'editMessageCaption', body: { ...where, ...content, ...buttons }, ...verdict }
      : {
          call: 'editMessageMedia',
          body: { ...where, media: { type: 'photo', media: '{file}', ...content }, ...buttons },
          ...verdict,
        }
  }
  return {
    call: isEdited && method === 'sendMessage' ? 'editMessageText' : method,
    body: {
      ...where,
      ...body,
      ...(photo && { photo: '{file}' }),
      ...(body.document && { document: '{file}' }),
    },
    ...verdict,
  }
}

/** Returns a tree without the positions of its nodes in the text. */
function withoutPositions(tree: object): object {
  return JSON.parse(JSON.stringify(tree, (key, value) => (key === 'position' ? undefined : value)))
}
