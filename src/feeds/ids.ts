import { hash } from 'node:crypto'
import { isEventId } from '../content/event-id.ts'

/** Creates a function that returns the ids of the events of a calendar, by their UIDs in their order. */
export function createIds(): (uid: string) => string {
  const taken = new Set<string>()
  return uid => {
    const [name = ''] = uid.split('@')
    const id = isEventId(name) && !taken.has(name) ? name : hashedId(uid)
    taken.add(id)
    return id
  }
}

/** Returns an id that only this text has. Pure. */
export function hashedId(...texts: readonly string[]): string {
  return `f-${hash('sha256', texts.join('\n')).slice(0, 12)}`
}
