import { type DiscordServer, refuse } from '../platforms/discord/server.ts'

/** The rights of the bot in archived threads. */
export interface ArchivedOptions {
  /** Whether the bot may unarchive a thread. */
  readonly mayWake: boolean
  /** Whether the bot may post, which unarchives a thread as well. */
  readonly mayPost: boolean
}

/** Archives seven of the places that have a message: each change there is refused until the thread is unarchived. */
export function archiveThreads(discord: DiscordServer, { mayWake, mayPost }: ArchivedOptions) {
  const places = [...discord.taken.keys()].sort()
  const threads = places.slice(0, 7)
  const asleep = new Set(threads)
  discord.weather = ({ route, body }) => {
    const [method, channel = '', rest] = route.replace('/channels/', '').split(/[ /]/)
    if (!asleep.has(channel)) return undefined
    if (rest === undefined && body?.archived === false) {
      if (!mayWake) return { fault: refuse(403, 50013) }
      asleep.delete(channel)
      return { fault: response => response.writeHead(200).end() }
    }
    if (method !== 'POST') return { fault: refuse(400, 50083) }
    if (!mayPost) return { fault: refuse(403, 50013) }
    asleep.delete(channel)
    return undefined
  }
  const shown = (place: string) =>
    [...(discord.taken.get(place)?.values() ?? [])]
      .filter(Boolean)
      .map(each => JSON.stringify(each))
  return { places, threads, asleep, shown }
}
