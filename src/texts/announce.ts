import { platformTitle as platform } from './platform-titles.ts'
import { chats as countChats, counted, distance, figure, listed, plural, span } from './plurals.ts'

const messages = (number: number) => counted(number, 'message', 'messages')

/** Texts for moderators who write or change an announcement. */
export const announce = {
  platform,
  corrected: 'Corrected:',

  form: {
    send: 'New announcement',
    edit: (id: number) => `Edit draft #${id}`,
    correct: (id: number) => `Correct announcement #${id}`,
    text: 'Message',
    picture: 'Image (optional, up to 1 MB)',
  },
  howToWrite:
    'Reply to a message with /announce, or send /announce followed by your text. You can attach an image. ' +
    'You’ll see a preview first. Nothing is sent until you confirm.',
  soFar: (id: number) => `Draft #${id} currently reads:`,
  soFarChange: (id: number) => `Your change to announcement #${id} currently reads:`,
  howToAnswer: 'Reply to this message with the new text.',
  howToRewrite: (id: number) =>
    `Press Edit again, or send /announce ${id} edit followed by the new text.`,
  howToCorrect: (id: number) =>
    `Send /correct ${id} followed by the new text, or reply to a message with /correct ${id}. You’ll see ` +
    'a preview first. Nothing changes until you confirm.',
  blank: 'There’s nothing to send. Add some text or an image.',
  noPicture: {
    kept: 'Corrections keep the original image. Your new image was left out.',
    large: 'The image is over 1 MB, so it was left out.',
    unreachable: 'I couldn’t download the image, so it was left out.',
    unknown: 'The file isn’t a JPEG, PNG or WebP image, so it was left out.',
    misshapen: 'Telegram doesn’t accept an image of these dimensions, so it was left out.',
    broken: 'The image is damaged or incomplete, so it was left out.',
    animated: 'The image is animated, so it was left out.',
  },
  anotherPicture: 'Press Edit to attach another one.',
  notHere: 'You can’t do this here, because this process isn’t running the bot.',
  unknownDraft: (id: number) => `There’s no draft #${id}.`,
  isNew: (id: number) => `This is a new draft. To change draft #${id}, use its buttons.`,
  numberAlone:
    'If you meant to announce the number itself, use the form or reply to a message with /announce.',
  whichPost: (name: string) =>
    `Add the announcement’s number, such as /${name} 3. See /announcements.`,
  pickPost: (name: string) =>
    `Which announcement? Pick one, or add its number, such as /${name} 3.`,
  rewritten: 'Text updated.',
  repictured: 'Image updated.',
  elsewhere: {
    draft: 'It was changed while you were writing. Your text is saved as this new draft.',
    confirmed: 'It was sent while you were writing. Your text is saved as this new draft.',
    discarded: 'It was discarded before you sent your text. Your text is saved as this new draft.',
  },
  noAnnouncement: 'That message isn’t part of an announcement of mine.',
  unknownPost: (id: number) => `There’s no announcement #${id} that you can change.`,
  isDraft: (id: number) =>
    `Announcement #${id} is still a draft, so there’s nothing to correct or retract. Use /announce ${id} to change it.`,
  neverSent: (id: number) => `Announcement #${id} was undone before it went out.`,
  changedPost:
    'This announcement has changed since you looked. Here’s the new preview. Confirm again if it’s still right.',
  changed: 'This has changed since you looked. Here’s the latest version.',
  discarded: (id: number) => `Draft #${id} discarded.`,
  kept: (id: number) => `Nothing retracted. Announcement #${id} stays as it is.`,
  changeDiscarded: (id: number) => `Your change to announcement #${id} was discarded.`,
  takenBackAlready: (id: number) => `Announcement #${id} has already been retracted.`,
  isOver: (id: number) => `Announcement #${id} is no longer live.`,

  draft: (id: number) => `Draft #${id}`,
  correction: (post: number) => `Correct announcement #${post}`,
  retraction: (post: number) => `Retract announcement #${post}`,
  onAll: (names: readonly string[], number: number) =>
    `Preview: ${listed(names.map(platform))} (${messages(number)})`,
  where: 'Shown instead where it can’t be deleted',
  part: (number: number, of: number) => `${number}/${of}`,
  onlyYou: 'Test: only you got this. It isn’t counted.',
  onlyHere: 'Test: only this chat got this. It isn’t counted.',
  withPicture: 'With image',
  isTakenBack: 'You’re about to retract',
  facts: 'Audience and timing',
  everybody: (topic: string) => `Everyone subscribed to ${topic}`,
  only: (name: string) => `${platform(name)} only`,
  here: 'This server only',
  atOnce: (seconds: number) =>
    seconds > 0
      ? `As soon as you confirm, with ${span(seconds)} to undo`
      : 'As soon as you confirm, with no time to undo',
  at: (day: string, zone: string) => `On ${day} (${zone})`,
  urgent: 'Urgent: ignores quiet hours',
  chats: (name: string, chats: number, each: number, takes?: string) =>
    [
      `${platform(name)}: ${countChats(chats)}`,
      ...(each > 1 ? [`${messages(each)} each`] : []),
      ...(takes === undefined ? [] : [takes]),
    ].join(', '),
  waiting: (chats: number) =>
    `${countChats(chats)} ${plural(chats, 'gets it when its', 'get it when their')} quiet hours end`,
  paused: (chats: number) => `${counted(chats, 'paused chat is', 'paused chats are')} skipped`,
  noOne: 'No one would receive this.',
  nobodyHasIt: 'No one has received it yet',
  getsIt: (chats: number) =>
    `${counted(chats, 'more chat gets', 'more chats get')} this version straight away`,
  seenHere: 'Everyone in this group can see this draft. Message me privately to work on it alone.',
  loseIt: (chats: number) => `Will be removed from ${countChats(chats)}`,
  haveIt: (chats: number) => `Will be corrected in ${countChats(chats)}`,
  button: (title: string) => `Button: ${title}`,
  links: 'Links',
  link: (words: string, url: string) => (words === url ? url : `${words}: ${url}`),
  warnings: 'Check before you send',
  mention: (words: string) => `${words} won’t notify anyone, because mentions are switched off.`,
  disguised: (words: string, url: string) =>
    words === url
      ? `The address ${url} imitates another one. Is it the right one?`
      : `“${words}” links to ${url}. Is that intended?`,
  more: (others: number) => `…and ${figure(others)} more`,
  past: (day: string) => `${day} is in the past.`,
  late: 'That time has passed. Pick another.',
  gap: (local: string, at: string) =>
    `${local} doesn’t exist, because clocks go forward that night. It’ll go out on ${at}.`,
  twice: (at: string) =>
    `That time occurs twice that night, because clocks go back. It’ll go out the first time: ${at}.`,
  long: (name: string, number: number) =>
    `Too long for one ${platform(name)} message. It’ll be sent as ${figure(number)}.`,
  lost: {
    spoiler: 'Spoilers will be visible.',
    underline: 'Underlined text becomes bold.',
    mention: 'Mentions become plain names and notify no one.',
    emoji: 'Custom emoji become their names.',
    attachment: 'Attachments are left out. Only one image can be sent.',
    formatting: 'There’s too much formatting, so it’ll be sent as plain text.',
  },

  acts: {
    send: (chats: number) => `Send to ${countChats(chats)}`,
    schedule: (chats: number) => `Schedule for ${countChats(chats)}`,
    correct: (chats: number) => (chats > 0 ? `Correct in ${countChats(chats)}` : 'Correct'),
    retract: (chats: number) => (chats > 0 ? `Retract from ${countChats(chats)}` : 'Retract'),
    edit: 'Edit',
    show: 'Send only to me',
    showHere: 'Send only here',
    noPicture: 'Remove image',
    audience: 'Audience',
    time: 'Schedule',
    link: 'Add a button',
    urgent: 'Mark as urgent',
    notUrgent: '✓ Urgent',
    discard: 'Discard',
    keep: 'Keep it',
    back: 'Back',
    undo: 'Undo',
    follow: 'View progress',
  },
  chosen: (label: string) => `✓ ${label}`,
  choose: {
    audience: 'Who should get it?',
    time: 'When should it go out?',
    link: 'Where should the button lead?',
  },
  typeTime: (id: number, zone: string) =>
    `Or send a time (${zone}): /announce ${id} at 2027-03-28 18:00`,
  noSuchChoice: (typed: string) => `“${typed}” isn’t an option here.`,
  timeUnread: (typed: string) =>
    `I can’t read “${typed}” as a time. Try 28 March 18:00, friday at 9, 18:00 or in 2h.`,
  hourMissing: (typed: string) =>
    `“${typed}” has no hour. Add one after the day, such as ${typed} 09:00.`,
  timeOver: (typed: string) =>
    `“${typed}” is in the past. Try a later time, such as tomorrow 09:00.`,
  all: 'All platforms',
  onlyOn: (name: string) => `${platform(name)} only`,
  hereOnly: 'This server only',
  times: {
    now: 'Now',
    hour: 'In an hour',
    morning: 'Tomorrow, 09:00',
    evening: 'Today, 18:00',
  },
  noLink: 'No button',

  confirmed: {
    /** The distance to the start stands between this text and the next. */
    send: (id: number) => `Sending announcement #${id} `,
    inside: distance,
    undo: '. Press Undo to stop it.',
    begun: (id: number) => `Announcement #${id} is on its way.`,
    later: (id: number, day: string) =>
      `Announcement #${id} is scheduled for ${day}. You can undo it until then.`,
    undone: (id: number) => `Announcement #${id} was undone. No one received it.`,
    again: (id: number) => `Announcement #${id} is a draft again.`,
    paused: (id: number) => `Announcement #${id} is paused.`,
    correct: (id: number) => `Correcting announcement #${id}. Progress appears below.`,
    retract: (id: number) => `Retracting announcement #${id}. Progress appears below.`,
  },
  already: {
    send: (id: number) => `Already confirmed as announcement #${id}.`,
    correct: (id: number) => `Correction of announcement #${id} already confirmed.`,
    retract: (id: number) => `Retraction of announcement #${id} already confirmed.`,
  },
  pressIt: 'Check it once more, then press the button below.',
  undoneBefore: 'Already undone. It’s a draft again.',
  isStopped: (id: number) =>
    `Announcement #${id} was stopped. Chats that got it keep it. Use /retract ${id} to remove it.`,
  isSent: (id: number) =>
    `Announcement #${id} was sent, so it can’t be undone. Use /retract ${id} to remove it.`,
  tooLateOnCommandLine: (id: number) =>
    `It’s already going out. Stop it with --cancel ${id} or remove it with --retract ${id}.`,
  tooLateToUndo: (id: number) =>
    `It’s already going out. Use /announcements ${id} to stop it or /retract ${id} to remove it.`,
} as const
