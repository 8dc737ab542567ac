import { TOPICS } from '../chats/subscription.ts'
import type { Edition } from '../content/edition.ts'
import { sectionTopic } from '../store/chats/chat.ts'
import { texts } from '../texts.ts'

/** A topic that does not depend on the sections of an edition. */
export type Topic = (typeof TOPICS)[number]

/** Lists the topics that chats can follow, besides the sections. An edition without events has none about them. Pure. */
export function topicsOf({ eventNames }: Pick<Edition, 'eventNames'>): Topic[] {
  return TOPICS.filter(topic => topic !== 'events' || eventNames !== undefined)
}

/** Returns the title of a topic: of the setting, of the events, or of the section. Pure. */
export function topicTitle({ sections, eventNames }: Edition, topic: string): string {
  const { topics } = texts.settings
  if (topic === 'events') return eventNames ? texts.events.title(eventNames) : topic
  if (topic in topics) return topics[topic as keyof typeof topics]
  return sections.find(({ command }) => sectionTopic(command) === topic)?.title ?? topic
}

/** Returns the name of a topic as people type it: the edition's command for its events. Pure. */
export function typedTopic({ eventNames }: Pick<Edition, 'eventNames'>, topic: Topic): string {
  return topic === 'events' && eventNames ? eventNames.command : topic
}
