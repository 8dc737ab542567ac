import type { Edition } from '../content/edition.ts'
import { type Subscription, sectionTopic } from '../store/chats/chat.ts'

/** Tells which kinds of posts a chat gets by its settings. Only announcements come without a published briefing. Pure. */
export function kindsOf({
  subscription: { topics, followed = [], cadence },
  edition: { isDraft, eventNames, events, sections },
}: {
  readonly subscription: Pick<Subscription, 'topics' | 'followed' | 'cadence'>
  readonly edition: Pick<Edition, 'isDraft' | 'eventNames' | 'events' | 'sections'>
}) {
  const hasEvents =
    eventNames !== undefined &&
    (topics.includes('events') || events.some(({ id }) => followed.includes(id)))
  const hasSections = sections.some(({ command }) => topics.includes(sectionTopic(command)))
  const isInstant = cadence === 'instant'
  const hasDigest = topics.includes('digest')
  return {
    digests: !isDraft && hasDigest && !isInstant,
    reminders: !isDraft && hasEvents,
    updates: !isDraft && (hasEvents || hasSections || (hasDigest && isInstant)),
    announcements: topics.includes('announcements'),
  }
}
