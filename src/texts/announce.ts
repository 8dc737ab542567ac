import { count, duration } from './dates.ts'

const PLATFORMS: Readonly<Record<string, string>> = {
  telegram: 'Telegram',
  discord: 'Discord',
  web: 'Local chat',
}
const platform = (name: string) => PLATFORMS[name] ?? name

/** Texts for moderators who write or change an announcement. */
export const announce = {
  platform,
  corrected: 'Corrected:',

  form: {
    send: 'New announcement',
    edit: (id: number) => `Draft ${id}`,
    correct: (id: number) => `Correct post ${id}`,
    text: 'Text, as you would write a message',
    picture: 'A picture, at most 1 MB',
  },
  howToWrite:
    'Answer the message that shall be announced with /announce, or type /announce and the text behind ' +
    'it. A picture goes along. Nothing is sent before you have seen it and confirmed.',
  soFar: (id: number) => `Draft ${id} says so far:`,
  howToAnswer: 'Answer this message with the new text: it takes the place of the old one.',
  howToRewrite: (id: number) =>
    `Press Edit again, or type /announce ${id} edit and the new text behind it.`,
  howToCorrect: (id: number) =>
    `Type /correct ${id} and the new text behind it, or answer a message with /correct ${id}. Nothing ` +
    'changes before you have seen it and confirmed.',
  blank: 'There is no text in it, and no picture, that could be announced.',
  noPicture: {
    kept: 'A correction keeps the picture that was sent: the new one is left out.',
    large: 'The picture has more than 1 MB: it is left out. Press Edit to give a smaller one.',
    unreachable:
      'The picture could not be fetched: it is left out. Press Edit to give it once more.',
    unknown: 'Only JPEG, PNG and WebP can be sent as a picture: it is left out.',
    misshapen: 'The picture is too long and narrow for Telegram, or too large: it is left out.',
  },
  notHere: 'Nothing can be announced from here: no bot runs on this database in this process.',
  unknownDraft: (id: number) => `There is no draft ${id}.`,
  isNew: (id: number) => `This is a draft of its own. To change draft ${id}, press its buttons.`,
  numberAlone: 'A number alone is announced as the answer to a message, or from a form.',
  whichPost: 'Type the number of a post behind it: /announcements lists them.',
  rewritten: (id: number) => `Draft ${id} has a new text.`,
  repictured: (id: number) => `Draft ${id} has a new picture.`,
  elsewhere: {
    draft: (id: number, other: number) =>
      `Draft ${id} was changed meanwhile. What you have written is draft ${other}.`,
    confirmed: (id: number, other: number) =>
      `Draft ${id} was confirmed meanwhile. What you have written is draft ${other}.`,
    discarded: (id: number, other: number) =>
      `Draft ${id} was discarded meanwhile. What you have written is draft ${other}.`,
  },
  unknownPost: (id: number) => `There is no post ${id} that you could change.`,
  neverSent: (id: number) => `Post ${id} was called off before anybody got it.`,
  changedPost:
    'The post was changed meanwhile. This is what would become of it now: confirm it again if you still want it.',
  changed: 'It was changed meanwhile. This is how it is now.',
  discarded: (id: number) => `Draft ${id} is discarded.`,
  isDiscarded: (id: number) => `Draft ${id} was discarded.`,
  takenBackAlready: (id: number) => `Post ${id} was taken back.`,
  isOver: (id: number) => `Post ${id} was taken back, or called off.`,

  draft: (id: number) => `Draft ${id}`,
  correction: (id: number, post: number) => `Draft ${id}: a correction of post ${post}`,
  retraction: (id: number, post: number) => `Draft ${id}: takes post ${post} back`,
  onAll: (names: readonly string[], messages: number) =>
    `On ${names.map(platform).join(' and ')}: ${count(messages, 'message')}`,
  where: 'Where it cannot be deleted',
  part: (number: number, of: number) => `${number}/${of}`,
  withPicture: 'With the picture',
  isTakenBack: 'This is taken back',
  facts: 'Who gets it, and when',
  everybody: (topic: string) => `Everybody who follows ${topic}`,
  only: (name: string) => `On ${platform(name)} alone`,
  here: 'In this server alone',
  atOnce: (seconds: number) =>
    seconds > 0
      ? `At once; you can undo it for ${seconds < 120 ? count(seconds, 'second') : duration(seconds)}`
      : 'At once, without time to undo it',
  at: (day: string, zone: string) => `On ${day} (${zone})`,
  urgent: 'Urgent: it does not wait for the end of quiet hours',
  chats: (name: string, chats: number, messages: number, takes?: string) => {
    const each = messages > 1 ? `, ${count(messages, 'message')} each` : ''
    return `${platform(name)}: ${count(chats, 'chat')}${each}${takes ? `; takes ${takes}` : ''}`
  },
  waiting: (chats: number) =>
    `${chats} of them ${chats === 1 ? 'waits' : 'wait'} for the end of quiet hours`,
  paused: (chats: number) =>
    `${count(chats, 'chat')} that ${chats === 1 ? 'rests' : 'rest'} for a while`,
  nobody: 'Nobody would get it.',
  nobodyHasIt: 'Nobody has got it yet',
  getsIt: (chats: number) =>
    `${count(chats, 'chat')} more ${chats === 1 ? 'gets' : 'get'} it as it is here`,
  seenHere:
    'Everybody in this group sees the draft. Write to me in a private chat to be alone with it.',
  loseIt: (chats: number) =>
    `${count(chats, 'chat')} ${chats === 1 ? 'has' : 'have'} got it so far, and will lose it`,
  haveIt: (chats: number) =>
    `${count(chats, 'chat')} ${chats === 1 ? 'has' : 'have'} got it so far, and will be changed`,
  button: (title: string) => `With a button: ${title}`,
  links: 'Links',
  link: (words: string, url: string) => (words === url ? url : `${words}: ${url}`),
  warnings: 'Look at this first',
  mention: (words: string) => `${words} pings nobody: mentions are off.`,
  disguised: (words: string, url: string) =>
    words === url
      ? `The address ${url} imitates another one: is it the right one?`
      : `The link “${words}” leads to ${url}: is that what it says?`,
  more: (others: number) => `And ${others} more.`,
  past: (day: string) => `${day} is over.`,
  late: 'The time is over: choose another one.',
  gap: (local: string, at: string) =>
    `${local} does not exist: clocks go forward that night. It goes out on ${at}.`,
  twice: (at: string) => `That time exists twice that night. It goes out on the first: ${at}.`,
  long: (name: string, messages: number) =>
    `On ${platform(name)} it is too long for one message, and comes as ${messages}.`,
  lost: {
    spoiler: 'Hidden text would be shown openly.',
    underline: 'What was underlined is in bold.',
    mention: 'Mentions are names alone: they lead nowhere, and ping nobody.',
    emoji: 'Emoji of your own are shown by their names.',
    attachment: 'What was attached is left out: only one picture can go along.',
    formatting: 'It has so many marks that it is sent as plain text.',
  },

  acts: {
    send: (chats: number) => `Send to ${count(chats, 'chat')}`,
    schedule: (chats: number) => `Send to ${count(chats, 'chat')} then`,
    correct: (chats: number) =>
      chats > 0 ? `Correct it in ${count(chats, 'chat')}` : 'Correct it',
    retract: (chats: number) =>
      chats > 0 ? `Take it back from ${count(chats, 'chat')}` : 'Take it back',
    edit: 'Edit',
    show: 'See it with its picture',
    noPicture: 'Without the picture',
    audience: 'Who gets it',
    time: 'When',
    link: 'Add a button',
    urgent: 'Urgent',
    notUrgent: 'Not urgent',
    discard: 'Discard',
    back: 'Back',
    undo: 'Undo',
    follow: 'How far it is',
  },
  chosen: (label: string) => `✓ ${label}`,
  choose: {
    audience: 'Who shall get it?',
    time: 'When shall it go out?',
    link: 'What shall a button below it lead to?',
  },
  typeTime: (id: number, zone: string) =>
    `Or type a time by the clock of ${zone}, such as /announce ${id} at 2027-03-28 18:00.`,
  noSuchChoice: (typed: string) => `There is no such choice: ${typed}.`,
  timeUnread: (typed: string) =>
    `“${typed}” is no time that I can read. Type it as 28 March 18:00, friday at 9, 18:00 or in 2h.`,
  hourMissing: (typed: string) =>
    `“${typed}” has no hour. Type it behind the day, such as ${typed} 09:00.`,
  timeOver: (typed: string) =>
    `“${typed}” is in the past. Type a later time, such as tomorrow 09:00.`,
  all: 'All platforms',
  onlyOn: (name: string) => `${platform(name)} alone`,
  hereOnly: 'This server alone',
  times: {
    now: 'At once',
    hour: 'In an hour',
    morning: 'Tomorrow, 09:00',
    evening: 'Today, 18:00',
  },
  noLink: 'No button',

  confirmed: {
    send: (id: number) =>
      `It is post ${id}. Nobody gets it yet: you can undo it. How far it comes is shown below.`,
    later: (id: number, day: string) =>
      `It is post ${id}, and goes out on ${day}. Until then you can undo it. How far it comes is shown below.`,
    correct: (id: number) => `Post ${id} is being corrected. How far it comes is shown below.`,
    retract: (id: number) => `Post ${id} is being taken back. How far it comes is shown below.`,
  },
  already: {
    send: (id: number) => `It was confirmed before: it is post ${id}.`,
    correct: (id: number) => `It was confirmed before: post ${id} is corrected.`,
    retract: (id: number) => `It was confirmed before: post ${id} is taken back.`,
  },
  stillHeld: 'Nobody has got it yet: you can undo it.',
  pressIt: 'Look at it once more, and press the button below.',
  undoneBefore: 'There is nothing to undo: it was undone before, or never was a draft.',
  isStopped: (id: number) =>
    `Post ${id} was stopped. Whoever has got it keeps it, unless /retract ${id} takes it back.`,
  isSent: (id: number) => `It is sent and can be undone no more. /retract ${id} takes it back.`,
  tooLateToUndo: (id: number) =>
    `It is on its way and can be undone no more. /announcements ${id} stops it, /retract ${id} takes it back.`,
} as const
