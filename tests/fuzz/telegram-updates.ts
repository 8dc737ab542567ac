import { ME } from '../platforms/telegram/server.ts'

/** Ids and texts that a payload is made of. */
export interface Circumstances {
  readonly user: number
  /** A group or channel; its private counterpart is the user's own chat. */
  readonly chat: number
  readonly message: number
  readonly text: string
  /** Another chat, that what comes from strangers must not touch. */
  readonly lure: number
  /** Seconds since the epoch. */
  readonly now: number
}

/** A name that must never be in a log. */
export const NAME = 'Adalovelace'

const person = (id: number) => ({
  ...{ id, is_bot: false, first_name: NAME, last_name: NAME, username: NAME },
  ...{ language_code: 'en', is_premium: true },
})
const privateChat = (id: number) => ({ id, type: 'private', first_name: NAME, username: NAME })
const group = (id: number) => ({ id, type: 'supergroup', title: NAME, is_forum: true })
const channel = (id: number) => ({ id, type: 'channel', title: NAME, username: 'news' })

const direct = ({ user, message, text, now }: Circumstances) => ({
  ...{ message_id: message, date: now, from: person(user), chat: privateChat(user), text },
})
const inGroup = ({ user, chat, message, text, now }: Circumstances) => ({
  ...{ message_id: message, date: now, from: person(user), chat: group(chat), text },
})
const inChannel = ({ chat, message, text, now }: Circumstances) => ({
  ...{ message_id: message, date: now, sender_chat: channel(chat), chat: channel(chat), text },
  author_signature: NAME,
})
const keyboard = (...lines: string[]) => ({
  inline_keyboard: [lines.map(line => ({ text: line, callback_data: line }))],
})
const ours = (chat: object, message: number, now: number, ...lines: string[]) => ({
  ...{ message_id: message, date: now, from: ME, chat, text: 'Threats' },
  ...{ entities: [{ type: 'bold', offset: 0, length: 7 }], reply_markup: keyboard(...lines) },
})
const sizes = [
  { file_id: 'small', file_unique_id: 's', width: 90, height: 51, file_size: 900 },
  { file_id: 'large', file_unique_id: 'l', width: 640, height: 360, file_size: 9000 },
]
const document = {
  ...{ file_id: 'file', file_unique_id: 'f', file_name: 'x.png', mime_type: 'image/png' },
  file_size: 1000,
}
const entities = [
  { type: 'bot_command', offset: 0, length: 5 },
  { type: 'text_link', offset: 1, length: 3, url: 'https://example.org' },
  { type: 'text_mention', offset: 2, length: 2, user: person(9) },
  { type: 'custom_emoji', offset: 0, length: 1, custom_emoji_id: '5' },
  { type: 'date_time', offset: 0, length: 2, unix_time: 1, date_time_format: 'r' },
]
const member = (status: string, more: object = {}) => ({ status, user: ME, ...more })
const pressed = ({ user, message, text }: Circumstances, more: object) => ({
  ...{ id: `press-${message}`, from: person(user), chat_instance: '1', data: text, ...more },
})

/** An update of each kind and shape in the documentation of the Bot API, including those that the bot does not ask for. */
export const UPDATES: Readonly<Record<string, (of: Circumstances) => object>> = {
  'message, private': of => ({ message: direct(of) }),
  'message, private, answers': of => ({
    message: {
      ...direct(of),
      reply_to_message: ours(privateChat(of.user), 5, of.now, of.text, '/announce 1'),
    },
  }),
  'message, with entities': of => ({ message: { ...direct(of), entities } }),
  'message, forwarded': of => ({
    message: {
      ...direct(of),
      forward_origin: { type: 'channel', chat: channel(of.lure), message_id: 4, date: of.now },
    },
  }),
  'message, a photo': of => ({
    message: { ...direct(of), text: undefined, caption: of.text, photo: sizes },
  }),
  'message, a document': of => ({
    message: { ...direct(of), text: undefined, caption: of.text, document },
  }),
  'message, an album': of => ({
    message: {
      ...{ ...direct(of), caption: of.text, caption_entities: entities, photo: sizes },
      media_group_id: '9',
    },
  }),
  'message, a sticker': of => ({
    message: { ...direct(of), text: undefined, sticker: { file_id: 'x', emoji: '🙂' } },
  }),
  'message, a poll': of => ({
    message: { ...direct(of), poll: { id: '1', question: of.text, options: [{ text: 'a' }] } },
  }),
  'message, via a bot': of => ({ message: { ...direct(of), via_bot: ME } }),
  'message, web app data': of => ({
    message: { ...direct(of), web_app_data: { data: of.text, button_text: of.text } },
  }),
  'message, group': of => ({ message: inGroup(of) }),
  'message, group, addressed': of => ({
    message: inGroup({ ...of, text: `${of.text} @${ME.username}` }),
  }),
  'message, group, in a topic': of => ({
    message: { ...inGroup(of), is_topic_message: true, message_thread_id: 7 },
  }),
  'message, group, answers': of => ({
    message: {
      ...inGroup(of),
      reply_to_message: { ...ours(group(of.chat), 5, of.now, of.text), photo: sizes },
    },
  }),
  'message, group, as another chat': of => ({
    message: { ...inGroup(of), sender_chat: channel(of.lure) },
  }),
  'message, group, anonymous': of => ({
    message: { ...inGroup(of), sender_chat: group(of.chat) },
  }),
  'message, group, members came': of => ({
    message: { ...inGroup(of), text: undefined, new_chat_members: [ME, person(of.user)] },
  }),
  'message, group, a member went': of => ({
    message: { ...inGroup(of), text: undefined, left_chat_member: ME },
  }),
  'message, group, pinned': of => ({
    message: { ...inGroup(of), text: undefined, pinned_message: direct(of) },
  }),
  'message, group, moved': of => ({
    message: { ...inGroup(of), text: undefined, migrate_to_chat_id: of.chat - 1 },
  }),
  'message, group, moved here': of => ({
    message: { ...inGroup(of), text: undefined, migrate_from_chat_id: of.chat - 2 },
  }),
  'message, a post of its channel': of => ({
    message: { ...inGroup(of), sender_chat: channel(of.lure), is_automatic_forward: true },
  }),
  channel_post: of => ({ channel_post: inChannel(of) }),
  edited_message: of => ({ edited_message: { ...direct(of), edit_date: of.now } }),
  edited_channel_post: of => ({ edited_channel_post: inChannel(of) }),
  'callback_query, private': of => ({
    callback_query: pressed(of, {
      message: ours(privateChat(of.user), of.message, of.now, of.text),
    }),
  }),
  'callback_query, forged': of => ({
    callback_query: pressed(of, {
      message: { ...ours(channel(of.chat), 9, of.now, '+/about'), sender_chat: channel(of.chat) },
    }),
  }),
  'callback_query, group': of => ({
    callback_query: pressed(of, { message: ours(group(of.chat), of.message, of.now, of.text) }),
  }),
  'callback_query, channel': of => ({
    callback_query: pressed(of, { message: ours(channel(of.chat), of.message, of.now, of.text) }),
  }),
  'callback_query, of something old': of => ({
    callback_query: pressed(of, {
      message: { chat: group(of.chat), message_id: of.message, date: 0 },
    }),
  }),
  'callback_query, shared': of => ({
    callback_query: pressed(of, { inline_message_id: `inline-${of.message}` }),
  }),
  'callback_query, a game': of => ({
    callback_query: pressed(of, { data: undefined, game_short_name: 'chess' }),
  }),
  inline_query: of => ({
    inline_query: {
      ...{ id: `inline-${of.message}`, from: person(of.user), query: of.text, offset: '' },
      chat_type: 'sender',
    },
  }),
  chosen_inline_result: of => ({
    chosen_inline_result: { result_id: of.text, from: person(of.user), query: of.text },
  }),
  'my_chat_member, private': of => ({
    my_chat_member: {
      ...{ chat: privateChat(of.user), from: person(of.user), date: of.now },
      ...{ old_chat_member: member('member'), new_chat_member: member('kicked') },
    },
  }),
  'my_chat_member, came': of => ({
    my_chat_member: {
      ...{ chat: group(of.chat), from: person(of.user), date: of.now },
      ...{ old_chat_member: member('left'), new_chat_member: member('member') },
    },
  }),
  'my_chat_member, muted': of => ({
    my_chat_member: {
      ...{ chat: group(of.chat), from: person(of.user), date: of.now },
      old_chat_member: member('administrator', { can_post_messages: true }),
      new_chat_member: member('restricted', { is_member: true, can_send_messages: false }),
    },
  }),
  chat_member: of => ({
    chat_member: {
      ...{ chat: group(of.chat), from: person(of.user), date: of.now },
      ...{ old_chat_member: member('left'), new_chat_member: member('member') },
    },
  }),
  chat_join_request: of => ({
    chat_join_request: { chat: group(of.chat), from: person(of.user), date: of.now, bio: of.text },
  }),
  message_reaction: of => ({
    message_reaction: {
      ...{ chat: group(of.chat), message_id: 1, user: person(of.user), date: of.now },
      ...{ old_reaction: [], new_reaction: [{ type: 'emoji', emoji: '👍' }] },
    },
  }),
  message_reaction_count: of => ({
    message_reaction_count: { chat: group(of.chat), message_id: 1, date: of.now, reactions: [] },
  }),
  business_connection: of => ({
    business_connection: {
      id: 'b',
      user: person(of.user),
      user_chat_id: of.user,
      is_enabled: true,
    },
  }),
  business_message: of => ({ business_message: direct(of) }),
  deleted_business_messages: of => ({
    deleted_business_messages: {
      ...{ business_connection_id: 'b', chat: privateChat(of.user), message_ids: [1] },
    },
  }),
  shipping_query: of => ({
    shipping_query: { id: '1', from: person(of.user), invoice_payload: of.text },
  }),
  pre_checkout_query: of => ({
    pre_checkout_query: {
      ...{ id: '1', from: person(of.user), currency: 'XTR', total_amount: 1 },
      invoice_payload: of.text,
    },
  }),
  purchased_paid_media: of => ({
    purchased_paid_media: { from: person(of.user), paid_media_payload: of.text },
  }),
  poll: of => ({ poll: { id: '1', question: of.text, options: [], total_voter_count: 0 } }),
  poll_answer: of => ({ poll_answer: { poll_id: '1', user: person(of.user), option_ids: [0] } }),
  chat_boost: of => ({ chat_boost: { chat: channel(of.chat), boost: { boost_id: 'b' } } }),
  removed_chat_boost: of => ({ removed_chat_boost: { chat: channel(of.chat), boost_id: 'b' } }),
  'a kind of tomorrow': of => ({ hologram: { ...direct(of), beam: of.text } }),
  'nothing but its number': () => ({}),
}
