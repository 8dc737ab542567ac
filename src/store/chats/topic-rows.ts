import { eventTopic, muteTopic, type Subscription } from './chat.ts'

type Topics = Pick<Subscription, 'topics' | 'followed' | 'muted'>

/** Matches the topics of single events. */
const OF_EVENT = /^(event|mute) (.+)$/

/** Reads the topics of a chat from its rows. Pure. */
export function toTopics(rows: readonly string[]): Topics {
  const topics: string[] = []
  const events = { event: [] as string[], mute: [] as string[] }
  for (const topic of [...rows].sort()) {
    const [, kind, event = ''] = OF_EVENT.exec(topic) ?? []
    if (kind === 'event' || kind === 'mute') events[kind].push(event)
    else topics.push(topic)
  }
  const { event: followed, mute: muted } = events
  return {
    topics,
    ...(followed.length > 0 && { followed }),
    ...(muted.length > 0 && { muted }),
  }
}

/** Returns the rows of a chat's topics. Pure. */
export function topicRows({ topics, followed = [], muted = [] }: Topics): string[] {
  return [...topics, ...followed.map(eventTopic), ...muted.map(muteTopic)]
}
