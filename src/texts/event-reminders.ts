import { counted, listed } from './plurals.ts'

/** The words of an edition for its events. */
interface Words {
  readonly one: string
  readonly many: string
}

/** When the reminders of an event come: days or hours before it, at its start, and on its last day. */
interface When {
  readonly before: readonly { readonly number: number; readonly unit: 'day' | 'hour' }[]
  readonly isAtStart: boolean
  readonly isAtEnd: boolean
}

/** Texts of reminders by event. */
export const eventReminders = {
  remind: { title: 'Remind me', description: ({ one }: Words) => `Reminders of one ${one}` },
  mute: { title: 'Mute', description: ({ one }: Words) => `No reminders of one ${one}` },
  which: ({ one }: Words) => `Which ${one}`,
  remindOne: 'Remind me of this one',
  muteOne: 'Mute this one',
  undo: 'Undo',
  remindOfWhich: ({ one }: Words) => `Which ${one} should I remind this chat of?`,
  muteWhich: ({ one }: Words, pause: string) =>
    `Which ${one} should I mute? ${pause} pauses everything.`,
  unknown: ({ one }: Words, typed: string) => `I don’t know the ${one} “${typed}”.`,
  followed: (name: string, when: When | undefined) =>
    `I’ll remind this chat of ${name}${said(when)}.`,
  followedAlready: (name: string, when: When | undefined) =>
    `This chat already gets reminders of ${name}${said(when)}.`,
  followedEach: (name: string, when: When | undefined) =>
    `I’ll remind this chat of each ${name}${said(when)}.`,
  noneLeft: (name: string) =>
    `All reminders of ${name} are over, but I’ll tell this chat if it changes.`,
  postponed: (name: string) =>
    `${name} is postponed. I’ll tell this chat when there are new dates.`,
  cancelled: (name: string) => `${name} is cancelled. I’ll tell this chat if it’s back on.`,
  over: (name: string) => `${name} is over, so there’s nothing to remind you of.`,
  muted: (name: string) =>
    `Muted. I won’t post reminders of ${name} here, or updates about it alone.`,
  notFollowed: (name: string) => `This chat gets no reminders of ${name}.`,
  asOthers: (name: string, { many }: Words) => `${name}: like all ${many} ✓`,
  factFollowed: 'Reminders of',
  factMuted: 'Muted',
  buttonMuted: (name: string) => `Muted: ${name}`,
  names: (names: readonly string[], others: number) =>
    listed([...names, ...(others > 0 ? [`${others} more`] : [])]),
} as const

/** Says when the reminders come: ": 3 days and 1 day before, and when it starts". */
function said(when: When | undefined): string {
  if (!when) return ''
  const before = when.before.map(({ number, unit }) => counted(number, unit, `${unit}s`))
  const parts = [
    ...(before.length > 0 ? [`${listed(before)} before`] : []),
    ...(when.isAtStart ? ['when it starts'] : []),
    ...(when.isAtEnd ? ['on its last day'] : []),
  ]
  const [last = ''] = parts.splice(-1)
  return `: ${parts.length > 0 ? `${parts.join(', ')}, and ${last}` : last}`
}
