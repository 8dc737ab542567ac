import { guild, textChannel } from '../platforms/discord/guild.ts'
import { interactionBase } from '../platforms/discord/person.ts'
import { APPLICATION, BOT, snowflake } from '../platforms/discord/server.ts'
import { RIGHTS } from './app-scene.ts'
import { NAME } from './telegram-updates.ts'

/** Ids and texts that a payload is made of. */
export interface Circumstances {
  readonly user: string
  readonly guild: string
  readonly channel: string
  readonly text: string
  /** A channel that what comes from strangers must not touch. */
  readonly lure: string
}

type Event = readonly [type: string, data: object]

const person = (id: string) => ({
  ...{ id, username: NAME, global_name: NAME, discriminator: '0', avatar: null, public_flags: 0 },
})
const member = ({ user, guild }: Circumstances) => ({
  ...{ user: person(user), roles: [guild], permissions: '0', nick: NAME, flags: 0 },
  ...{ joined_at: '2026-01-01T00:00:00Z', deaf: false, mute: false },
})
const inServer = (of: Circumstances) => ({
  ...interactionBase(`token-${snowflake()}`),
  ...{ guild_id: of.guild, channel_id: of.channel, member: member(of), context: 0 },
  ...{ channel: { id: of.channel, type: 0 }, app_permissions: String(RIGHTS) },
})
const direct = (of: Circumstances) => ({
  ...interactionBase(`token-${snowflake()}`),
  ...{ user: person(of.user), channel_id: of.channel, channel: { id: of.channel, type: 1 } },
})
const posted = (of: Circumstances, more: object = {}) => ({
  ...{ id: snowflake(), channel_id: of.channel, type: 0, content: of.text, flags: 0 },
  ...{ author: person(of.user), mentions: [person(BOT)], mention_roles: [], attachments: [] },
  ...{ embeds: [], components: [], timestamp: '2026-01-01T00:00:00Z', tts: false, pinned: false },
  ...{ edited_timestamp: null, mention_everyone: false, ...more },
})
const button = (line: string) => ({ type: 2, style: 1, label: line.slice(0, 80), custom_id: line })
const ours = (of: Circumstances, line: string) => ({
  ...posted(of),
  ...{ type: 20, flags: 1 << 15, content: '', author: { ...person(BOT), bot: true } },
  interaction_metadata: { id: snowflake(), type: 2, user: person(of.user) },
  components: [
    {
      ...{ type: 17, id: 1 },
      components: [
        { type: 10, id: 2, content: 'Threats' },
        { type: 1, id: 3, components: [button(line)] },
      ],
    },
  ],
})
const attachment = (id: string) => ({
  ...{ id, filename: 'x.png', size: 900, content_type: 'image/png', width: 9, height: 9 },
  ...{ url: `https://cdn.discordapp.com/${id}`, proxy_url: `https://cdn.discordapp.com/${id}` },
})
const split = (line: string) => {
  const [head = '', ...words] = line.slice(1).split(' ')
  return { name: head.slice(0, 32), value: words.join(' ') }
}
const command = ({ text }: Circumstances, more: object = {}) => {
  const { name, value } = split(text)
  return { id: snowflake(), type: 1, name, options: [{ type: 3, name: 'words', value, ...more }] }
}
/** A submitted form: a label for each of its components. */
const form = (of: Circumstances, ...components: object[]) => ({
  ...{ custom_id: of.text.slice(0, 100) },
  components: components.map((component, id) => ({ type: 18, id, component })),
  resolved: { attachments: { 7: attachment('7') }, users: { [of.user]: person(of.user) } },
})
const textInput = (value: string) => ({ type: 4, id: 1, custom_id: 'text', value })
const channelOf = (of: Circumstances) => ({
  ...textChannel(of.channel, 1),
  ...{ guild_id: of.guild, name: NAME, parent_id: null, topic: of.text, nsfw: false },
})
const thread = (of: Circumstances) => ({
  ...{ id: snowflake(), guild_id: of.guild, parent_id: of.channel, type: 11, name: NAME },
  ...{ owner_id: of.user, member_count: 1, message_count: 1 },
  thread_metadata: { archived: false, auto_archive_duration: 60, locked: false },
})
const here = ({ guild: guild_id, channel: channel_id, user: user_id }: Circumstances) => ({
  ...{ guild_id, channel_id, user_id },
})
const emoji = { id: null, name: '👍' }

const interaction = (type: number, data: (of: Circumstances) => object) => (of: Circumstances) =>
  ['INTERACTION_CREATE', { ...inServer(of), type, data: data(of) }] as const

/** A dispatch of each kind and shape in the gateway's documentation, including those that the bot does not ask for. */
export const EVENTS: Readonly<Record<string, (of: Circumstances) => Event>> = {
  'a command': interaction(2, command),
  'a command, direct': of => ['INTERACTION_CREATE', { ...direct(of), type: 2, data: command(of) }],
  'a command, on a message': interaction(2, of => ({
    ...{ id: snowflake(), type: 3, name: 'Announce this', target_id: '9' },
    resolved: { messages: { 9: posted(of, { id: '9', attachments: [attachment('8')] }) } },
  })),
  'a command, on a message of the bot': interaction(2, of => ({
    ...{ id: snowflake(), type: 3, name: 'Retract announcement', target_id: '9' },
    resolved: { messages: { 9: posted(of, { id: '9' }) } },
  })),
  'a command, on a user': interaction(2, of => ({
    ...{ id: snowflake(), type: 2, name: 'Announce this', target_id: of.user },
    resolved: { users: { [of.user]: person(of.user) } },
  })),
  'a command, in groups': interaction(2, of => ({
    ...{ id: snowflake(), type: 1, name: 'tables' },
    options: [{ type: 2, name: 'a', options: [{ type: 1, name: 'b', options: [command(of)] }] }],
  })),
  'a command, brought along': of => [
    'INTERACTION_CREATE',
    {
      ...{ ...inServer(of), type: 2, data: command(of), context: 2 },
      authorizing_integration_owners: { 1: of.user },
    },
  ],
  'a button': of => [
    'INTERACTION_CREATE',
    {
      ...{ ...inServer(of), type: 3, message: ours(of, of.text.slice(0, 100)) },
      data: { component_type: 2, id: 4, custom_id: of.text.slice(0, 100) },
    },
  ],
  'a button, forged': of => [
    'INTERACTION_CREATE',
    {
      ...{ ...direct(of), type: 3, message: ours({ ...of, channel: of.lure }, '+/about') },
      data: { component_type: 2, custom_id: of.text },
    },
  ],
  'a menu': of => [
    'INTERACTION_CREATE',
    {
      ...{ ...inServer(of), type: 3, message: ours(of, 'menu') },
      data: { component_type: 3, custom_id: 'menu', values: [of.text] },
    },
  ],
  'a menu of users': of => [
    'INTERACTION_CREATE',
    {
      ...{ ...inServer(of), type: 3, message: ours(of, 'menu') },
      data: { component_type: 5, custom_id: 'menu', values: [of.user], resolved: {} },
    },
  ],
  'what is being typed': interaction(4, of => command(of, { focused: true })),
  'what is being typed, of a section': interaction(4, of => ({
    ...{ id: snowflake(), type: 1, name: 'tables' },
    options: [{ type: 3, name: 'table', value: of.text, focused: true }],
  })),
  'a form': interaction(5, of => form(of, textInput(of.text))),
  'a form, with a file': interaction(5, of =>
    form(of, textInput(of.text), { type: 19, id: 2, custom_id: 'picture', values: ['7'] }),
  ),
  'a form, with selects': interaction(5, of =>
    form(
      of,
      ...[3, 5, 6, 7, 8].map(type => ({ type, custom_id: `s${type}`, values: [of.user] })),
      ...[21, 22, 23].map(type => ({ type, custom_id: `g${type}`, value: of.text, values: [] })),
    ),
  ),
  'a form, of rows': interaction(5, of => ({
    custom_id: of.text.slice(0, 100),
    components: [
      { type: 1, components: [textInput(of.text)] },
      { type: 10, content: 'a text between' },
      { type: 18, id: 1 },
    ],
  })),
  'a form, below a draft': of => [
    'INTERACTION_CREATE',
    {
      ...{ ...direct(of), type: 5, message: ours(of, '/announce 1') },
      data: form({ ...of, text: '/announce 1' }, textInput(of.text)),
    },
  ],
  'an interaction of tomorrow': interaction(99, command),
  'a ping': interaction(1, () => ({})),
  'a message, direct': of => ['MESSAGE_CREATE', posted(of, { mentions: [] })],
  'a message, with a mention': of => [
    'MESSAGE_CREATE',
    posted(of, { guild_id: of.guild, content: `<@${BOT}> ${of.text}`, member: member(of) }),
  ],
  'a message, of others': of => [
    'MESSAGE_CREATE',
    posted(of, { guild_id: of.guild, mentions: [] }),
  ],
  'a message, an answer': of => [
    'MESSAGE_CREATE',
    posted(of, {
      ...{ guild_id: of.guild, type: 19, referenced_message: ours(of, '/about') },
      message_reference: { type: 0, message_id: '1', channel_id: of.lure },
    }),
  ],
  'a message, of a webhook': of => ['MESSAGE_CREATE', posted(of, { webhook_id: '5' })],
  'a message, of a system': of => ['MESSAGE_CREATE', posted(of, { type: 7, guild_id: of.guild })],
  'a message, with much': of => [
    'MESSAGE_CREATE',
    posted(of, {
      ...{ attachments: [attachment('8')], embeds: [{ title: of.text }], poll: {} },
      ...{ sticker_items: [{ id: '1', name: 'x' }], message_snapshots: [{ message: posted(of) }] },
      mention_channels: [{ id: of.lure, guild_id: of.guild, type: 0, name: NAME }],
    }),
  ],
  'a message, changed': of => ['MESSAGE_UPDATE', posted(of, { guild_id: of.guild })],
  'a message, deleted': of => ['MESSAGE_DELETE', { id: '1', ...here(of) }],
  'messages, deleted': of => ['MESSAGE_DELETE_BULK', { ids: ['1'], ...here(of) }],
  'a reaction': of => ['MESSAGE_REACTION_ADD', { emoji, message_id: '1', ...here(of) }],
  'a reaction, gone': of => ['MESSAGE_REACTION_REMOVE', { emoji, message_id: '1', ...here(of) }],
  'a vote': of => ['MESSAGE_POLL_VOTE_ADD', { answer_id: 1, message_id: '1', ...here(of) }],
  typing: of => ['TYPING_START', { ...here(of), timestamp: 1, member: member(of) }],
  'a server, there': of => [
    'GUILD_CREATE',
    guild(of.guild, RIGHTS, [textChannel(of.channel, 1)], {
      name: NAME,
      unavailable: false,
    }),
  ],
  'a server, new': of => {
    const id = snowflake()
    return ['GUILD_CREATE', guild(id, RIGHTS, [channelOf(of)], { threads: [thread(of)] })]
  },
  'a server, changed': of => ['GUILD_UPDATE', guild(of.guild, RIGHTS, [], { name: NAME })],
  'a server, away': of => ['GUILD_DELETE', { id: of.guild, unavailable: true }],
  'a server, left': () => ['GUILD_DELETE', { id: snowflake() }],
  'a role, new': of => [
    'GUILD_ROLE_CREATE',
    { guild_id: of.guild, role: { id: snowflake(), name: NAME, permissions: '0', position: 1 } },
  ],
  'a role, changed': of => [
    'GUILD_ROLE_UPDATE',
    { guild_id: of.guild, role: { id: of.guild, permissions: String(RIGHTS) } },
  ],
  'a role, gone': of => ['GUILD_ROLE_DELETE', { guild_id: of.guild, role_id: snowflake() }],
  'a member, changed': of => ['GUILD_MEMBER_UPDATE', { guild_id: of.guild, ...member(of) }],
  'a member, new': of => ['GUILD_MEMBER_ADD', { guild_id: of.guild, ...member(of) }],
  'a channel, new': of => ['CHANNEL_CREATE', channelOf({ ...of, channel: snowflake() })],
  'a channel, changed': of => ['CHANNEL_UPDATE', channelOf(of)],
  'a channel, gone': of => ['CHANNEL_DELETE', channelOf({ ...of, channel: snowflake() })],
  pins: of => ['CHANNEL_PINS_UPDATE', { ...here(of), last_pin_timestamp: null }],
  'a thread, new': of => ['THREAD_CREATE', { ...thread(of), newly_created: true }],
  'a thread, changed': of => ['THREAD_UPDATE', thread(of)],
  'a thread, gone': of => ['THREAD_DELETE', { id: snowflake(), ...here(of), type: 11 }],
  threads: of => ['THREAD_LIST_SYNC', { guild_id: of.guild, threads: [thread(of)], members: [] }],
  'a thread’s member': of => ['THREAD_MEMBER_UPDATE', { id: '1', ...here(of), flags: 0 }],
  'a thread’s members': of => ['THREAD_MEMBERS_UPDATE', { id: '1', ...here(of), member_count: 1 }],
  'the presence of a user': of => ['PRESENCE_UPDATE', { ...here(of), user: { id: of.user } }],
  'a voice': of => ['VOICE_STATE_UPDATE', { ...here(of), session_id: 'x', member: member(of) }],
  'an invite': of => ['INVITE_CREATE', { ...here(of), code: 'abc', max_age: 0 }],
  'an entitlement': of => ['ENTITLEMENT_CREATE', { id: '1', sku_id: '2', user_id: of.user }],
  'an integration': of => ['INTEGRATION_CREATE', { id: '1', guild_id: of.guild, name: NAME }],
  'rights of commands': of => [
    'APPLICATION_COMMAND_PERMISSIONS_UPDATE',
    { id: '1', application_id: APPLICATION, guild_id: of.guild, permissions: [] },
  ],
  'a rule': of => ['AUTO_MODERATION_ACTION_EXECUTION', { ...here(of), content: of.text }],
  'a rate limit': () => ['RATE_LIMITED', { opcode: 8, retry_after: 1, meta: {} }],
  'a kind of tomorrow': of => ['HOLOGRAM_CREATE', { ...posted(of), beam: of.text }],
}
