/** Texts of /whoami. */
export const whoami = {
  before: 'Your ID is ',
  unknown: 'I can’t see who sends messages here.',
  moderator: 'You’re a moderator of this bot.',
  reader: 'To make you a moderator, the operator adds this ID to MODERATORS.',
} as const
