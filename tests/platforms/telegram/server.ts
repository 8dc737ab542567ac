import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pictureOf } from '../../../src/picture-check.ts'
import { parseTelegramHtml } from '../../telegram-html.ts'
import { type Part, readBody } from '../multipart.ts'
import { createStream, type Stream } from '../stream.ts'

/** A bot token of the right form that opens nothing. */
export const TOKEN = '123456:AAF-test_only-neverSecret-0000000000'

export const ME = {
  id: 123456,
  is_bot: true,
  first_name: 'Sitrep',
  username: 'sitrep_test_bot',
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: true,
}

interface Call {
  readonly method: string
  /** The process that asks: the path of its address before `/bot`. */
  readonly from: string
  // biome-ignore lint/suspicious/noExplicitAny: the Bot API's parameters, as they came in.
  readonly body: any
}

/** Handles a call in place of the server's own answer. */
type Fault = (response: ServerResponse, call: Call) => void

export interface TelegramServer {
  readonly url: string
  /** Every call, in the order of arrival. */
  readonly calls: Call[]
  /** Messages as they are sent or edited, by chat; what is shared has the chat of its id. */
  shown(chat: string): Stream<{ text: string; keyboard: Button[]; id: number; body: Call['body'] }>
  /** Waits for the next call of a method. */
  next(method: string): Promise<Call>
  push(update: object): void
  /** Presses that wait to be acknowledged, by their ids. */
  readonly presses: Set<string>
  /** The status of people in chats: `-1001/700` → `administrator`; a person without an entry is a member. */
  readonly statuses: Map<string, string>
  /** Changes what a person is in a chat, and tells the bot so, as Telegram tells administrators. */
  changeStatus(chat: { readonly id: number }, user: number, status: string): void
  /** Rights of administrators who have not all of them, by the same names. */
  readonly rights: Map<string, object>
  /** Channels by their names, with their ids. */
  readonly channels: Map<string, number>
  /** The next call of this method is met by this instead. */
  meet(method: string, ...faults: Fault[]): void
  /** Every call that nothing was planned for is met by this, where it says so. */
  weather: (call: Call) => Mishap | undefined
  /** Whether an edit may make a picture of a text: older servers refuse that. */
  addsMedia: boolean
  /** Whether what stands before an offset never comes again, not for another process either: as at Telegram. */
  isConfirming: boolean
  /** The text or caption of each chat's messages, by their ids; null for a deleted message. */
  readonly taken: Map<string, Map<number, string | null>>
  /** The picture of each message that is one, by its chat and id: `42/1001`. */
  readonly photos: Map<string, string>
  /** The file of each message that has one, by `chat/message`. */
  readonly documents: Map<string, Part>
  /** Files by their ids. Their downloads are met as the method `file`. */
  readonly files: Map<string, Buffer>
  close(): Promise<void>
}

/** A fault in place of the response; `taken` if the server still does what was asked for. */
interface Mishap {
  readonly fault: Fault
  readonly taken?: boolean
}

interface Button {
  readonly text: string
  readonly callback_data?: string
  readonly url?: string
}

export const refuse =
  (status: number, description: string, parameters?: object): Fault =>
  response =>
    send(response, status, { ok: false, error_code: status, description, parameters })

export const answerWith =
  (status: number, text: string, headers: Record<string, string> = {}): Fault =>
  response => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(text)
  }

export const reset: Fault = response => response.socket?.resetAndDestroy()

/** A fault that never answers. */
export const hang: Fault = () => {}

/** Announces more than it sends, and leaves the connection open. */
export const half: Fault = response => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"ok":true,"resu')
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

interface Words {
  readonly text?: string
  readonly parse_mode?: string
}

/** Reads the fields of a form: objects are JSON, and all others are text. */
function readForm(fields: ReadonlyMap<string, string>): Call['body'] {
  const objects = ['reply_markup', 'reply_parameters', 'media']
  const read = [...fields].map(([name, value]) => {
    const isNumber = name === 'message_id' || name === 'message_thread_id'
    return [name, objects.includes(name) ? JSON.parse(value) : isNumber ? Number(value) : value]
  })
  return Object.fromEntries(read)
}

/** Stands in a call for a photo that came along. */
export const UPLOADED = '<photo>'

export const ALL_RIGHTS = { can_post_messages: true, can_change_info: true }

/** The Bot API on this machine, as strict as the real one where it matters to us. */
export async function openTelegramServer(): Promise<TelegramServer> {
  const calls: Call[] = []
  const updates: { update_id: number }[] = []
  const faults = new Map<string, Fault[]>()
  const streams = new Map<string, ReturnType<TelegramServer['shown']>>()
  const called = new Map<string, Stream<Call>>()
  const messages = new Map<string, string>()
  const photos = new Map<string, string>()
  const documents = new Map<string, Part>()
  const files = new Map<string, Buffer>()
  const taken: TelegramServer['taken'] = new Map()
  const menus = new Map<string, object[]>()
  const scopeOf = (scope: { type: string; chat_id?: number }) =>
    `${scope.type}${scope.chat_id ?? ''}`
  const profile = new Map<string, object>()
  const presses = new Set<string>()
  const statuses = new Map<string, string>()
  const rights = new Map<string, object>()
  const channels = new Map<string, number>()
  let webhook = { url: '', pending_update_count: 0 }
  const waiting = new Set<() => void>()
  let ids = 1000
  let confirmed = 0

  const streamOf = (chat: string) => {
    const stream = streams.get(chat) ?? createStream()
    streams.set(chat, stream)
    return stream
  }
  const callsOf = (method: string) => {
    const stream = called.get(method) ?? createStream<Call>()
    called.set(method, stream)
    return stream
  }

  class RefusalDetails extends Error {}

  /** Takes a text, or a picture's caption, which may be none. */
  function show(chat: string, id: number, body: Call['body'], words: Words, file = ''): void {
    const { text = '', parse_mode } = words
    if (parse_mode === 'HTML' && (text !== '' || file === '')) {
      try {
        const { length } = parseTelegramHtml(text).text
        if (file !== '' && length > 1024)
          throw new RefusalDetails('Bad Request: message caption is too long')
      } catch (error) {
        if (error instanceof RefusalDetails) throw error
        throw new RefusalDetails(`Bad Request: can't parse entities: ${(error as Error).message}`)
      }
    }
    const key = `${chat}/${id}`
    const content = JSON.stringify([text, body.reply_markup, file])
    if (messages.get(key) === content)
      throw new RefusalDetails('Bad Request: message is not modified')
    messages.set(key, content)
    if (file !== '') photos.set(key, file)
    const chats = taken.get(chat) ?? new Map<number, string | null>()
    taken.set(chat, chats.set(id, text))
    const keyboard = (body.reply_markup?.inline_keyboard ?? []).flat()
    streamOf(chat).push({ text, keyboard, id, body })
  }

  /** The id of what is sent: a file that is known, or one that comes along as the part `name`. */
  function fileOf(given: unknown, part: Part | undefined): string {
    if (given === undefined)
      throw new RefusalDetails('Bad Request: there is no photo in the request')
    if (!part) {
      if (files.has(String(given))) return String(given)
      throw new RefusalDetails(
        'Bad Request: wrong remote file identifier specified: Wrong string length',
      )
    }
    const { bytes } = part
    if (typeof pictureOf(bytes) === 'string')
      throw new RefusalDetails('Bad Request: IMAGE_PROCESS_FAILED')
    const file = `photo-${files.size + 1}`
    files.set(file, bytes)
    return file
  }

  const sizesOf = (file: string) => [
    { file_id: file, file_unique_id: 'l', width: 640, height: 360 },
    { file_id: `${file}-small`, file_unique_id: 's', width: 90, height: 51 },
  ]

  async function answer(
    { method, body }: Call,
    parts: ReadonlyMap<string, Part>,
  ): Promise<unknown> {
    switch (method) {
      case 'getMe':
        return ME
      case 'getUpdates': {
        const { offset = 0 } = body
        if (self.isConfirming) confirmed = Math.max(confirmed, offset)
        const from = Math.max(confirmed, offset)
        const ready = () => updates.filter(({ update_id }) => update_id >= from)
        if (ready().length === 0 && body.timeout > 0) {
          await new Promise<void>(resolve => waiting.add(resolve))
        }
        return ready().slice(0, body.limit ?? 100)
      }
      case 'setWebhook':
        webhook = { url: body.url, pending_update_count: 0 }
        return true
      case 'getWebhookInfo':
        return webhook
      case 'deleteWebhook':
      case 'answerInlineQuery':
        return true
      case 'getMyCommands':
        return menus.get(scopeOf(body.scope)) ?? []
      case 'setMyCommands':
        menus.set(scopeOf(body.scope), body.commands)
        return true
      case 'deleteMyCommands':
        return menus.delete(scopeOf(body.scope))
      case 'getMyDescription':
      case 'getMyShortDescription':
        return profile.get(method.replace('get', 'set')) ?? {}
      case 'setMyDescription':
      case 'setMyShortDescription':
        profile.set(method, body)
        return true
      case 'getChatMember': {
        if (body.user_id <= 0) throw new RefusalDetails('Bad Request: invalid user_id specified')
        const status = statuses.get(`${body.chat_id}/${body.user_id}`) ?? 'member'
        const user = { id: body.user_id, is_bot: false, first_name: 'A' }
        if (status !== 'administrator') return { user, status }
        return { user, status, ...ALL_RIGHTS, ...rights.get(`${body.chat_id}/${body.user_id}`) }
      }
      case 'getChat': {
        const [name, id] =
          [...channels].find(
            ([name, id]) => name === body.chat_id || String(id) === body.chat_id,
          ) ?? []
        if (name === undefined) throw new RefusalDetails('Bad Request: chat not found')
        return { id, type: 'channel', title: 'News', username: name.slice(1) }
      }
      case 'answerCallbackQuery':
        if (!presses.delete(body.callback_query_id)) {
          throw new RefusalDetails('Bad Request: query is too old and response timeout expired')
        }
        return true
      case 'sendMessage': {
        ids += 1
        show(String(body.chat_id), ids, body, body)
        return { message_id: ids, chat: { id: body.chat_id }, date: 0, text: body.text }
      }
      case 'sendPhoto': {
        const file = fileOf(body.photo, parts.get('photo'))
        ids += 1
        show(String(body.chat_id), ids, body, { ...body, text: body.caption }, file)
        return { message_id: ids, chat: { id: body.chat_id }, date: 0, photo: sizesOf(file) }
      }
      case 'sendDocument': {
        const part = parts.get('document')
        if (!part) throw new RefusalDetails('Bad Request: there is no document in the request')
        ids += 1
        documents.set(`${body.chat_id}/${ids}`, part)
        show(String(body.chat_id), ids, body, { ...body, text: body.caption ?? '' })
        return { message_id: ids, chat: { id: body.chat_id }, date: 0, document: { file_id: 'd' } }
      }
      case 'editMessageText': {
        const chat = String(body.inline_message_id ?? body.chat_id)
        if (photos.has(`${chat}/${body.message_id}`)) {
          throw new RefusalDetails('Bad Request: there is no text in the message to edit')
        }
        show(chat, body.message_id ?? 0, body, body)
        return true
      }
      case 'editMessageCaption': {
        const file = photos.get(`${body.chat_id}/${body.message_id}`)
        if (!file)
          throw new RefusalDetails('Bad Request: there is no caption in the message to edit')
        show(String(body.chat_id), body.message_id, body, { ...body, text: body.caption }, file)
        return true
      }
      case 'editMessageMedia': {
        const { media, type, caption, parse_mode } = body.media
        if (!self.addsMedia && !photos.has(`${body.chat_id}/${body.message_id}`))
          throw new RefusalDetails('Bad Request: there is no media in the message to edit')
        if (type !== 'photo')
          throw new RefusalDetails("Bad Request: can't parse input media JSON object")
        const [, attached = ''] = /^attach:\/\/(.+)$/.exec(media) ?? []
        const file = fileOf(media, parts.get(attached))
        show(String(body.chat_id), body.message_id, body, { text: caption, parse_mode }, file)
        return { message_id: body.message_id, date: 0, photo: sizesOf(file) }
      }
      case 'getFile':
        if (!files.has(body.file_id)) throw new RefusalDetails('Bad Request: invalid file_id')
        return { file_id: body.file_id, file_path: `photos/${body.file_id}` }
      case 'deleteMessage': {
        const held = taken.get(String(body.chat_id))
        if (typeof held?.get(body.message_id) !== 'string') {
          throw new RefusalDetails('Bad Request: message to delete not found')
        }
        held.set(body.message_id, null)
        photos.delete(`${body.chat_id}/${body.message_id}`)
        return true
      }
      default:
        throw new RefusalDetails(`Not Found: ${method}`)
    }
  }

  function download(path: string, response: ServerResponse): void {
    const [, token, name = ''] = /^\/file\/bot([^/]+)\/photos\/(.+)$/.exec(path) ?? []
    const bytes = token === TOKEN ? files.get(name) : undefined
    response.writeHead(bytes ? 200 : 404).end(bytes)
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '' } = request
    const isFile = url.startsWith('/file/')
    const [, from = '', token, called = ''] = /^(.*)\/bot([^/]+)\/(\w+)$/.exec(url) ?? []
    const method = isFile ? 'file' : called
    const { text, form } = await readBody(request)
    const body = form ? readForm(form.fields) : JSON.parse(text || '{}')
    // A file is the part of its parameter's name, as the manual has it.
    if (form?.files.has('photo')) body.photo = UPLOADED
    const call: Call = { method, from, body }
    calls.push(call)
    callsOf(method).push(call)
    const fault = faults.get(method)?.shift()
    if (fault) return fault(response, call)
    if (isFile) return download(url, response)
    if (token !== TOKEN) return refuse(401, 'Unauthorized')(response, call)
    const mishap = self.weather(call)
    if (mishap && !mishap.taken) return mishap.fault(response, call)
    try {
      const result = await answer(call, form?.files ?? new Map())
      if (mishap) return mishap.fault(response, call)
      send(response, 200, { ok: true, result })
    } catch (error) {
      if (!(error instanceof RefusalDetails)) throw error
      refuse(400, error.message)(response, call)
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const self: TelegramServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    taken,
    photos,
    documents,
    files,
    presses,
    weather: () => undefined,
    addsMedia: true,
    isConfirming: false,
    statuses,
    changeStatus(chat, id, status) {
      statuses.set(`${chat.id}/${id}`, status)
      const user = { id, is_bot: false, first_name: 'A' }
      const [was, is] = ['member', status].map(each => ({ user, status: each }))
      self.push({
        chat_member: { chat, from: user, date: 0, old_chat_member: was, new_chat_member: is },
      })
    },
    rights,
    channels,
    shown: streamOf,
    next: method => callsOf(method).next(),
    push(update) {
      const query = (update as { callback_query?: { id: string } }).callback_query
      if (query) presses.add(query.id)
      updates.push({ update_id: 500 + updates.length, ...update })
      for (const wake of waiting) wake()
      waiting.clear()
    },
    meet(method, ...more) {
      faults.set(method, [...(faults.get(method) ?? []), ...more])
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return self
}
