import { capitalized } from './capitalized.ts'
import { listed, plural } from './plurals.ts'
import { reachability } from './reachability.ts'

/** The kinds of posts of a chat, in the order in which a sentence names them. */
interface Posts {
  readonly digests: boolean
  readonly reminders: boolean
  readonly updates: boolean
  readonly announcements: boolean
}

/** Texts of /doctor. */
export const diagnosis = {
  noChat: 'I can’t see a chat here. Send /doctor in the chat whose posts you miss.',
  noStore:
    'Nothing arrives here right now, because I can’t reach my database. Please try again in a minute.',
  askAdmin: 'An admin can send /doctor to see why nothing arrives here.',
  /** The sentences of a chat in which the bot can answer but not post. */
  barred: {
    direct: 'Nothing arrives here, because this is a direct message on Discord.',
    member: 'Nothing arrives here, because I’m not a member of this server.',
    stranger: 'Nothing arrives here, because this conversation isn’t with me.',
  },
  strangerHow:
    'To get posts, add me to a server that you manage and use /subscribe in one of its channels.',

  good: (sentence: string) => `✅ ${sentence}`,
  bad: (sentence: string) => `⚠ ${sentence}`,
  /** The verdict: which posts arrive, and the exception if there is one. */
  arrives: (posts: Posts, but = '') => `${capitalized(postsText(posts))} arrive here${but}.`,
  but: {
    missed: ' again',
    failed: ', but the last post didn’t',
    unsure: ', but I can’t tell whether the last post did',
    held: ', but a moderator has paused a post',
    draft: ', but nothing else because the briefing is a draft',
    paused: (posts: readonly number[]) =>
      `, but ${plural(posts.length, 'announcement', 'announcements')} ${numbers(posts)} ${plural(posts.length, 'is', 'are')} paused`,
    part: (part: string) => `, but ${part} needs attention`,
  },
  nothing: {
    unsubscribed: 'Nothing arrives here, because this chat has no subscription.',
    paused: 'Nothing arrives here, because this chat is paused.',
    pausedUntil: (day: string) => `Nothing arrives here until ${day}, because this chat is paused.`,
    topics: 'Nothing arrives here, because no topic is selected.',
    draft: 'Nothing arrives here, because the briefing is a draft.',
    rights: (rights: readonly string[]) =>
      rights.length > 0
        ? `Nothing arrives here, because I lack the ${rightsText(rights)}.`
        : 'Nothing arrives here, because I’m not allowed to post.',
    refused: (why: Parameters<typeof reachability.because>[0], right?: string) =>
      `Nothing arrives here, because ${reachability.because(why, right)}.`,
    silent: 'Nothing arrives here, because this database belongs to a bot.',
    fault: 'Nothing arrives here right now, because I have a technical problem.',
    wait: (platform: string, day: string) =>
      `Nothing arrives here until ${day}, because ${platform} asks me to wait.`,
    quiet: (day: string, hasAnnouncements: boolean) =>
      hasAnnouncements
        ? `Only urgent announcements arrive here until ${day}, because of quiet hours.`
        : `Nothing arrives here until ${day}, because of quiet hours.`,
  },
  labels: {
    subscription: 'Subscription',
    topics: 'Topics',
    access: 'Access',
    rights: 'Permissions',
    process: 'Bot',
    briefing: 'Briefing',
    wait: 'Wait',
    lastPost: 'Last post',
    nextDigest: 'Next digest',
    nextReminder: 'Next reminder',
    updates: 'Updates',
    announcements: 'Announcements',
  },
  subscribeHow: (command: string) => `none. ${command} starts it.`,
  subscribeLater: 'none, and I can’t start one without permission to post.',
  pausedHow: (until: string, command: string) => `${until} ${command} ends the pause.`,
  topicsHow: (command: string) => `nothing. Choose topics with ${command}.`,
  draft: 'a draft, so I post no digests, reminders or updates.',
  mayPost: 'I can post here.',
  rightsHow: (rights: readonly string[]) =>
    rights.length > 0
      ? `Give me the ${rightsText(rights)} in this channel.`
      : 'Let me view this channel and send messages.',
  faultHow: 'I keep trying. If this lasts, ask the operator.',
  waitFor: {
    platform: (platform: string) =>
      `${platform} limits all my posts for now. I send them after that.`,
    chat: (platform: string) =>
      `${platform} limits my posts in this chat, for example because of slow mode. I send them after that.`,
  },
  quietNow: (hours: string) => `${hours}, so posts wait`,
  quietLater: (hours: string) => `${hours}, not now`,
  lastPost: (topic: string, outcome: string) => `${topic}, ${outcome}`,
  noPost: 'none yet',
  now: 'due now',
  reminder: (event: string, day: string) => `${event}, ${day}`,
  noReminder: 'none planned',
  asItHappens: 'as they happen',
  /** The name of a part of the process that posts. */
  posting: (platform: string) => `Posting on ${platform}`,
  pausedHere: (posts: readonly number[]) =>
    `${numbers(posts)} ${plural(posts.length, 'is', 'are')} paused. See /announcements.`,
} as const

/** Names the kinds of posts. Pure. */
function postsText(posts: Posts): string {
  const names = ['digests', 'reminders', 'updates', 'announcements'] as const
  return listed(names.filter(name => posts[name]))
}

function rightsText(rights: readonly string[]): string {
  const names = rights.map(right => `“${right}”`)
  return `${plural(rights.length, 'permission', 'permissions')} ${listed(names)}`
}

function numbers(posts: readonly number[]): string {
  return listed(posts.map(post => `#${post}`))
}
