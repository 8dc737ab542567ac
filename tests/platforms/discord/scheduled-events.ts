import { createStream } from '../stream.ts'
import { BOT, snowflake } from './server.ts'

/** A scheduled event as Discord keeps it. */
export interface GuildEvent {
  readonly id: string
  readonly guild_id: string
  readonly creator_id: string
  readonly name: string
  readonly description: string
  readonly scheduled_start_time: string
  readonly scheduled_end_time: string
  readonly entity_metadata: { readonly location: string }
  /** 1 scheduled, 2 active, 3 completed, 4 cancelled. */
  readonly status: number
}

interface Answer {
  readonly status: number
  readonly body?: unknown
}

const refusal = (status: number, code: number): Answer => ({
  status,
  body: { message: `Refused ${code}`, code },
})

/** Most scheduled and active events of a server. */
const MOST = 100

/** The scheduled events of servers, as strict as Discord: an EXTERNAL event needs a place, and an end after its start. */
export function createGuildEvents() {
  const events = new Map<string, GuildEvent>()
  const ofGuild = (guild: string) =>
    [...events.values()].filter(each => each.guild_id === guild && each.status < 3)

  const self = {
    events,
    /** Each event that was created. */
    made: createStream<GuildEvent>(),
    /** Servers in which the bot may not create events. */
    forbidden: new Set<string>(),
    now: () => Temporal.Now.instant(),
    /** Lists the events of a server that a member sees, the soonest first. */
    shown: (guild: string) =>
      ofGuild(guild).toSorted((a, b) => (a.scheduled_start_time < b.scheduled_start_time ? -1 : 1)),
    // biome-ignore lint/suspicious/noExplicitAny: the body as it came in.
    answer(method: string, guild: string, id: string | undefined, body: any): Answer {
      if (method === 'GET') return { status: 200, body: ofGuild(guild) }
      if (self.forbidden.has(guild)) return refusal(403, 50013)
      const before = id === undefined ? undefined : events.get(id)
      if (id !== undefined && !before) return refusal(404, 10070)
      if (before && before.status > 2) return refusal(400, 180000)
      const after = { ...before, ...body }
      if (!areFactsTaken(after, before)) return refusal(400, 50035)
      if (!before && (body.privacy_level !== 2 || body.entity_type !== 3))
        return refusal(400, 50035)
      if (!before && ofGuild(guild).length >= MOST) return refusal(400, 30038)
      const own = { id: snowflake(), guild_id: guild, creator_id: BOT, status: 1 }
      const event = before ? after : { ...own, ...after }
      events.set(event.id, event)
      if (!before) self.made.push(event)
      return { status: 200, body: event }
    },
  }

  function areFactsTaken(
    { name, description, entity_metadata, ...event }: GuildEvent,
    before: GuildEvent | undefined,
  ): boolean {
    const { scheduled_start_time: start, scheduled_end_time: end, status = 1 } = event
    const isText = (text: unknown, least: number, most: number) =>
      typeof text === 'string' && text.length >= least && text.length <= most
    const isMoved = start !== before?.scheduled_start_time
    const isNext = before?.status === 1 ? [1, 2, 4].includes(status) : [2, 3].includes(status)
    return (
      isText(name, 1, 100) &&
      isText(description, 0, 1000) &&
      isText(entity_metadata?.location, 1, 100) &&
      Temporal.Instant.compare(start, end) < 0 &&
      (!isMoved || Temporal.Instant.compare(start, self.now()) > 0) &&
      (!before || isNext)
    )
  }

  return self
}
