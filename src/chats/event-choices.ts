import type { Subscription } from '../store/chats/chat.ts'

/** The choice of a chat about one event, if it differs from its choice about all events. */
export type EventChoice = 'followed' | 'muted'

/** Returns the settings with another choice about an event; without a choice, the event is like all others. Pure. */
export function withEvent(
  { followed = [], muted = [], ...rest }: Subscription,
  event: string,
  choice?: EventChoice,
): Subscription {
  const changed = (ids: readonly string[], name: EventChoice) => {
    const others = ids.filter(id => id !== event)
    return choice === name ? [...others, event].sort() : others
  }
  const events = { followed: changed(followed, 'followed'), muted: changed(muted, 'muted') }
  return {
    ...rest,
    ...(events.followed.length > 0 && { followed: events.followed }),
    ...(events.muted.length > 0 && { muted: events.muted }),
  }
}

/** Whether the choices of a chat include reminders of an event. Pure. */
export function isFollowed(
  { topics, followed, muted }: Pick<Subscription, 'topics' | 'followed' | 'muted'>,
  event: string,
): boolean {
  if (muted?.includes(event)) return false
  return topics.includes('events') || (followed?.includes(event) ?? false)
}
